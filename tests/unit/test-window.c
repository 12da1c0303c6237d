// SPDX-License-Identifier: MIT
/*
 * A source that does random things under a clock that is moved by hand. What it did is written
 * down, so that an answer can be compared with the truth.
 */
#include "config.h"

#include "model/window.h"

#include "model/snapshot-build.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000000LL
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

enum { STEPS_MAX = 20000, VALUES_MAX = 60000 };

/* What was known at one snapshot. */
struct step {
	int64_t now_ns;
	uint64_t count;
	double fractions;
	size_t n_values;
};

struct source {
	struct windows *windows;
	int64_t now_ns;
	int64_t start_ns;
	uint64_t count;
	double fractions;
	double level;
	struct series_histogram histogram;
	uint64_t values_ns[VALUES_MAX];
	size_t n_values;
	struct step steps[STEPS_MAX];
	size_t n_steps;
	uint64_t seed;
};

static uint64_t random_below(struct source *source, uint64_t limit)
{
	source->seed = source->seed * 6364136223846793005 + 1442695040888963407;
	return (source->seed >> 33) % limit;
}

static struct source *make_source(size_t max_bytes)
{
	struct source *source = calloc(1, sizeof(*source));

	source->windows = windows_new(max_bytes);
	source->now_ns = 5000 * SECOND;
	source->seed = 42;
	source->histogram.first_index = HISTOGRAM_FIRST_INDEX;
	return source;
}

static void end_source(struct source *source)
{
	windows_free(source->windows);
	free(source);
}

/* A duration between 100 ns and 1 s, each order of magnitude as likely as the others. */
static void make_value(struct source *source)
{
	double seconds = 1e-7 * pow(10, (double)random_below(source, 7000) / 1000);
	uint64_t ns = (uint64_t)(seconds * 1e9);
	struct series_histogram *histogram = &source->histogram;

	seconds = (double)ns * 1e-9;
	histogram->min = histogram->count ? fmin(histogram->min, seconds) : seconds;
	histogram->max = fmax(histogram->max, seconds);
	histogram->sum += seconds;
	histogram->count++;
	histogram->buckets[histogram_bucket(ns)]++;
	source->values_ns[source->n_values++] = ns;
}

static void be_busy(struct source *source)
{
	source->count += random_below(source, 100);
	source->fractions += (double)random_below(source, 1000) / 1024;
	source->level = (double)random_below(source, 10);
	for (uint64_t n = random_below(source, 5); n > 0; n--)
		if (source->n_values < VALUES_MAX)
			make_value(source);
}

static struct snapshot *make_snapshot(struct source *source)
{
	const struct series all[] = {
		{.name = "count",
		 .type = SERIES_COUNTER,
		 .unit = "1",
		 .start_ns = source->start_ns,
		 .value.count = source->count},
		{.name = "fractions",
		 .type = SERIES_COUNTER,
		 .is_fractional = true,
		 .unit = "s",
		 .value.number = source->fractions},
		{.name = "level", .type = SERIES_GAUGE, .unit = "1", .value.number = source->level},
		{.name = "time",
		 .type = SERIES_TIMER,
		 .unit = "s",
		 .value.histogram = &source->histogram},
	};
	struct snapshot *snapshot = snapshot_new(source->now_ns);

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		CU_ASSERT_EQUAL(snapshot_adopt(snapshot, series_copy(&all[i])), 0);
	CU_ASSERT_EQUAL(snapshot_seal(snapshot), 0);
	return snapshot;
}

static void take_snapshot(struct source *source)
{
	struct snapshot *snapshot = make_snapshot(source);

	CU_ASSERT_EQUAL_FATAL(windows_add(source->windows, snapshot, source->now_ns), 0);
	snapshot_put(snapshot);
	if (source->n_steps < STEPS_MAX)
		source->steps[source->n_steps++] = (struct step){
			source->now_ns, source->count, source->fractions, source->n_values};
}

static void pass(struct source *source, int64_t ns)
{
	source->now_ns += ns;
	be_busy(source);
	take_snapshot(source);
}

/* Snapshots a second apart, each of them up to a fifth of a second late. */
static void pass_seconds(struct source *source, size_t n)
{
	int64_t due_ns = source->now_ns;

	for (size_t i = 0; i < n; i++) {
		due_ns += SECOND;
		pass(source, due_ns - source->now_ns + (int64_t)random_below(source, SECOND / 5));
	}
	source->now_ns = due_ns + SECOND / 5;
}

static int ask(const struct source *source, const char *name, int64_t window_ns,
	       struct window_answer *ret_answer)
{
	return windows_query(source->windows, name, NULL, 0, window_ns, source->now_ns, ret_answer);
}

/* What was known at the time at which an answer's figures begin. NULL: at no snapshot. */
static const struct step *first_step(const struct source *source, int64_t covered_ns)
{
	int64_t from_ns = source->steps[source->n_steps - 1].now_ns - covered_ns;

	for (size_t i = 0; i < source->n_steps; i++)
		if (source->steps[i].now_ns == from_ns)
			return &source->steps[i];
	return NULL;
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a;
	uint64_t right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

/* The nearest rank among values that came after a step. */
static uint64_t true_quantile_ns(const struct source *source, const struct step *first, double q)
{
	size_t n = source->n_values - first->n_values;
	uint64_t *sorted = malloc(n * sizeof(*sorted));

	memcpy(sorted, &source->values_ns[first->n_values], n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_numbers);
	size_t rank = (size_t)ceil(q * (double)n * (1 - 1e-15));
	uint64_t value = sorted[rank ? rank - 1 : 0];

	free(sorted);
	return value;
}

/* Each window's figures are those from one snapshot to another, and it is no longer than it must
 * be. */
static void check_window(const struct source *source, int64_t window_ns, int64_t slot_ns)
{
	struct window_answer count;
	struct window_answer fractions;
	struct window_answer values;

	CU_ASSERT_EQUAL(ask(source, "count", window_ns, &count), 0);
	CU_ASSERT_EQUAL(ask(source, "fractions", window_ns, &fractions), 0);
	int condition = ask(source, "time", window_ns, &values);
	const struct step *first = first_step(source, count.covered_ns);

	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	if (!count.is_truncated)
		CU_ASSERT(count.covered_ns > window_ns - 2 * SECOND);
	CU_ASSERT(count.covered_ns <= window_ns + slot_ns + 2 * SECOND);
	CU_ASSERT_EQUAL(count.count, source->count - first->count);
	if (count.covered_ns >= SECOND)
		CU_ASSERT_DOUBLE_EQUAL(count.rate * (double)count.covered_ns / SECOND,
				       (double)count.count, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(fractions.sum, source->fractions - first->fractions, 1e-6);
	CU_ASSERT_EQUAL(values.count, source->n_values - first->n_values);
	CU_ASSERT_EQUAL(condition, values.count ? 0 : WINDOW_EMPTY);
	for (double q = 0.05; values.count && q < 1; q += 0.15) {
		uint64_t truth_ns = true_quantile_ns(source, first, q);
		double estimate = series_histogram_quantile(&values.histogram, q);
		unsigned int bucket = histogram_bucket(truth_ns);

		/* In the bucket of the true value, whose middle is 4.4 % from its ends. */
		CU_ASSERT(estimate >= histogram_lower_seconds(bucket) * (1 - 1e-9));
		CU_ASSERT(estimate <= histogram_upper_seconds(bucket) * (1 + 1e-9));
	}
}

static void windows_are_the_difference_of_the_cumulative_snapshots(void)
{
	struct source *source = make_source(0);

	take_snapshot(source);
	for (unsigned int i = 0; i < 120; i++) {
		pass_seconds(source, 1 + random_below(source, 120));
		check_window(source, (1 + (int64_t)random_below(source, 50)) * SECOND, SECOND);
		check_window(source, (1 + (int64_t)random_below(source, 3000)) * SECOND, MINUTE);
		check_window(source, (1 + (int64_t)random_below(source, 20000)) * SECOND, HOUR);
	}
	end_source(source);
}

static void percentiles_of_many_values_are_near_the_truth(void)
{
	struct source *source = make_source(0);
	struct window_answer answer;

	take_snapshot(source);
	for (unsigned int i = 0; i < 20000; i++)
		make_value(source);
	pass(source, SECOND);
	CU_ASSERT_EQUAL(ask(source, "time", MINUTE, &answer), 0);
	for (double q = 0.1; q < 0.999; q += 0.1) {
		double truth = (double)true_quantile_ns(source, &source->steps[0], q) * 1e-9;

		CU_ASSERT(fabs(series_histogram_quantile(&answer.histogram, q) / truth - 1) <
			  0.044);
	}
	end_source(source);
}

static void snapshots_that_come_late_or_not_at_all_lose_nothing(void)
{
	struct source *source = make_source(0);
	const int64_t gaps[] = {10 * SECOND, SECOND,	 90 * SECOND, 100 * SECOND / 3,
				HOUR,	     3 * SECOND, 25 * MINUTE, 150 * SECOND};

	take_snapshot(source);
	for (unsigned int i = 0; i < 400; i++) {
		pass(source, gaps[random_below(source, 8)]);
		check_window(source, 20 * SECOND, 2 * HOUR);
		check_window(source, 30 * MINUTE, 2 * HOUR);
		check_window(source, 5 * HOUR, 2 * HOUR);
	}
	end_source(source);
}

static void snapshots_may_come_more_often_than_slots(void)
{
	struct source *source = make_source(0);

	take_snapshot(source);
	for (unsigned int i = 0; i < 2000; i++) {
		pass(source, 70000000 + (int64_t)random_below(source, 100000000));
		check_window(source, 10 * SECOND, SECOND);
		check_window(source, 2 * MINUTE, MINUTE);
	}
	end_source(source);
}

static void snapshots_that_are_a_little_early_or_late_have_a_slot_each(void)
{
	struct source *source = make_source(0);
	struct window_answer answer;

	take_snapshot(source);
	for (unsigned int i = 0; i < 100; i++) {
		pass(source, i % 2 ? SECOND * 6 / 5 : SECOND * 4 / 5);
		CU_ASSERT_EQUAL(ask(source, "count", SECOND / 2, &answer), 0);
		CU_ASSERT(answer.covered_ns <= SECOND * 6 / 5);
	}
	end_source(source);
}

static void a_clock_that_goes_back_stands_still(void)
{
	struct source *source = make_source(0);
	struct window_answer answer;

	take_snapshot(source);
	pass_seconds(source, 10);
	uint64_t count = source->count;

	source->now_ns -= HOUR;
	source->count += 7;
	take_snapshot(source);
	source->now_ns += HOUR;
	CU_ASSERT_EQUAL(ask(source, "count", HOUR, &answer), 0);
	CU_ASSERT_EQUAL(answer.count, count + 7);
	end_source(source);
}

static void a_leap_of_the_clock_is_in_the_time_covered(void)
{
	struct source *source = make_source(0);
	struct window_answer answer;

	take_snapshot(source);
	pass_seconds(source, 10);
	pass(source, 1000 * HOUR);
	CU_ASSERT_EQUAL(ask(source, "count", 10 * SECOND, &answer), 0);
	CU_ASSERT(answer.covered_ns >= 1000 * HOUR);
	pass_seconds(source, 20);
	CU_ASSERT_EQUAL(ask(source, "count", 10 * SECOND, &answer), 0);
	CU_ASSERT(answer.covered_ns <= 12 * SECOND);
	end_source(source);
}

static void what_started_again_in_between_is_counted_once(void)
{
	struct source *source = make_source(0);
	struct window_answer answer;

	take_snapshot(source);
	for (unsigned int i = 0; i < 200; i++) {
		source->count = 5;
		source->start_ns = i;
		source->now_ns += SECOND;
		take_snapshot(source);
	}
	CU_ASSERT_EQUAL(ask(source, "count", 30 * SECOND, &answer), 0);
	CU_ASSERT_EQUAL(answer.count, 5 * 30);
	CU_ASSERT_DOUBLE_EQUAL(answer.rate, 5, 1e-9);
	CU_ASSERT_EQUAL(ask(source, "count", HOUR, &answer), 0);
	/* The first of them has the start of the snapshot before: it grew from 0 to 5. */
	CU_ASSERT_EQUAL(answer.count, 5 * 200);
	CU_ASSERT_TRUE(answer.is_truncated);
	end_source(source);
}

static void gauges_have_extremes_and_a_mean_over_time(void)
{
	struct source *source = make_source(0);
	const double levels[] = {4, 1, 1, 10};
	const int64_t seconds[] = {1, 4, 4, 1};
	struct window_answer answer;

	take_snapshot(source);
	for (size_t i = 0; i < 4; i++) {
		source->level = levels[i];
		source->now_ns += seconds[i] * SECOND;
		take_snapshot(source);
	}
	CU_ASSERT_EQUAL(ask(source, "level", 10 * SECOND, &answer), 0);
	CU_ASSERT_DOUBLE_EQUAL(answer.last, 10, 0);
	CU_ASSERT_DOUBLE_EQUAL(answer.min, 1, 0);
	CU_ASSERT_DOUBLE_EQUAL(answer.max, 10, 0);
	CU_ASSERT_DOUBLE_EQUAL(answer.mean, 2.2, 1e-9);
	CU_ASSERT(isnan(answer.rate));
	end_source(source);
}

static void a_gauge_keeps_its_extremes_when_seconds_become_minutes(void)
{
	struct source *source = make_source(0);
	struct window_answer answer;

	take_snapshot(source);
	for (unsigned int i = 0; i < 300; i++) {
		source->level = i == 30 ? 1000 : i % 2;
		source->now_ns += SECOND;
		take_snapshot(source);
	}
	CU_ASSERT_EQUAL(ask(source, "level", HOUR, &answer), 0);
	CU_ASSERT_DOUBLE_EQUAL(answer.min, 0, 0);
	CU_ASSERT_DOUBLE_EQUAL(answer.max, 1000, 0);
	CU_ASSERT_DOUBLE_EQUAL(answer.mean, 1150.0 / 300, 1e-9);
	end_source(source);
}

static void no_data_is_not_zero(void)
{
	struct source *source = make_source(0);
	struct window_answer answer;

	CU_ASSERT_EQUAL(ask(source, "count", SECOND, &answer), WINDOW_UNKNOWN);
	take_snapshot(source);
	CU_ASSERT_EQUAL(ask(source, "count", SECOND, &answer), WINDOW_EMPTY);
	CU_ASSERT_EQUAL(answer.covered_ns, 0);
	CU_ASSERT(isnan(answer.rate));
	CU_ASSERT_EQUAL(ask(source, "other", SECOND, &answer), WINDOW_UNKNOWN);
	source->now_ns += SECOND;
	take_snapshot(source);
	/* Nothing happened, and that is known. */
	CU_ASSERT_EQUAL(ask(source, "count", SECOND, &answer), 0);
	CU_ASSERT_EQUAL(answer.count, 0);
	CU_ASSERT_DOUBLE_EQUAL(answer.rate, 0, 0);
	CU_ASSERT_EQUAL(ask(source, "time", SECOND, &answer), WINDOW_EMPTY);
	CU_ASSERT(isnan(answer.mean));
	CU_ASSERT(isnan(answer.max));
	/* Long after the last snapshot, nothing is known again. */
	source->now_ns += MINUTE;
	CU_ASSERT_EQUAL(ask(source, "count", SECOND, &answer), WINDOW_EMPTY);
	end_source(source);
}

static void a_series_that_is_gone_is_answered_from_what_it_did(void)
{
	struct source *source = make_source(0);
	struct window_answer answer;
	struct snapshot *empty;

	take_snapshot(source);
	pass_seconds(source, 5);
	uint64_t count = source->count;

	for (unsigned int i = 0; i < 90; i++) {
		empty = snapshot_new(source->now_ns += SECOND);
		CU_ASSERT_EQUAL(windows_add(source->windows, empty, source->now_ns), 0);
		snapshot_put(empty);
	}
	CU_ASSERT_EQUAL(ask(source, "count", HOUR, &answer), 0);
	CU_ASSERT_EQUAL(answer.count, count);
	CU_ASSERT_EQUAL(ask(source, "count", 30 * SECOND, &answer), WINDOW_EMPTY);
	/* When no slot can have it any more, it is forgotten. */
	empty = snapshot_new(source->now_ns += 40 * HOUR);
	CU_ASSERT_EQUAL(windows_add(source->windows, empty, source->now_ns), 0);
	snapshot_put(empty);
	for (unsigned int i = 0; i < 30; i++) {
		empty = snapshot_new(source->now_ns += HOUR);
		CU_ASSERT_EQUAL(windows_add(source->windows, empty, source->now_ns), 0);
		snapshot_put(empty);
	}
	CU_ASSERT_EQUAL(ask(source, "count", HOUR, &answer), WINDOW_UNKNOWN);
	end_source(source);
}

static void a_day_is_known_and_no_more(void)
{
	struct source *source = make_source(0);
	struct window_answer answer;

	take_snapshot(source);
	for (unsigned int i = 0; i < 30 * 60; i++)
		pass(source, MINUTE);
	CU_ASSERT_EQUAL(ask(source, "count", 23 * HOUR, &answer), 0);
	CU_ASSERT_FALSE(answer.is_truncated);
	CU_ASSERT(answer.covered_ns <= 24 * HOUR);
	CU_ASSERT_EQUAL(answer.count, source->count - first_step(source, answer.covered_ns)->count);
	CU_ASSERT_EQUAL(ask(source, "count", 100 * HOUR, &answer), 0);
	CU_ASSERT_TRUE(answer.is_truncated);
	CU_ASSERT(answer.covered_ns >= 23 * HOUR);
	CU_ASSERT(answer.covered_ns <= 25 * HOUR);
	end_source(source);
}

static void memory_is_limited_and_the_oldest_goes_first(void)
{
	enum { LIMIT = 8 * 1024 };
	struct source *source = make_source(LIMIT);
	struct window_answer answer;

	take_snapshot(source);
	for (unsigned int i = 0; i < 3000; i++) {
		pass(source, 2 * SECOND);
		CU_ASSERT(windows_size(source->windows) <= LIMIT);
	}
	CU_ASSERT(windows_n_dropped(source->windows) > 0);
	CU_ASSERT_EQUAL(windows_n_unwatched(source->windows), 0);
	CU_ASSERT_EQUAL(ask(source, "count", 20 * SECOND, &answer), 0);
	CU_ASSERT_FALSE(answer.is_truncated);
	CU_ASSERT_EQUAL(ask(source, "count", 2 * HOUR, &answer), 0);
	CU_ASSERT_TRUE(answer.is_truncated);
	CU_ASSERT_EQUAL(answer.count, source->count - first_step(source, answer.covered_ns)->count);
	end_source(source);
}

static void series_beyond_the_limit_are_not_watched(void)
{
	enum { LIMIT = 64 * 1024 };
	struct windows *windows = windows_new(LIMIT);
	struct snapshot *snapshot = snapshot_new(0);
	struct window_answer answer;

	for (unsigned int i = 0; i < 2000; i++) {
		char name[16];
		const struct series series = {
			.name = name, .type = SERIES_COUNTER, .unit = "1", .value.count = i};

		snprintf(name, sizeof(name), "n%04u", i);
		CU_ASSERT_EQUAL(snapshot_adopt(snapshot, series_copy(&series)), 0);
	}
	snapshot_seal(snapshot);
	CU_ASSERT_EQUAL(windows_add(windows, snapshot, SECOND), 0);
	CU_ASSERT_EQUAL(windows_add(windows, snapshot, 2 * SECOND), 0);
	CU_ASSERT(windows_size(windows) <= LIMIT);
	CU_ASSERT(windows_n_unwatched(windows) > 0);
	CU_ASSERT_EQUAL(windows_query(windows, "n0000", NULL, 0, SECOND, 2 * SECOND, &answer), 0);
	CU_ASSERT_EQUAL(windows_query(windows, "n1999", NULL, 0, SECOND, 2 * SECOND, &answer),
			WINDOW_UNKNOWN);
	snapshot_put(snapshot);
	CU_ASSERT_PTR_NULL(windows_free(windows));
	CU_ASSERT_PTR_NULL(windows_free(NULL));
}

static void a_series_that_becomes_another_type_begins_anew(void)
{
	struct windows *windows = windows_new(0);
	struct series series = {.name = "x", .type = SERIES_COUNTER, .unit = "1"};
	struct window_answer answer;

	for (int64_t i = 1; i <= 6; i++) {
		struct snapshot *snapshot = snapshot_new(i);

		series.type = i <= 3 ? SERIES_COUNTER : SERIES_GAUGE;
		if (i <= 3)
			series.value.count = (uint64_t)i;
		else
			series.value.number = (double)i;
		CU_ASSERT_EQUAL(snapshot_adopt(snapshot, series_copy(&series)), 0);
		CU_ASSERT_EQUAL(windows_add(windows, snapshot, i * SECOND), 0);
		snapshot_put(snapshot);
	}
	CU_ASSERT_EQUAL(windows_query(windows, "x", NULL, 0, HOUR, 6 * SECOND, &answer), 0);
	CU_ASSERT_EQUAL(answer.type, SERIES_GAUGE);
	CU_ASSERT_DOUBLE_EQUAL(answer.min, 4, 0);
	CU_ASSERT_DOUBLE_EQUAL(answer.max, 6, 0);
	windows_free(windows);
}

UNIT_MAIN("window",
	  {"windows are the difference of the cumulative snapshots",
	   windows_are_the_difference_of_the_cumulative_snapshots},
	  {"percentiles of many values are within 4.4 % of the truth",
	   percentiles_of_many_values_are_near_the_truth},
	  {"snapshots that come late or not at all lose nothing",
	   snapshots_that_come_late_or_not_at_all_lose_nothing},
	  {"snapshots may come more often than slots", snapshots_may_come_more_often_than_slots},
	  {"snapshots that are a little early or late have a slot each",
	   snapshots_that_are_a_little_early_or_late_have_a_slot_each},
	  {"a clock that goes back stands still", a_clock_that_goes_back_stands_still},
	  {"a leap of the clock is in the time that an answer covers",
	   a_leap_of_the_clock_is_in_the_time_covered},
	  {"what started again in between is counted once",
	   what_started_again_in_between_is_counted_once},
	  {"gauges have extremes and a mean over time", gauges_have_extremes_and_a_mean_over_time},
	  {"a gauge keeps its extremes when seconds become minutes",
	   a_gauge_keeps_its_extremes_when_seconds_become_minutes},
	  {"no data is not zero", no_data_is_not_zero},
	  {"a series that is gone is answered from what it did",
	   a_series_that_is_gone_is_answered_from_what_it_did},
	  {"a day is known, and no more", a_day_is_known_and_no_more},
	  {"memory is limited, and the oldest goes first",
	   memory_is_limited_and_the_oldest_goes_first},
	  {"series beyond the limit are not watched", series_beyond_the_limit_are_not_watched},
	  {"a series that becomes another type begins anew",
	   a_series_that_becomes_another_type_begins_anew})
