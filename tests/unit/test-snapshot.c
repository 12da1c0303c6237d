// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/snapshot-build.h"

#include "unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A run with two calls, one of them failing in both classes. */
static struct recording make_recording(void)
{
	struct recording recording = {.started_ns = 1000, .wall_ns = 500};
	struct call_totals *read = call_list_get(&recording.calls, "read", "", "io");

	*read = (struct call_totals){
		.name = read->name,
		.kind = read->kind,
		.group = read->group,
		.count = 20,
		.failures = 7,
		.expected = 4,
		.unfinished = 1,
		.bytes = 4096,
		.timed = 12,
		.sum_ns = 1200,
		.min_ns = 100,
		.max_ns = 100,
		.errors = calloc(2, sizeof(struct error_totals)),
		.n_errors = 2,
	};
	bucket_counts_add(&read->buckets, histogram_bucket(100), 12);
	read->errors[0] =
		(struct error_totals){.symbol = strdup("EAGAIN"), .is_expected = true, .count = 4};
	read->errors[1] = (struct error_totals){.symbol = strdup("EIO"), .count = 3};
	call_list_get(&recording.calls, "abort", "", "process")->count = 1;
	call_list_get(&recording.calls, "write", "socket", "io")->count = 6;
	call_list_find(&recording.calls, "write", "socket")->bytes = 60;
	call_list_get(&recording.calls, "write", "pipe", "io")->count = 5;
	call_list_find(&recording.calls, "write", "pipe")->bytes = 50;
	recording.unwatched = calloc(2, sizeof(*recording.unwatched));
	recording.n_unwatched = 2;
	recording.unwatched[0] = (struct unwatched_record){.reason = NOTE_STATIC, .count = 2};
	recording.unwatched[1] = (struct unwatched_record){.reason = NOTE_STATIC, .count = 3};
	return recording;
}

static struct snapshot *make_snapshot(void)
{
	struct recording recording = make_recording();
	struct snapshot *snapshot = NULL;

	CU_ASSERT_EQUAL_FATAL(snapshot_new_from_recording(&recording, &snapshot), 0);
	recording_deinit(&recording);
	return snapshot;
}

static uint64_t result_count(const struct snapshot *snapshot, const char *result)
{
	const struct tag tags[] = {{"result", result}, {"group", "io"}, {"call", "read"}};
	const struct series *series = snapshot_find(snapshot, "libc.calls", tags, 3);

	return series ? series->value.count : 0;
}

static void calls_are_counted_by_result(void)
{
	struct snapshot *snapshot = make_snapshot();

	CU_ASSERT_EQUAL(result_count(snapshot, "ok"), 12);
	CU_ASSERT_EQUAL(result_count(snapshot, "expected"), 4);
	CU_ASSERT_EQUAL(result_count(snapshot, "error"), 3);
	snapshot_put(snapshot);
}

static void calls_that_are_told_apart_have_a_series_for_each_kind(void)
{
	static const struct tag socket[] = {{"call", "write"}, {"direction", "out"}, {"kind", "socket"}};
	static const struct tag pipe_end[] = {{"call", "write"}, {"direction", "out"}, {"kind", "pipe"}};
	static const struct tag calls[] = {
		{"call", "write"},
		{"kind", "pipe"},
		{"group", "io"},
		{"result", "ok"},
	};
	struct snapshot *snapshot = make_snapshot();

	CU_ASSERT_EQUAL(snapshot_find(snapshot, "libc.io", socket, 3)->value.count, 60);
	CU_ASSERT_EQUAL(snapshot_find(snapshot, "libc.io", pipe_end, 3)->value.count, 50);
	CU_ASSERT_EQUAL(snapshot_find(snapshot, "libc.calls", calls, 4)->value.count, 5);
	CU_ASSERT_PTR_NULL(snapshot_find(snapshot, "libc.io", socket, 2));
	snapshot_put(snapshot);
}

static void failures_are_counted_by_errno(void)
{
	static const struct tag tags[] = {{"call", "read"}, {"errno", "EAGAIN"}};
	struct snapshot *snapshot = make_snapshot();
	const struct series *series = snapshot_find(snapshot, "libc.errors", tags, 2);

	CU_ASSERT_PTR_NOT_NULL_FATAL(series);
	CU_ASSERT_EQUAL(series->type, SERIES_COUNTER);
	CU_ASSERT_STRING_EQUAL(series->unit, "{error}");
	CU_ASSERT_EQUAL(series->value.count, 4);
	CU_ASSERT_EQUAL(series->start_ns, 1000);
	snapshot_put(snapshot);
}

static void durations_are_a_timer_with_the_exact_buckets(void)
{
	static const struct tag tags[] = {{"call", "read"}, {"group", "io"}};
	static const struct tag untimed[] = {{"call", "abort"}, {"group", "process"}};
	struct snapshot *snapshot = make_snapshot();
	const struct series *series = snapshot_find(snapshot, "libc.call.duration", tags, 2);

	CU_ASSERT_PTR_NOT_NULL_FATAL(series);
	CU_ASSERT_EQUAL(series->type, SERIES_TIMER);
	CU_ASSERT_STRING_EQUAL(series->unit, "s");
	CU_ASSERT_EQUAL(series->value.histogram->count, 12);
	CU_ASSERT_DOUBLE_EQUAL(series->value.histogram->sum, 1200e-9, 1e-18);
	CU_ASSERT_DOUBLE_EQUAL(series->value.histogram->min, 100e-9, 1e-18);
	CU_ASSERT_EQUAL(series->value.histogram->buckets[histogram_bucket(100)], 12);
	CU_ASSERT_PTR_NULL(snapshot_find(snapshot, "libc.call.duration", untimed, 2));
	snapshot_put(snapshot);
}

static void bytes_are_counted_by_call_and_direction(void)
{
	static const struct tag tags[] = {{"call", "read"}, {"direction", "in"}};
	struct snapshot *snapshot = make_snapshot();
	const struct series *series = snapshot_find(snapshot, "libc.io", tags, 2);

	CU_ASSERT_PTR_NOT_NULL_FATAL(series);
	CU_ASSERT_STRING_EQUAL(series->unit, "By");
	CU_ASSERT_EQUAL(series->value.count, 4096);
	snapshot_put(snapshot);
}

static void losses_are_series_also_when_there_are_none(void)
{
	static const struct tag full = {"reason", "region_full"};
	static const struct tag is_static = {"reason", "static"};
	struct snapshot *snapshot = make_snapshot();
	const struct series *lost = snapshot_find(snapshot, "sonde.calls.lost", &full, 1);
	const struct series *unwatched =
		snapshot_find(snapshot, "sonde.processes.unwatched", &is_static, 1);

	CU_ASSERT_PTR_NOT_NULL_FATAL(lost);
	CU_ASSERT_EQUAL(lost->value.count, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(unwatched);
	CU_ASSERT_EQUAL(unwatched->value.count, 5);
	CU_ASSERT_PTR_NOT_NULL(snapshot_find(snapshot, "sonde.notes.lost", NULL, 0));
	CU_ASSERT_PTR_NOT_NULL(snapshot_find(snapshot, "sonde.regions.damaged", NULL, 0));
	snapshot_put(snapshot);
}

static void series_are_found_by_exactly_their_tags(void)
{
	static const struct tag tags[] = {{"call", "read"}, {"errno", "EIO"}, {"x", "y"}};
	struct snapshot *snapshot = make_snapshot();

	CU_ASSERT_PTR_NOT_NULL(snapshot_find(snapshot, "libc.errors", tags, 2));
	CU_ASSERT_PTR_NULL(snapshot_find(snapshot, "libc.errors", tags, 1));
	CU_ASSERT_PTR_NULL(snapshot_find(snapshot, "libc.errors", tags, 3));
	CU_ASSERT_PTR_NULL(snapshot_find(snapshot, "libc.errors", NULL, 0));
	CU_ASSERT_PTR_NULL(snapshot_find(snapshot, "libc.error", tags, 2));
	snapshot_put(snapshot);
}

static void series_and_tags_are_in_order(void)
{
	struct snapshot *snapshot = make_snapshot();

	for (size_t i = 0; i < snapshot_n_series(snapshot); i++) {
		const struct series *series = snapshot_series(snapshot, i);

		if (i > 0)
			CU_ASSERT(strcmp(snapshot_series(snapshot, i - 1)->name, series->name) <=
				  0);
		for (size_t j = 1; j < series->n_tags; j++)
			CU_ASSERT(strcmp(series->tags[j - 1].key, series->tags[j].key) < 0);
	}
	snapshot_put(snapshot);
}

static void a_snapshot_outlives_its_recording_and_its_first_reference(void)
{
	struct snapshot *snapshot = make_snapshot();
	struct snapshot *second = snapshot_get(snapshot);

	CU_ASSERT_PTR_NULL(snapshot_put(snapshot));
	CU_ASSERT_EQUAL(snapshot_taken_ns(second), 1500);
	CU_ASSERT_EQUAL(result_count(second, "ok"), 12);
	CU_ASSERT_PTR_NULL(snapshot_put(second));
	CU_ASSERT_PTR_NULL(snapshot_put(NULL));
}

/* A snapshot of one counter and one gauge, at an instant. */
static struct snapshot *make_pair(int64_t taken_ns, int64_t start_ns, uint64_t count, double level)
{
	const struct series counter = {
		.name = "jobs",
		.type = SERIES_COUNTER,
		.unit = "{job}",
		.start_ns = start_ns,
		.value.count = count,
	};
	const struct series gauge = {
		.name = "level",
		.type = SERIES_GAUGE,
		.unit = "1",
		.value.number = level,
	};
	struct snapshot *snapshot = snapshot_new(taken_ns);

	CU_ASSERT_PTR_NOT_NULL_FATAL(snapshot);
	CU_ASSERT_EQUAL(snapshot_adopt(snapshot, series_copy(&gauge)), 0);
	CU_ASSERT_EQUAL(snapshot_adopt(snapshot, series_copy(&counter)), 0);
	CU_ASSERT_EQUAL(snapshot_seal(snapshot), 0);
	return snapshot;
}

static struct snapshot *make_difference(struct snapshot *newer, struct snapshot *older)
{
	struct snapshot *difference = NULL;

	CU_ASSERT_EQUAL_FATAL(snapshot_new_difference(newer, older, &difference), 0);
	snapshot_put(newer);
	snapshot_put(older);
	return difference;
}

static const struct series *find(const struct snapshot *snapshot, const char *name)
{
	const struct series *series = snapshot_find(snapshot, name, NULL, 0);

	CU_ASSERT_PTR_NOT_NULL_FATAL(series);
	return series;
}

static void a_difference_has_what_came_in_between(void)
{
	struct snapshot *difference =
		make_difference(make_pair(300, 10, 50, 0.25), make_pair(200, 10, 42, 0.75));

	CU_ASSERT_EQUAL(find(difference, "jobs")->value.count, 8);
	CU_ASSERT_EQUAL(find(difference, "jobs")->start_ns, 200);
	CU_ASSERT_EQUAL(snapshot_taken_ns(difference), 300);
	CU_ASSERT_DOUBLE_EQUAL(find(difference, "level")->value.number, 0.25, 0);
	snapshot_put(difference);
}

static void a_series_that_started_again_counts_from_there(void)
{
	struct snapshot *fallen =
		make_difference(make_pair(300, 10, 5, 0), make_pair(200, 10, 42, 0));
	struct snapshot *started =
		make_difference(make_pair(300, 250, 45, 0), make_pair(200, 10, 42, 0));

	CU_ASSERT_EQUAL(find(fallen, "jobs")->value.count, 5);
	CU_ASSERT_EQUAL(find(started, "jobs")->value.count, 45);
	snapshot_put(fallen);
	snapshot_put(started);
}

static void a_series_that_is_new_counts_from_its_start_and_one_that_is_gone_is_left_out(void)
{
	struct recording empty = {.started_ns = 0};
	struct snapshot *recorded = make_snapshot();
	struct snapshot *nothing = NULL;

	CU_ASSERT_EQUAL_FATAL(snapshot_new_from_recording(&empty, &nothing), 0);

	struct snapshot *come = make_difference(snapshot_get(recorded), snapshot_get(nothing));
	struct snapshot *gone = make_difference(nothing, recorded);

	CU_ASSERT_EQUAL(result_count(come, "ok"), 12);
	CU_ASSERT_EQUAL(result_count(gone, "ok"), 0);
	CU_ASSERT_EQUAL(find(gone, "sonde.notes.lost")->value.count, 0);
	snapshot_put(come);
	snapshot_put(gone);
}

static void a_joined_snapshot_has_the_series_of_all_its_parts(void)
{
	struct snapshot *parts[] = {make_snapshot(), NULL, make_pair(100, 0, 3, 1)};
	struct snapshot *joined = NULL;
	size_t n_refused = 99;

	CU_ASSERT_EQUAL_FATAL(snapshot_new_joined(parts, 3, 77, &n_refused, &joined), 0);
	size_t n_all = snapshot_n_series(parts[0]) + 2;

	snapshot_put(parts[0]);
	snapshot_put(parts[2]);
	CU_ASSERT_EQUAL(n_refused, 0);
	CU_ASSERT_EQUAL(snapshot_taken_ns(joined), 77);
	CU_ASSERT_EQUAL(snapshot_n_series(joined), n_all);
	CU_ASSERT_EQUAL(result_count(joined, "ok"), 12);
	CU_ASSERT_EQUAL(find(joined, "jobs")->value.count, 3);
	for (size_t i = 1; i < n_all; i++)
		CU_ASSERT(series_compare(snapshot_series(joined, i - 1),
					 snapshot_series(joined, i)) < 0);
	snapshot_put(joined);
}

static void of_two_parts_that_contradict_each_other_the_first_is_right(void)
{
	const struct tag tag = {"queue", "a"};
	const struct series other_kind = {
		.name = "jobs",
		.tags = &tag,
		.n_tags = 1,
		.type = SERIES_GAUGE,
		.unit = "{job}",
	};
	struct snapshot *parts[] = {make_pair(1, 0, 3, 1), make_pair(1, 0, 4, 2), snapshot_new(1)};
	struct snapshot *joined = NULL;
	size_t n_refused = 0;

	CU_ASSERT_EQUAL(snapshot_adopt(parts[2], series_copy(&other_kind)), 0);
	CU_ASSERT_EQUAL_FATAL(snapshot_new_joined(parts, 3, 1, &n_refused, &joined), 0);
	CU_ASSERT_EQUAL(n_refused, 3);
	CU_ASSERT_EQUAL(snapshot_n_series(joined), 2);
	CU_ASSERT_EQUAL(find(joined, "jobs")->value.count, 3);
	CU_ASSERT_DOUBLE_EQUAL(find(joined, "level")->value.number, 1, 0);
	for (size_t i = 0; i < 3; i++)
		snapshot_put(parts[i]);
	snapshot_put(joined);
}

static void *take_and_put(void *snapshot)
{
	for (int i = 0; i < 10000; i++)
		snapshot_put(snapshot_get(snapshot));
	return snapshot_put(snapshot);
}

static void the_last_of_many_threads_ends_a_snapshot(void)
{
	struct snapshot *snapshot = make_snapshot();
	pthread_t threads[4];

	for (size_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, take_and_put, snapshot_get(snapshot));
	CU_ASSERT_EQUAL(result_count(snapshot, "ok"), 12);
	snapshot_put(snapshot);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

UNIT_MAIN("snapshot", {"calls are counted by result", calls_are_counted_by_result},
	  {"calls that are told apart have a series for each kind",
	   calls_that_are_told_apart_have_a_series_for_each_kind},
	  {"failures are counted by errno", failures_are_counted_by_errno},
	  {"durations are a timer with the exact buckets",
	   durations_are_a_timer_with_the_exact_buckets},
	  {"bytes are counted by call and direction", bytes_are_counted_by_call_and_direction},
	  {"losses are series, also when there are none",
	   losses_are_series_also_when_there_are_none},
	  {"series are found by exactly their tags", series_are_found_by_exactly_their_tags},
	  {"series and tags are in order", series_and_tags_are_in_order},
	  {"a snapshot outlives its recording and its first reference",
	   a_snapshot_outlives_its_recording_and_its_first_reference},
	  {"a difference has what came in between", a_difference_has_what_came_in_between},
	  {"a series that started again counts from there",
	   a_series_that_started_again_counts_from_there},
	  {"a series that is new counts from its start, and one that is gone is left out",
	   a_series_that_is_new_counts_from_its_start_and_one_that_is_gone_is_left_out},
	  {"a joined snapshot has the series of all its parts",
	   a_joined_snapshot_has_the_series_of_all_its_parts},
	  {"of two parts that contradict each other the first is right",
	   of_two_parts_that_contradict_each_other_the_first_is_right},
	  {"the last of many threads ends a snapshot", the_last_of_many_threads_ends_a_snapshot})
