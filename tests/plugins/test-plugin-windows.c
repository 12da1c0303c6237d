// SPDX-License-Identifier: MIT
/*
 * What the series of several sources did lately, under a clock that is moved by hand.
 */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/plugin-snapshot.h"
#include "host/plugin-windows.h"
#include "model/snapshot-build.h"
#include "unit/unit.h"

#define SECOND INT64_C(1000000000)
#define BEGIN  (5000 * SECOND)

enum { NAME_SIZE = 64 };

/* What a source has at some time. */
struct moment {
	const char *session;
	int64_t at_ns;
	uint64_t count;
	int64_t counts_since_ns; /* CLOCK_REALTIME */
	unsigned int n_more;	 /* counters more, with the same value */
	const struct series_histogram *histogram; /* NULL: there is none */
	bool is_final;
};

static void add_series(struct snapshot *figures, const char *name, const struct moment *moment)
{
	const struct series series = {
		.name = name,
		.type = SERIES_COUNTER,
		.unit = "1",
		.start_ns = moment->counts_since_ns,
		.value.count = moment->count,
	};

	snapshot_adopt(figures, series_copy(&series));
}

static struct snapshot *make_figures(const struct moment *moment)
{
	struct snapshot *figures = snapshot_new(moment->at_ns);
	char name[NAME_SIZE];

	add_series(figures, "calls", moment);
	for (unsigned int i = 0; i < moment->n_more; i++) {
		snprintf(name, sizeof(name), "more.%u", i);
		add_series(figures, name, moment);
	}
	if (moment->histogram) {
		const struct series timer = {
			.name = "time",
			.type = SERIES_TIMER,
			.unit = "s",
			.value.histogram = (struct series_histogram *)moment->histogram,
		};

		snapshot_adopt(figures, series_copy(&timer));
	}
	snapshot_seal(figures);
	return figures;
}

/* The reference is the caller's. */
static const struct sonde_snapshot *make(const struct moment *moment)
{
	const struct tag tag = {"sonde.session", moment->session};
	const struct snapshot_source source = {
		.tags = &tag,
		.n_tags = 1,
		.start_ns = 1,
		.at_ns = moment->at_ns,
		.is_final = moment->is_final,
	};
	struct snapshot *figures = make_figures(moment);
	const struct sonde_snapshot *snapshot = plugin_snapshot_new(figures, &source);

	snapshot_put(figures);
	return snapshot;
}

static void take_in(struct plugin_windows *windows, const struct moment *moment)
{
	const struct sonde_snapshot *snapshot = make(moment);

	CU_ASSERT_EQUAL(plugin_windows_add(windows, snapshot), 0);
	plugin_snapshot_unref(snapshot);
}

/* As an exporter asks of a series of the snapshot that it is given. */
static int ask(struct plugin_windows *windows, const struct moment *moment, const char *name, int64_t window_ns,
	       struct sonde_window *ret_window)
{
	const struct sonde_snapshot *snapshot = make(moment);
	const struct sonde_snapshot *windowed = plugin_snapshot_for_reader(snapshot, windows, NULL);
	int64_t position = plugin_snapshot_find(windowed, name, NULL, 0);

	if (!ret_window->struct_size)
		ret_window->struct_size = sizeof(*ret_window);
	int result = plugin_snapshot_window(windowed, (size_t)position, window_ns, ret_window);

	plugin_snapshot_unref(windowed);
	plugin_snapshot_unref(snapshot);
	return result;
}

static void a_window_has_just_what_came_in_it(void)
{
	struct plugin_windows *windows = plugin_windows_new(PLUGIN_WINDOWS_BYTES);
	struct moment moment = {.session = "a"};
	struct sonde_window last_ten = {0};
	struct sonde_window too_long = {0};

	for (int second = 0; second <= 50; second++) {
		moment.at_ns = BEGIN + second * SECOND;
		moment.count = 1000 + 7 * (uint64_t)second;
		take_in(windows, &moment);
	}
	CU_ASSERT_EQUAL(ask(windows, &moment, "calls", 10 * SECOND, &last_ten), 0);
	CU_ASSERT_EQUAL(last_ten.count, 70);
	CU_ASSERT_EQUAL(last_ten.covered_ns, 10 * SECOND);
	CU_ASSERT_EQUAL(last_ten.rate, 7);
	CU_ASSERT_EQUAL(last_ten.flags, 0);
	CU_ASSERT_EQUAL(ask(windows, &moment, "calls", 3600 * SECOND, &too_long), 0);
	CU_ASSERT_EQUAL(too_long.count, 350);
	CU_ASSERT_EQUAL(too_long.covered_ns, 50 * SECOND);
	CU_ASSERT_EQUAL(too_long.flags, SONDE_WINDOW_TRUNCATED);
	plugin_windows_free(windows);
}

static void an_exporter_that_lags_is_told_of_its_own_snapshots_time(void)
{
	struct plugin_windows *windows = plugin_windows_new(PLUGIN_WINDOWS_BYTES);
	struct moment moment = {.session = "a"};
	struct sonde_window window = {0};

	for (int second = 0; second <= 20; second++) {
		moment.at_ns = BEGIN + second * SECOND;
		moment.count = second < 10 ? 0 : 100;
		take_in(windows, &moment);
	}
	moment.at_ns = BEGIN + 9 * SECOND;
	CU_ASSERT_EQUAL(ask(windows, &moment, "calls", 5 * SECOND, &window), 0);
	CU_ASSERT_EQUAL(window.count, 0);
	CU_ASSERT_EQUAL(window.covered_ns, 5 * SECOND);
	plugin_windows_free(windows);
}

static void a_counter_that_begins_again_counts_from_there(void)
{
	struct plugin_windows *windows = plugin_windows_new(PLUGIN_WINDOWS_BYTES);
	struct sonde_window window = {0};

	take_in(windows, &(struct moment){.session = "a", .at_ns = BEGIN, .count = 500, .counts_since_ns = 1});
	take_in(windows, &(struct moment){.session = "a", .at_ns = BEGIN + SECOND, .count = 510, .counts_since_ns = 1});
	struct moment again = {.session = "a", .at_ns = BEGIN + 2 * SECOND, .count = 3, .counts_since_ns = 2};

	take_in(windows, &again);
	CU_ASSERT_EQUAL(ask(windows, &again, "calls", 60 * SECOND, &window), 0);
	CU_ASSERT_EQUAL(window.count, 13);
	plugin_windows_free(windows);
}

static void sources_are_kept_apart(void)
{
	struct plugin_windows *windows = plugin_windows_new(PLUGIN_WINDOWS_BYTES);
	struct moment a = {.session = "a", .at_ns = BEGIN};
	struct moment b = {.session = "b", .at_ns = BEGIN};
	struct sonde_window of_a = {0};
	struct sonde_window of_b = {0};

	take_in(windows, &a);
	take_in(windows, &b);
	a.at_ns = b.at_ns += SECOND;
	a.count = 11;
	b.count = 22;
	take_in(windows, &a);
	take_in(windows, &b);
	CU_ASSERT_EQUAL(ask(windows, &a, "calls", 60 * SECOND, &of_a), 0);
	CU_ASSERT_EQUAL(ask(windows, &b, "calls", 60 * SECOND, &of_b), 0);
	CU_ASSERT_EQUAL(of_a.count, 11);
	CU_ASSERT_EQUAL(of_b.count, 22);
	plugin_windows_free(windows);
}

static void a_source_that_has_ended_can_still_be_asked_for(void)
{
	struct plugin_windows *windows = plugin_windows_new(PLUGIN_WINDOWS_BYTES);
	struct moment ended = {.session = "ended", .at_ns = BEGIN};
	struct moment other = {.session = "other", .at_ns = BEGIN};
	struct sonde_window window = {0};

	take_in(windows, &ended);
	ended.at_ns += SECOND;
	ended.count = 5;
	ended.is_final = true;
	take_in(windows, &ended);
	take_in(windows, &other);
	CU_ASSERT_EQUAL(ask(windows, &ended, "calls", 60 * SECOND, &window), 0);
	CU_ASSERT_EQUAL(window.count, 5);
	plugin_windows_free(windows);
}

static void sources_that_have_ended_make_room(void)
{
	struct plugin_windows *windows = plugin_windows_new(PLUGIN_WINDOWS_BYTES);
	size_t size_of_ten = 0;
	char name[NAME_SIZE];

	for (unsigned int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "session %04u", i);
		take_in(windows, &(struct moment){.session = name, .at_ns = BEGIN, .is_final = true});
		if (i == 10)
			size_of_ten = plugin_windows_size(windows);
	}
	CU_ASSERT_EQUAL(plugin_windows_size(windows), size_of_ten);
	plugin_windows_free(windows);
}

static void all_of_it_stays_within_its_bytes(void)
{
	const size_t limit = 1024 * 1024;
	struct plugin_windows *windows = plugin_windows_new(limit);
	size_t largest = 0;
	char names[12][NAME_SIZE];

	for (int second = 0; second < 4000; second += 10) {
		unsigned int n_sources = 1 + (unsigned int)second / 400;

		for (unsigned int i = 0; i < n_sources; i++) {
			snprintf(names[i], NAME_SIZE, "session %u", i);
			take_in(windows, &(struct moment){.session = names[i],
							  .at_ns = BEGIN + second * SECOND,
							  .count = (uint64_t)second * (i + 1),
							  .n_more = 300});
			if (plugin_windows_size(windows) > largest)
				largest = plugin_windows_size(windows);
		}
	}
	CU_ASSERT(largest > limit / 2);
	CU_ASSERT(largest <= limit);
	plugin_windows_free(windows);
}

static void without_room_an_answer_says_that_nothing_is_known(void)
{
	struct plugin_windows *windows = plugin_windows_new(PLUGIN_WINDOWS_LEAST);
	struct moment moment = {.session = "a", .at_ns = BEGIN};
	struct sonde_window window = {0};

	take_in(windows, &moment);
	moment.at_ns += SECOND;
	moment.count = 5;
	take_in(windows, &moment);
	CU_ASSERT_EQUAL(ask(windows, &moment, "calls", 60 * SECOND, &window), -ENODATA);
	CU_ASSERT_EQUAL(window.covered_ns, 0);
	CU_ASSERT_EQUAL(window.flags, SONDE_WINDOW_TRUNCATED);
	CU_ASSERT(isnan(window.rate));
	plugin_windows_free(windows);
}

static void quantiles_are_of_the_window_only(void)
{
	struct plugin_windows *windows = plugin_windows_new(PLUGIN_WINDOWS_BYTES);
	struct series_histogram slow = {
		.count = 1000, .sum = 1000, .min = 1, .max = 1, .first_index = HISTOGRAM_FIRST_INDEX, .buckets = {[208] = 1000}};
	struct series_histogram both = slow;
	const double wanted[] = {0, 0.5, 1};
	double values[3];
	struct sonde_window window = {
		.struct_size = sizeof(window), .quantiles = wanted, .values = values, .n_quantiles = 3};

	/* Values of about 1 ms, after those of 1 s. */
	both.count += 100;
	both.sum += 0.1;
	both.min = 0.001;
	both.buckets[128] = 100;
	take_in(windows, &(struct moment){.session = "a", .at_ns = BEGIN, .histogram = &slow});
	struct moment now = {.session = "a", .at_ns = BEGIN + SECOND, .histogram = &both};

	take_in(windows, &now);
	CU_ASSERT_EQUAL(ask(windows, &now, "time", 10 * SECOND, &window), 0);
	CU_ASSERT_EQUAL(window.count, 100);
	CU_ASSERT_EQUAL(window.rate, 100);
	for (size_t i = 0; i < 3; i++)
		CU_ASSERT_DOUBLE_EQUAL(values[i], 0.001, 0.0001);
	plugin_windows_free(windows);
}

static void a_timer_without_values_has_a_rate_and_no_quantiles(void)
{
	struct plugin_windows *windows = plugin_windows_new(PLUGIN_WINDOWS_BYTES);
	struct series_histogram histogram = {.first_index = HISTOGRAM_FIRST_INDEX};
	struct moment moment = {.session = "a", .at_ns = BEGIN, .histogram = &histogram};
	const double wanted = 0.5;
	double value = 1;
	struct sonde_window window = {
		.struct_size = sizeof(window), .quantiles = &wanted, .values = &value, .n_quantiles = 1};

	take_in(windows, &moment);
	moment.at_ns += SECOND;
	take_in(windows, &moment);
	CU_ASSERT_EQUAL(ask(windows, &moment, "time", SECOND, &window), 0);
	CU_ASSERT_EQUAL(window.count, 0);
	CU_ASSERT_EQUAL(window.rate, 0);
	CU_ASSERT(isnan(window.mean));
	CU_ASSERT(isnan(value));
	plugin_windows_free(windows);
}

static void what_is_impossible_is_refused(void)
{
	struct plugin_windows *windows = plugin_windows_new(PLUGIN_WINDOWS_BYTES);
	struct moment moment = {.session = "a", .at_ns = BEGIN};
	const struct sonde_snapshot *snapshot = make(&moment);
	struct sonde_window window = {.struct_size = sizeof(window)};
	struct sonde_window small = {.struct_size = 8};

	CU_ASSERT_EQUAL(plugin_snapshot_window(snapshot, 0, SECOND, &window), -ENOTSUP);
	plugin_windows_add(windows, snapshot);
	plugin_snapshot_unref(snapshot);
	CU_ASSERT_EQUAL(ask(windows, &moment, "calls", SECOND, &window), -ENODATA);
	CU_ASSERT_EQUAL(ask(windows, &moment, "calls", 0, &window), -EINVAL);
	CU_ASSERT_EQUAL(ask(windows, &moment, "no such series", SECOND, &window), -EINVAL);
	CU_ASSERT_EQUAL(ask(windows, &moment, "calls", SECOND, &small), -EINVAL);
	plugin_windows_free(windows);
}

static void an_exporter_of_differences_can_ask_as_well(void)
{
	struct plugin_windows *windows = plugin_windows_new(PLUGIN_WINDOWS_BYTES);
	struct moment moment = {.session = "a", .at_ns = BEGIN};
	struct sonde_window window = {.struct_size = sizeof(window)};

	take_in(windows, &moment);
	moment.at_ns += SECOND;
	moment.count = 4;
	const struct sonde_snapshot *older = make(&moment);

	take_in(windows, &moment);
	moment.at_ns += SECOND;
	moment.count = 10;
	const struct sonde_snapshot *newer = make(&moment);

	take_in(windows, &moment);
	const struct sonde_snapshot *delta = plugin_snapshot_delta(newer, older);
	const struct sonde_snapshot *windowed = plugin_snapshot_for_reader(delta, windows, NULL);

	/* It lives as long as its last reference. */
	plugin_snapshot_unref(delta);
	plugin_snapshot_unref(older);
	plugin_snapshot_unref(newer);
	CU_ASSERT_EQUAL(plugin_snapshot_window(windowed, 0, 60 * SECOND, &window), 0);
	CU_ASSERT_EQUAL(window.count, 10);
	plugin_snapshot_unref(windowed);
	plugin_windows_free(windows);
}

UNIT_MAIN("plugin-windows",
	  {"a window has just what came in it", a_window_has_just_what_came_in_it},
	  {"an exporter that lags is told of its own snapshot's time",
	   an_exporter_that_lags_is_told_of_its_own_snapshots_time},
	  {"a counter that begins again counts from there", a_counter_that_begins_again_counts_from_there},
	  {"sources are kept apart", sources_are_kept_apart},
	  {"a source that has ended can still be asked for", a_source_that_has_ended_can_still_be_asked_for},
	  {"sources that have ended make room", sources_that_have_ended_make_room},
	  {"all of it stays within its bytes", all_of_it_stays_within_its_bytes},
	  {"without room an answer says that nothing is known",
	   without_room_an_answer_says_that_nothing_is_known},
	  {"quantiles are of the window only", quantiles_are_of_the_window_only},
	  {"a timer without values has a rate and no quantiles",
	   a_timer_without_values_has_a_rate_and_no_quantiles},
	  {"what is impossible is refused", what_is_impossible_is_refused},
	  {"an exporter of differences can ask as well", an_exporter_of_differences_can_ask_as_well})
