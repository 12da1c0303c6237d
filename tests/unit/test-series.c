// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/series.h"

#include "unit.h"

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
	read->buckets[histogram_bucket(100)] = 12;
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
	static const struct tag socket[] = {{"call", "write"}, {"kind", "socket"}};
	static const struct tag pipe_end[] = {{"call", "write"}, {"kind", "pipe"}};
	static const struct tag calls[] = {
		{"call", "write"},
		{"kind", "pipe"},
		{"group", "io"},
		{"result", "ok"},
	};
	struct snapshot *snapshot = make_snapshot();

	CU_ASSERT_EQUAL(snapshot_find(snapshot, "libc.io", socket, 2)->value.count, 60);
	CU_ASSERT_EQUAL(snapshot_find(snapshot, "libc.io", pipe_end, 2)->value.count, 50);
	CU_ASSERT_EQUAL(snapshot_find(snapshot, "libc.calls", calls, 4)->value.count, 5);
	CU_ASSERT_PTR_NULL(snapshot_find(snapshot, "libc.io", socket, 1));
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
	CU_ASSERT_EQUAL(series->value.histogram->sum_ns, 1200);
	CU_ASSERT_EQUAL(series->value.histogram->buckets[histogram_bucket(100)], 12);
	CU_ASSERT_PTR_NULL(snapshot_find(snapshot, "libc.call.duration", untimed, 2));
	snapshot_put(snapshot);
}

static void bytes_are_counted_by_call(void)
{
	static const struct tag tags[] = {{"call", "read"}};
	struct snapshot *snapshot = make_snapshot();
	const struct series *series = snapshot_find(snapshot, "libc.io", tags, 1);

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

UNIT_MAIN("series", {"calls are counted by result", calls_are_counted_by_result},
	  {"calls that are told apart have a series for each kind",
	   calls_that_are_told_apart_have_a_series_for_each_kind},
	  {"failures are counted by errno", failures_are_counted_by_errno},
	  {"durations are a timer with the exact buckets",
	   durations_are_a_timer_with_the_exact_buckets},
	  {"bytes are counted by call", bytes_are_counted_by_call},
	  {"losses are series, also when there are none",
	   losses_are_series_also_when_there_are_none},
	  {"series are found by exactly their tags", series_are_found_by_exactly_their_tags},
	  {"series and tags are in order", series_and_tags_are_in_order},
	  {"a snapshot outlives its recording and its first reference",
	   a_snapshot_outlives_its_recording_and_its_first_reference})
