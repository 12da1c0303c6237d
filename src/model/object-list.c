// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/object-list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void add(uint64_t *sum, uint64_t amount)
{
	if (__builtin_add_overflow(*sum, amount, sum))
		*sum = UINT64_MAX;
}

static void totals_deinit(struct object_totals *totals)
{
	for (size_t i = 0; i < totals->n_failures; i++) {
		free(totals->failures[i].call);
		free(totals->failures[i].symbol);
	}
	free(totals->failures);
	free(totals->name);
}

void object_list_deinit(struct object_list *list)
{
	for (size_t i = 0; i < list->n_objects; i++)
		totals_deinit(&list->objects[i]);
	free(list->objects);
	hash_index_deinit(&list->index);
	*list = (struct object_list){0};
}

/* -- Finding ---------------------------------------------------------------------------------------- */

static uint64_t hash_of(enum object_kind kind, const char *name)
{
	return hash_string(HASH_START + kind, name);
}

static struct object_totals *search(const struct object_list *list, enum object_kind kind, const char *name,
				    unsigned int others)
{
	uint64_t hash = hash_of(kind, name);
	size_t cursor = 0;
	size_t position;

	while (hash_index_next(&list->index, hash, &cursor, &position)) {
		struct object_totals *totals = &list->objects[position];

		if (totals->kind == kind && (totals->flags & OBJECT_OTHERS) == others &&
		    strcmp(totals->name, name) == 0)
			return totals;
	}
	return NULL;
}

const struct object_totals *object_list_find(const struct object_list *list, enum object_kind kind,
					     const char *name)
{
	return search(list, kind, name, 0);
}

static int grow(struct object_list *list)
{
	if (list->n_objects & (list->n_objects - 1))
		return 0;
	size_t capacity = list->n_objects ? 2 * list->n_objects : 1;
	void *objects = reallocarray(list->objects, capacity, sizeof(*list->objects));

	if (!objects)
		return -ENOMEM;
	list->objects = objects;
	return 0;
}

static struct object_totals *make(struct object_list *list, enum object_kind kind, const char *name,
				  unsigned int flags)
{
	struct object_totals totals = {.name = strdup(name), .kind = kind, .flags = flags};

	if (!totals.name || grow(list) || hash_index_add(&list->index, hash_of(kind, name), list->n_objects)) {
		free(totals.name);
		return NULL;
	}
	list->objects[list->n_objects] = totals;
	return &list->objects[list->n_objects++];
}

static struct object_totals *find_or_make(struct object_list *list, const struct object_totals *like)
{
	unsigned int others = like->flags & OBJECT_OTHERS;
	struct object_totals *totals = search(list, like->kind, like->name, others);

	if (totals)
		return totals;
	if (others || list->n_objects < OBJECTS_KEPT)
		return make(list, like->kind, like->name, like->flags);
	enum object_kind kind = like->kind == OBJECT_FILE ? OBJECT_FILE : OBJECT_PEER;

	totals = search(list, kind, "", OBJECT_OTHERS);
	return totals ? totals : make(list, kind, "", OBJECT_OTHERS);
}

/* -- Adding ----------------------------------------------------------------------------------------- */

static void add_calls(struct object_calls *sum, const struct object_calls *calls)
{
	add(&sum->count, calls->count);
	add(&sum->timed, calls->timed);
	add(&sum->sum_ns, calls->sum_ns);
}

static void add_flow(struct object_flow *sum, const struct object_flow *flow)
{
	add(&sum->bytes, flow->bytes);
	add(&sum->timed, flow->timed);
	add(&sum->sum_ns, flow->sum_ns);
	add(&sum->jumps, flow->jumps);
	for (int i = 0; i < OBJECT_SIZES; i++)
		add(&sum->sizes[i], flow->sizes[i]);
}

static struct object_failure *find_failure(struct object_totals *totals, const struct object_failure *like)
{
	for (size_t i = 0; i < totals->n_failures; i++)
		if (strcmp(totals->failures[i].call, like->call) == 0 &&
		    strcmp(totals->failures[i].symbol, like->symbol) == 0)
			return &totals->failures[i];
	struct object_failure failure = {
		.call = strdup(like->call),
		.symbol = strdup(like->symbol),
		.is_expected = like->is_expected,
	};
	struct object_failure *failures =
		reallocarray(totals->failures, totals->n_failures + 1, sizeof(*failures));

	if (failures)
		totals->failures = failures;
	if (!failures || !failure.call || !failure.symbol) {
		free(failure.call);
		free(failure.symbol);
		return NULL;
	}
	failures[totals->n_failures] = failure;
	return &failures[totals->n_failures++];
}

static int add_failures(struct object_totals *totals, const struct object_totals *other)
{
	for (size_t i = 0; i < other->n_failures; i++) {
		const struct object_failure *like = &other->failures[i];
		struct object_failure *failure = find_failure(totals, like);

		if (!failure)
			return -ENOMEM;
		add(&failure->count, like->count);
		add(&failure->timed, like->timed);
		add(&failure->sum_ns, like->sum_ns);
	}
	return 0;
}

int object_list_add(struct object_list *list, const struct object_totals *other)
{
	struct object_totals *totals = find_or_make(list, other);

	if (!totals)
		return -ENOMEM;
	add_calls(&totals->opens, &other->opens);
	add_calls(&totals->others, &other->others);
	for (int i = 0; i < OBJECT_FLOWS; i++) {
		add_flow(&totals->flows[i], &other->flows[i]);
		add(&totals->streams.flows[i].count, other->streams.flows[i].count);
		add(&totals->streams.flows[i].bytes, other->streams.flows[i].bytes);
		add(&totals->streams.flows[i].timed, other->streams.flows[i].timed);
		add(&totals->streams.flows[i].sum_ns, other->streams.flows[i].sum_ns);
	}
	return add_failures(totals, other);
}

int object_by_name(const struct object_totals *left, const struct object_totals *right)
{
	int order = (int)(left->flags & OBJECT_OTHERS) - (int)(right->flags & OBJECT_OTHERS);

	if (!order)
		order = strcmp(left->name, right->name);
	return order ? order : (int)left->kind - (int)right->kind;
}

static int compare(const void *left, const void *right, void *order)
{
	return (*(object_order **)order)(*(const struct object_totals *const *)left,
					 *(const struct object_totals *const *)right);
}

const struct object_totals **object_list_sorted(const struct object_list *list, object_order *order)
{
	const struct object_totals **sorted =
		list->n_objects ? calloc(list->n_objects, sizeof(*sorted)) : NULL;

	if (!sorted)
		return NULL;
	for (size_t i = 0; i < list->n_objects; i++)
		sorted[i] = &list->objects[i];
	qsort_r(sorted, list->n_objects, sizeof(*sorted), compare, &order);
	return sorted;
}

/* -- Figures ---------------------------------------------------------------------------------------- */

uint64_t object_flow_count(const struct object_flow *flow)
{
	uint64_t count = 0;

	for (int i = 0; i < OBJECT_SIZES; i++)
		add(&count, flow->sizes[i]);
	return count;
}

uint64_t object_scaled_ns(uint64_t count, uint64_t timed, uint64_t sum_ns)
{
	if (!timed || count <= timed)
		return sum_ns;
	unsigned __int128 scaled = (unsigned __int128)sum_ns * count / timed;

	return scaled > UINT64_MAX ? UINT64_MAX : (uint64_t)scaled;
}

uint64_t object_total_ns(const struct object_totals *totals)
{
	uint64_t ns = object_scaled_ns(totals->opens.count, totals->opens.timed, totals->opens.sum_ns);

	add(&ns, object_scaled_ns(totals->others.count, totals->others.timed, totals->others.sum_ns));
	for (int i = 0; i < OBJECT_FLOWS; i++) {
		const struct object_flow *flow = &totals->flows[i];

		add(&ns, object_scaled_ns(object_flow_count(flow), flow->timed, flow->sum_ns));
		add(&ns, object_scaled_ns(totals->streams.flows[i].count, totals->streams.flows[i].timed,
					  totals->streams.flows[i].sum_ns));
	}
	for (size_t i = 0; i < totals->n_failures; i++)
		add(&ns, object_scaled_ns(totals->failures[i].count, totals->failures[i].timed,
					  totals->failures[i].sum_ns));
	return ns;
}

uint64_t object_failed_count(const struct object_totals *totals)
{
	uint64_t count = 0;

	for (size_t i = 0; i < totals->n_failures; i++)
		add(&count, totals->failures[i].count);
	return count;
}

uint64_t object_bytes(const struct object_totals *totals, unsigned int flow)
{
	uint64_t bytes = totals->flows[flow].bytes;

	add(&bytes, totals->streams.flows[flow].bytes);
	return bytes;
}
