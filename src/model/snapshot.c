// SPDX-License-Identifier: MIT
/*
 * A snapshot is a sorted array of series. One that is made of others holds references to them and
 * points to their series; any other owns its own. Each member has a
 * number in the order of coming, so that of two which contradict each other the first can stay.
 */
#include "config.h"

#include "model/snapshot-build.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct member {
	struct series *series;
	size_t rank; /* in the order of coming */
};

struct snapshot {
	uint32_t n_references;
	int64_t taken_ns;
	struct member *members;
	size_t n_members;
	size_t size;		 /* of the series that it owns */
	struct snapshot **parts; /* whose series they are; none: it owns them */
	size_t n_parts;
};

struct snapshot *snapshot_new(int64_t taken_ns)
{
	struct snapshot *snapshot = calloc(1, sizeof(*snapshot));

	if (snapshot) {
		snapshot->n_references = 1;
		snapshot->taken_ns = taken_ns;
	}
	return snapshot;
}

static int add_member(struct snapshot *snapshot, struct series *series)
{
	size_t n = snapshot->n_members;

	/* The capacity is the next power of two. */
	if (!(n & (n - 1))) {
		void *larger =
			reallocarray(snapshot->members, n ? 2 * n : 1, sizeof(*snapshot->members));

		if (!larger)
			return -ENOMEM;
		snapshot->members = larger;
	}
	snapshot->members[n] = (struct member){series, n};
	snapshot->n_members++;
	return 0;
}

int snapshot_adopt(struct snapshot *snapshot, struct series *series)
{
	assert(!snapshot->n_parts);
	if (!series || add_member(snapshot, series)) {
		free(series);
		return -ENOMEM;
	}
	snapshot->size += series_size(series);
	return 0;
}

int snapshot_borrow(struct snapshot *snapshot, struct snapshot *part)
{
	struct snapshot **parts =
		reallocarray(snapshot->parts, snapshot->n_parts + 1, sizeof(struct snapshot *));
	int error = 0;

	assert(snapshot->n_parts || !snapshot->n_members);
	if (!parts)
		return -ENOMEM;
	snapshot->parts = parts;
	parts[snapshot->n_parts++] = snapshot_get(part);
	for (size_t i = 0; !error && i < part->n_members; i++)
		error = add_member(snapshot, part->members[i].series);
	return error;
}

static int compare_members(const void *a, const void *b)
{
	const struct member *left = a;
	const struct member *right = b;
	int order = series_compare(left->series, right->series);

	return order ? order : (left->rank > right->rank) - (left->rank < right->rank);
}

/* The member that came first of those from here on that have its name. */
static const struct series *first_of_name(const struct snapshot *snapshot, size_t position)
{
	const struct member *first = &snapshot->members[position];

	for (size_t i = position + 1; i < snapshot->n_members; i++) {
		const struct member *member = &snapshot->members[i];

		if (strcmp(member->series->name, first->series->name) != 0)
			break;
		if (member->rank < first->rank)
			first = member;
	}
	return first->series;
}

static bool is_of_one_kind(const struct series *left, const struct series *right)
{
	return left->type == right->type && left->is_fractional == right->is_fractional &&
	       strcmp(left->unit, right->unit) == 0;
}

static void leave_out(struct snapshot *snapshot, struct series *series)
{
	if (snapshot->n_parts)
		return;
	snapshot->size -= series_size(series);
	free(series);
}

/* What is counted by ones does not within a machine's life. */
static bool may_come_round(const struct series *series)
{
	return series->type == SERIES_COUNTER && !series->is_fractional &&
	       strncmp(series->name, "libc.", 5) != 0 && strncmp(series->name, "sonde.", 6) != 0;
}

static void move_start(struct series *series, const struct series *before, int64_t before_ns)
{
	int64_t start_ns = before->start_ns;

	if (!may_come_round(series) || !may_come_round(before))
		return;
	if (series->value.count < before->value.count && series->start_ns <= start_ns)
		start_ns = before_ns;
	if (series->start_ns < start_ns)
		series->start_ns = start_ns;
}

void snapshot_move_starts(struct snapshot *newer, const struct snapshot *older)
{
	size_t position = 0;

	assert(!newer->n_parts);
	for (size_t i = 0; i < newer->n_members && position < older->n_members;) {
		struct series *series = newer->members[i].series;
		int order = series_compare(older->members[position].series, series);

		if (order == 0)
			move_start(series, older->members[position].series, older->taken_ns);
		position += order <= 0;
		i += order >= 0;
	}
}

size_t snapshot_seal(struct snapshot *snapshot)
{
	struct member *members = snapshot->members;
	size_t n = snapshot->n_members;
	const struct series *first = NULL;
	size_t n_kept = 0;

	if (n)
		qsort(members, n, sizeof(*members), compare_members);
	for (size_t i = 0; i < n; i++) {
		struct member member = members[i];

		/* It is always kept itself, so it is there as long as its name goes on. */
		if (!first || strcmp(first->name, member.series->name) != 0)
			first = first_of_name(snapshot, i);
		if (!is_of_one_kind(member.series, first) ||
		    (n_kept && !series_compare(members[n_kept - 1].series, member.series)))
			leave_out(snapshot, member.series);
		else
			members[n_kept++] = member;
	}
	snapshot->n_members = n_kept;
	return n - n_kept;
}

int snapshot_new_joined(struct snapshot *const *parts, size_t n_parts, int64_t taken_ns,
			size_t *ret_n_refused, struct snapshot **ret_snapshot)
{
	struct snapshot *snapshot = snapshot_new(taken_ns);
	int error = snapshot ? 0 : -ENOMEM;

	for (size_t i = 0; !error && i < n_parts; i++)
		if (parts[i])
			error = snapshot_borrow(snapshot, parts[i]);
	if (error) {
		snapshot_put(snapshot);
		return error;
	}

	size_t n_refused = snapshot_seal(snapshot);

	if (ret_n_refused)
		*ret_n_refused = n_refused;
	*ret_snapshot = snapshot;
	return 0;
}

struct snapshot *snapshot_get(struct snapshot *snapshot)
{
	__atomic_add_fetch(&snapshot->n_references, 1, __ATOMIC_RELAXED);
	return snapshot;
}

struct snapshot *snapshot_put(struct snapshot *snapshot)
{
	/* Acquire and release: whoever frees comes after all others' last look. */
	if (!snapshot || __atomic_sub_fetch(&snapshot->n_references, 1, __ATOMIC_ACQ_REL) > 0)
		return NULL;
	for (size_t i = 0; !snapshot->n_parts && i < snapshot->n_members; i++)
		free(snapshot->members[i].series);
	for (size_t i = 0; i < snapshot->n_parts; i++)
		snapshot_put(snapshot->parts[i]);
	free(snapshot->parts);
	free(snapshot->members);
	free(snapshot);
	return NULL;
}

int64_t snapshot_taken_ns(const struct snapshot *snapshot)
{
	return snapshot->taken_ns;
}

size_t snapshot_size(const struct snapshot *snapshot)
{
	return sizeof(*snapshot) + snapshot->size + snapshot->n_members * sizeof(struct member) +
	       snapshot->n_parts * sizeof(struct snapshot *);
}

size_t snapshot_n_series(const struct snapshot *snapshot)
{
	return snapshot->n_members;
}

const struct series *snapshot_series(const struct snapshot *snapshot, size_t position)
{
	assert(position < snapshot->n_members);
	return snapshot->members[position].series;
}

static int compare_key(const void *key, const void *member)
{
	return series_compare(key, ((const struct member *)member)->series);
}

const struct series *snapshot_find(const struct snapshot *snapshot, const char *name,
				   const struct tag *tags, size_t n_tags)
{
	struct tag sorted[SERIES_TAGS_MAX];
	const struct series key = {.name = name, .tags = sorted, .n_tags = n_tags};

	if (n_tags > SERIES_TAGS_MAX || !snapshot->n_members)
		return NULL;
	if (n_tags)
		memcpy(sorted, tags, n_tags * sizeof(*tags));
	tags_sort(sorted, n_tags);

	const struct member *found = bsearch(&key, snapshot->members, snapshot->n_members,
					     sizeof(*snapshot->members), compare_key);

	return found ? found->series : NULL;
}
