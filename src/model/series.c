// SPDX-License-Identifier: MIT
/*
 * A series is one piece of memory: the structure, its tags, its histogram and its strings follow
 * each other, so that freeing one is a single free(). A snapshot sorts its series when it is
 * complete; what was added twice then stands side by side.
 */
#include "config.h"

#include "model/series.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TAGS_MAX = 8 };

struct snapshot {
	uint32_t n_references;
	int64_t taken_ns;
	struct series **series;
	size_t n_series;
};

static int compare_tags(const void *a, const void *b)
{
	const struct tag *left = a;
	const struct tag *right = b;
	int order = strcmp(left->key, right->key);

	return order ? order : strcmp(left->value, right->value);
}

static int compare_series(const struct series *left, const struct series *right)
{
	int order = strcmp(left->name, right->name);

	for (size_t i = 0; !order; i++) {
		if (i == left->n_tags || i == right->n_tags)
			return (left->n_tags > right->n_tags) - (left->n_tags < right->n_tags);
		order = compare_tags(&left->tags[i], &right->tags[i]);
	}
	return order;
}

static int compare_pointers(const void *a, const void *b)
{
	return compare_series(*(struct series *const *)a, *(struct series *const *)b);
}

static size_t strings_size(const struct series *series)
{
	size_t size = strlen(series->name) + 1 + strlen(series->unit) + 1;

	for (size_t i = 0; i < series->n_tags; i++)
		size += strlen(series->tags[i].key) + 1 + strlen(series->tags[i].value) + 1;
	return size;
}

/* Copies a string to *place, which moves past it. */
static const char *place_string(char **place, const char *string)
{
	char *copy = *place;

	*place = stpcpy(copy, string) + 1;
	return copy;
}

/* A copy of a series and all it points to, in one piece, its tags sorted. NULL without memory. */
static struct series *series_copy(const struct series *original)
{
	bool has_histogram = original->type == SERIES_HISTOGRAM || original->type == SERIES_TIMER;
	size_t histogram_size = has_histogram ? sizeof(struct series_histogram) : 0;
	size_t tags_size = original->n_tags * sizeof(struct tag);
	struct series *series =
		malloc(sizeof(*series) + histogram_size + tags_size + strings_size(original));

	if (!series)
		return NULL;
	*series = *original;

	struct series_histogram *histogram = (struct series_histogram *)(series + 1);
	struct tag *tags = (struct tag *)((char *)histogram + histogram_size);
	char *place = (char *)tags + tags_size;

	if (has_histogram) {
		*histogram = *original->value.histogram;
		series->value.histogram = histogram;
	}
	for (size_t i = 0; i < original->n_tags; i++) {
		tags[i].key = place_string(&place, original->tags[i].key);
		tags[i].value = place_string(&place, original->tags[i].value);
	}
	qsort(tags, original->n_tags, sizeof(*tags), compare_tags);
	series->tags = tags;
	series->name = place_string(&place, original->name);
	series->unit = place_string(&place, original->unit);
	return series;
}

static int snapshot_add(struct snapshot *snapshot, const struct series *original)
{
	size_t n = snapshot->n_series;

	/* The capacity is the next power of two. */
	if (!(n & (n - 1))) {
		void *larger =
			reallocarray(snapshot->series, n ? 2 * n : 1, sizeof(*snapshot->series));

		if (!larger)
			return -ENOMEM;
		snapshot->series = larger;
	}
	snapshot->series[n] = series_copy(original);
	if (!snapshot->series[n])
		return -ENOMEM;
	snapshot->n_series++;
	return 0;
}

/* Series are in order and different from each other from now on. 0 or -EEXIST. */
static int snapshot_seal(struct snapshot *snapshot)
{
	qsort(snapshot->series, snapshot->n_series, sizeof(*snapshot->series), compare_pointers);
	for (size_t i = 1; i < snapshot->n_series; i++)
		if (compare_series(snapshot->series[i - 1], snapshot->series[i]) == 0)
			return -EEXIST;
	return 0;
}

/* What the counters of one recording have in common. */
struct adding {
	struct snapshot *snapshot;
	int64_t start_ns;
};

/* Tags are pairs of key and value. */
static int add_counter(const struct adding *adding, const char *name, const char *unit,
		       uint64_t count, const struct tag *tags, size_t n_tags)
{
	const struct series series = {
		.name = name,
		.tags = tags,
		.n_tags = n_tags,
		.type = SERIES_COUNTER,
		.unit = unit,
		.start_ns = adding->start_ns,
		.value.count = count,
	};

	return snapshot_add(adding->snapshot, &series);
}

/* Such a call's last tag is its kind; the others have none. */
static size_t is_told_apart(const struct call_totals *call)
{
	return call->kind[0] != '\0';
}

/* By result; a result that never came about has no series. What has not returned has no result yet.
 */
static int add_calls(const struct adding *adding, const struct call_totals *call)
{
	const struct {
		const char *name;
		uint64_t count;
	} results[] = {
		{"ok", call_totals_successes(call)},
		{"expected", call->expected},
		{"error", call->failures > call->expected ? call->failures - call->expected : 0},
	};
	int error = 0;

	for (size_t i = 0; !error && i < sizeof(results) / sizeof(results[0]); i++) {
		const struct tag tags[] = {
			{"call", call->name},
			{"group", call->group},
			{"result", results[i].name},
			{"kind", call->kind},
		};

		if (results[i].count)
			error = add_counter(adding, "libc.calls", "{call}", results[i].count, tags,
					    3 + is_told_apart(call));
	}
	return error;
}

static int add_errors(const struct adding *adding, const struct call_totals *call)
{
	int error = 0;

	for (size_t i = 0; !error && i < call->n_errors; i++) {
		const struct tag tags[] = {
			{"call", call->name},
			{"errno", call->errors[i].symbol},
			{"kind", call->kind},
		};

		error = add_counter(adding, "libc.errors", "{error}", call->errors[i].count, tags,
				    2 + is_told_apart(call));
	}
	return error;
}

static int add_duration(const struct adding *adding, const struct call_totals *call)
{
	const struct tag tags[] = {
		{"call", call->name},
		{"group", call->group},
		{"kind", call->kind},
	};
	struct series_histogram histogram = {
		.count = call->timed,
		.sum_ns = call->sum_ns,
		.min_ns = call->min_ns,
		.max_ns = call->max_ns,
	};
	const struct series series = {
		.name = "libc.call.duration",
		.tags = tags,
		.n_tags = 2 + is_told_apart(call),
		.type = SERIES_TIMER,
		.unit = "s",
		.start_ns = adding->start_ns,
		.value.histogram = &histogram,
	};

	if (!call->timed)
		return 0;
	memcpy(histogram.buckets, call->buckets, sizeof(histogram.buckets));
	return snapshot_add(adding->snapshot, &series);
}

static int add_call(const struct adding *adding, const struct call_totals *call)
{
	const struct tag tags[] = {{"call", call->name}, {"kind", call->kind}};
	int error = add_calls(adding, call);

	if (!error)
		error = add_errors(adding, call);
	if (!error)
		error = add_duration(adding, call);
	if (!error && call->bytes)
		error = add_counter(adding,
				    call_is_allocation(call) ? "libc.memory.requested" : "libc.io",
				    "By", call->bytes, tags, 1 + is_told_apart(call));
	return error;
}

/* One series for each reason there is, of the processes of all programs. */
static int add_unwatched(const struct adding *adding, const struct recording *recording)
{
	uint64_t counts[NOTE_REASONS] = {0};
	int error = 0;

	for (size_t i = 0; i < recording->n_unwatched; i++)
		counts[recording->unwatched[i].reason] += recording->unwatched[i].count;
	for (unsigned int i = 0; !error && i < NOTE_REASONS; i++) {
		const struct tag tag = {"reason", note_reason_name(i)};

		if (counts[i])
			error = add_counter(adding, "sonde.processes.unwatched", "{process}",
					    counts[i], &tag, 1);
	}
	return error;
}

/* Losses have a series also when nothing was lost: that is what a watcher wants to see. */
static int add_health(const struct adding *adding, const struct recording *recording)
{
	int error =
		add_counter(adding, "sonde.notes.lost", "{note}", recording->notes_lost, NULL, 0);

	if (!error)
		error = add_counter(adding, "sonde.regions.damaged", "{region}",
				    recording->damaged_regions, NULL, 0);
	for (unsigned int i = 0; !error && i < LOSS_REASONS; i++) {
		const struct tag tag = {"reason", region_loss_name(i)};

		error = add_counter(adding, "sonde.calls.lost", "{call}", recording->lost[i], &tag,
				    1);
	}
	return error ? error : add_unwatched(adding, recording);
}

static int fill_snapshot(struct snapshot *snapshot, const struct recording *recording)
{
	const struct adding adding = {snapshot, recording->started_ns};
	int error = add_health(&adding, recording);

	for (size_t i = 0; !error && i < recording->calls.n_calls; i++)
		error = add_call(&adding, &recording->calls.calls[i]);
	return error ? error : snapshot_seal(snapshot);
}

int snapshot_new_from_recording(const struct recording *recording, struct snapshot **ret_snapshot)
{
	struct snapshot *snapshot = calloc(1, sizeof(*snapshot));

	if (!snapshot)
		return -ENOMEM;
	snapshot->n_references = 1;
	snapshot->taken_ns = (int64_t)((uint64_t)recording->started_ns + recording->wall_ns);

	int error = fill_snapshot(snapshot, recording);

	if (error)
		snapshot_put(snapshot);
	else
		*ret_snapshot = snapshot;
	return error;
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
	for (size_t i = 0; i < snapshot->n_series; i++)
		free(snapshot->series[i]);
	free(snapshot->series);
	free(snapshot);
	return NULL;
}

int64_t snapshot_taken_ns(const struct snapshot *snapshot)
{
	return snapshot->taken_ns;
}

size_t snapshot_n_series(const struct snapshot *snapshot)
{
	return snapshot->n_series;
}

const struct series *snapshot_series(const struct snapshot *snapshot, size_t position)
{
	assert(position < snapshot->n_series);
	return snapshot->series[position];
}

const struct series *snapshot_find(const struct snapshot *snapshot, const char *name,
				   const struct tag *tags, size_t n_tags)
{
	struct tag sorted[TAGS_MAX];
	struct series wanted = {.name = name, .tags = sorted, .n_tags = n_tags};
	struct series *key = &wanted;

	if (n_tags > TAGS_MAX || !snapshot->n_series)
		return NULL;
	if (n_tags)
		memcpy(sorted, tags, n_tags * sizeof(*tags));
	qsort(sorted, n_tags, sizeof(*sorted), compare_tags);

	struct series **found = bsearch(&key, snapshot->series, snapshot->n_series,
					sizeof(*snapshot->series), compare_pointers);

	return found ? *found : NULL;
}

const char *series_type_name(enum series_type type)
{
	static const char *const names[] = {
		[SERIES_COUNTER] = "counter",	  [SERIES_GAUGE] = "gauge",
		[SERIES_HISTOGRAM] = "histogram", [SERIES_TIMER] = "timer",
		[SERIES_RATE] = "rate",
	};

	return names[type];
}
