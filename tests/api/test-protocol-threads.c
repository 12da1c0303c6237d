// SPDX-License-Identifier: MIT
/*
 * The methods of the protocol, each by eight threads at once: what records does so a million times
 * in each, and the totals are exact; what asks is answered meanwhile.
 */
#include "config.h"

#include "api.h"

static const struct sonde_tag tag = {"branch", "main"};

/* Sanitizers make each record many times as slow. */
#ifdef IS_SANITIZED
enum { N_NAMED = N_RECORDS / 20 };
#else
enum { N_NAMED = N_RECORDS };
#endif

#define ALL ((uint64_t)N_THREADS * N_NAMED)

/* -- What records ----------------------------------------------------------------------------- */

/* A thread that does something N_NAMED times; the first failure ends the program. */
#define RECORDER(name, ...)                                                                        \
	static void *name(void *number)                                                            \
	{                                                                                          \
		struct sonde *sonde = metrics();                                                   \
                                                                                                   \
		(void)number;                                                                      \
		for (int i = 0; i < N_NAMED; i++)                                                  \
			if ((__VA_ARGS__) != 0)                                                    \
				abort();                                                           \
		return NULL;                                                                       \
	}

RECORDER(count, sonde_record_counter(sonde, "all.counted", 3, &tag, 1))
RECORDER(count_fractions, sonde_record_counter_double(sonde, "all.fractions", 0.25, &tag, 1))
RECORDER(gauge, sonde_record_gauge(sonde, "all.gauge", (double)(intptr_t)number, &tag, 1))
RECORDER(enter, sonde_record_histogram(sonde, "all.entered", i % 8, &tag, 1))
RECORDER(time_it, sonde_record_timer(sonde, "all.timed", i % 4, SONDE_MILLISECONDS, &tag, 1))
RECORDER(increment, sonde_increment(sonde, "all.incremented", &tag, 1))
RECORDER(decrement, sonde_decrement(sonde, "all.decremented", &tag, 1))
RECORDER(succeed, sonde_record_success(sonde, "all.tracked"))
RECORDER(fail, sonde_record_failure(sonde, "all.tracked", i % 2 ? "odd" : "even"))
RECORDER(fail_by_errno, sonde_record_failure_errno(sonde, "all.errno", ENOENT))

static void counters_of_eight_threads_add_up(void)
{
	struct sonde_metric_value value;

	in_threads(count);
	CU_ASSERT_FATAL(find_value("all.counted", &tag, 1, &value));
	CU_ASSERT_EQUAL(value.count, 3 * ALL);
	in_threads(count_fractions);
	CU_ASSERT_EQUAL(value_of("all.fractions", &tag, 1), 0.25 * (double)ALL);
}

static void a_gauge_that_eight_threads_set_is_what_one_of_them_set(void)
{
	in_threads(gauge);
	double value = value_of("all.gauge", &tag, 1);

	CU_ASSERT(value >= 0 && value < N_THREADS && value == floor(value));
}

static void histograms_of_eight_threads_add_up(void)
{
	struct sonde_metric_value value;

	in_threads(enter);
	CU_ASSERT_FATAL(find_value("all.entered", &tag, 1, &value));
	CU_ASSERT_EQUAL(value.count, ALL);
	CU_ASSERT_EQUAL(value.value, 3.5 * (double)ALL);
	CU_ASSERT(value.min == 0 && value.max == 7);
}

static void recorded_timers_of_eight_threads_add_up(void)
{
	struct sonde_metric_value value;

	in_threads(time_it);
	CU_ASSERT_FATAL(find_value("all.timed", &tag, 1, &value));
	CU_ASSERT_EQUAL(value.count, ALL);
	CU_ASSERT_DOUBLE_EQUAL(value.value, 0.0015 * (double)ALL, 1e-6);
	CU_ASSERT_EQUAL(value.max, 0.003);
}

static void increments_of_eight_threads_add_up(void)
{
	struct sonde_metric_value value;

	in_threads(increment);
	CU_ASSERT_FATAL(find_value("all.incremented", &tag, 1, &value));
	CU_ASSERT_EQUAL(value.count, ALL);
}

static void decrements_of_eight_threads_add_up(void)
{
	in_threads(decrement);
	CU_ASSERT_EQUAL(value_of("all.decremented", &tag, 1), -(double)ALL);
}

static int start_and_stop(struct sonde *sonde, bool success)
{
	uint64_t id;
	int error = sonde_start_timer(sonde, "all.started", &tag, &id);

	return error ? error : sonde_stop_timer(sonde, id, success, NULL);
}

RECORDER(start_and_stop_often, start_and_stop(sonde, i % 4 != 0))

static void timers_that_eight_threads_start_and_stop_add_up(void)
{
	struct sonde_timing_stats stats;
	struct sonde_success_rate rate;

	in_threads(start_and_stop_often);
	CU_ASSERT_EQUAL(
		sonde_get_timing_stats(metrics(), "all.started", 0, SONDE_UNIT_NONE, &stats), 0);
	CU_ASSERT_EQUAL(stats.count, ALL / 4 * 3);
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "all.started", 0, &rate), 0);
	CU_ASSERT_EQUAL(rate.total, ALL);
	CU_ASSERT_EQUAL(rate.errors, ALL / 4);
}

static uint64_t n_called;

static int count_call(void *argument)
{
	__atomic_fetch_add((uint64_t *)argument, 1, __ATOMIC_RELAXED);
	return 0;
}

RECORDER(time_operations,
	 sonde_time_operation(sonde, "all.operations", count_call, &n_called, NULL, NULL))

static void operations_that_eight_threads_time_add_up(void)
{
	struct sonde_timing_stats stats;

	in_threads(time_operations);
	CU_ASSERT_EQUAL(n_called, ALL);
	CU_ASSERT_EQUAL(
		sonde_get_timing_stats(metrics(), "all.operations", 0, SONDE_UNIT_NONE, &stats), 0);
	CU_ASSERT_EQUAL(stats.count, ALL);
}

static void successes_and_failures_of_eight_threads_add_up(void)
{
	struct sonde_success_rate rate;
	struct sonde_failure_breakdown *breakdown;

	in_threads(succeed);
	in_threads(fail);
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "all.tracked", 0, &rate), 0);
	CU_ASSERT_EQUAL(rate.total, 2 * ALL);
	CU_ASSERT_EQUAL(rate.rate, 0.5);
	CU_ASSERT_EQUAL_FATAL(sonde_get_failure_breakdown(metrics(), "all.tracked", 0, &breakdown),
			      0);
	CU_ASSERT_EQUAL_FATAL(breakdown->n_failures, 2);
	CU_ASSERT_EQUAL(breakdown->total, ALL);
	CU_ASSERT_EQUAL(breakdown->failures[0].count, ALL / 2);
	CU_ASSERT_EQUAL(breakdown->failures[1].count, ALL / 2);
	sonde_free(breakdown);
	in_threads(fail_by_errno);
	CU_ASSERT_EQUAL_FATAL(sonde_get_failure_breakdown(metrics(), "all.errno", 0, &breakdown),
			      0);
	CU_ASSERT_EQUAL(breakdown->total, ALL);
	sonde_free(breakdown);
}

/* -- What asks -------------------------------------------------------------------------------- */

static int ignore(void *argument, const char *text, size_t size)
{
	(void)argument;
	(void)text;
	(void)size;
	return 0;
}

static int ask_for_lists(struct sonde *sonde)
{
	struct sonde_failure_breakdown *breakdown = NULL;
	struct sonde_metric_values *values = NULL;
	struct sonde_metric_values *top = NULL;
	int error = sonde_get_failure_breakdown(sonde, "asked", 60, &breakdown);

	if (!error)
		error = sonde_get_metrics_by_tag(sonde, &tag, 1, &values);
	if (!error)
		error = sonde_get_top_metrics(sonde, SONDE_COUNTER, SONDE_BY_SUM, 3, &top);
	sonde_free(breakdown);
	sonde_free(values);
	sonde_free(top);
	return error;
}

static int ask_for_figures(struct sonde *sonde)
{
	struct sonde_metric_summary summary;
	struct sonde_timing_stats stats;
	struct sonde_success_rate rate;
	struct sonde_system_health health;
	int error = sonde_get_metric_summary(sonde, "asked.counted", 60, &summary);

	if (!error)
		error = sonde_get_timing_stats(sonde, "asked", 60, SONDE_SECONDS, &stats);
	if (!error)
		error = sonde_get_success_rate(sonde, "asked", 60, &rate);
	return error ? error : sonde_get_system_health(sonde, &health);
}

/* A processor's share needs time to have passed. */
static int ask_for_resources(struct sonde *sonde)
{
	struct sonde_memory_usage memory;
	struct sonde_cpu_usage cpu;
	struct sonde_disk_usage disk;
	struct sonde_network_stats network;
	int error = sonde_get_cpu_usage(sonde, &cpu);

	if (!error || error == SONDE_ENODATA)
		error = sonde_get_memory_usage(sonde, &memory);
	if (!error)
		error = sonde_get_disk_usage(sonde, "/", &disk);
	if (!error)
		error = sonde_get_network_stats(sonde, &network);
	if (!error)
		error = sonde_start_resource_monitoring(sonde, 60);
	return error ? error : sonde_stop_resource_monitoring(sonde);
}

static int ask_for_texts(struct sonde *sonde)
{
	static const char *const formats[] = {"json",	     "csv",	  "jsonlines", "prometheus",
					      "openmetrics", "otlp-json", "statsd"};
	int error = sonde_create_dashboard_data(sonde, NULL, ignore, NULL);

	for (size_t i = 0; !error && i < sizeof(formats) / sizeof(formats[0]); i++)
		error = sonde_export_metrics(sonde, formats[i], ignore, NULL);
	return error ? error : sonde_create_grafana_dashboard(sonde, NULL, ignore, NULL);
}

static int await(struct sonde_future *future)
{
	int result = -1;
	int error = sonde_future_wait(future, INFINITY, &result);

	sonde_future_free(future);
	return error ? error : result;
}

/* What others recorded may be in the stream, or nothing yet. */
static int take_one(struct sonde *sonde)
{
	struct sonde_stream *stream;
	struct sonde_metric_value *value;
	int error = sonde_metrics_stream_open(sonde, NULL, &stream);

	if (error)
		return error;
	error = sonde_metrics_stream_next(stream, 0, &value);
	if (!error)
		sonde_free(value);
	sonde_metrics_stream_close(stream);
	return error == SONDE_ETIMEDOUT ? 0 : error;
}

static int ask_others(struct sonde *sonde)
{
	static const char *const nobody[] = {"nobody"};
	struct sonde_future *future;
	int error = sonde_collect_metrics_async(sonde, NULL, NULL, &future);

	if (!error)
		error = await(future);
	if (!error)
		error = sonde_export_metrics_async(sonde, nobody, 1, 0, NULL, NULL, &future);
	if (!error)
		error = await(future);
	return error ? error : take_one(sonde);
}

static int (*const questions[])(struct sonde *) = {
	ask_for_lists, ask_for_figures, ask_for_resources, ask_for_texts, ask_others,
};

enum { N_QUESTIONS = sizeof(questions) / sizeof(questions[0]), N_ROUNDS = 3 };

static void *record_and_ask(void *number)
{
	struct sonde *sonde = metrics();
	struct sonde_counter *counter;

	if (sonde_counter_open(sonde, "asked.counted", NULL, &tag, 1, &counter) ||
	    sonde_record_timer(sonde, "asked", 1, SONDE_SECONDS, NULL, 0) ||
	    sonde_record_success(sonde, "asked") || sonde_record_failure(sonde, "asked", "x"))
		abort();
	for (int i = 0; i < N_NAMED; i++) {
		if (sonde_counter_add(counter, 1) != 0)
			abort();
		if (i % (N_NAMED / N_QUESTIONS / N_ROUNDS + 1) == 0) {
			int error = questions[((intptr_t)number + i) % N_QUESTIONS](sonde);

			if (error)
				printf("# %s\n", sonde_error_text(error));
			if (error)
				abort();
		}
	}
	return NULL;
}

static void what_eight_threads_ask_is_answered_while_a_million_records_in_each_add_up(void)
{
	struct sonde_metric_summary summary;

	in_threads(record_and_ask);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "asked.counted", 0, &summary), 0);
	CU_ASSERT_EQUAL(summary.count, ALL);
}

/* -- Begin and end ---------------------------------------------------------------------------- */

static int n_begun;
static int n_ended;
static uint64_t n_recorded;

static void *begin_record_and_end(void *number)
{
	struct sonde *sonde = NULL;
	uint64_t n = 0;
	int result = sonde_initialize_metrics(NULL, &sonde, NULL);

	if (result == 0)
		__atomic_fetch_add(&n_begun, 1, __ATOMIC_RELAXED);
	else if (result != SONDE_EALREADY || sonde != sonde_get())
		abort();
	while (n < N_NAMED && sonde_increment(sonde, "until.the.end", NULL, 0) == 0)
		if (++n == N_NAMED / 100 * (uint64_t)((intptr_t)number + 1) &&
		    sonde_shutdown_metrics(sonde) == 0)
			__atomic_fetch_add(&n_ended, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&n_recorded, n, __ATOMIC_RELAXED);
	return NULL;
}

static int begin_and_end_in_threads(void)
{
	struct sonde_metric_summary summary;

	in_threads(begin_record_and_end);
	EXPECT(n_begun == 1);
	EXPECT(n_ended == 1);
	EXPECT(sonde_get_metric_summary(sonde_get(), "until.the.end", 0, &summary) == 0);
	EXPECT(summary.count == n_recorded);
	return 0;
}

static void one_of_eight_threads_begins_and_one_ends_it(void)
{
	if (CHILD_MAY_START_THREADS)
		in_child(begin_and_end_in_threads);
}

UNIT_MAIN("protocol, by eight threads",
	  {"one of eight threads begins and one ends it",
	   one_of_eight_threads_begins_and_one_ends_it},
	  {"counters of eight threads add up", counters_of_eight_threads_add_up},
	  {"a gauge that eight threads set is what one of them set",
	   a_gauge_that_eight_threads_set_is_what_one_of_them_set},
	  {"histograms of eight threads add up", histograms_of_eight_threads_add_up},
	  {"recorded timers of eight threads add up", recorded_timers_of_eight_threads_add_up},
	  {"increments of eight threads add up", increments_of_eight_threads_add_up},
	  {"decrements of eight threads add up", decrements_of_eight_threads_add_up},
	  {"timers that eight threads start and stop add up",
	   timers_that_eight_threads_start_and_stop_add_up},
	  {"operations that eight threads time add up", operations_that_eight_threads_time_add_up},
	  {"successes and failures of eight threads add up",
	   successes_and_failures_of_eight_threads_add_up},
	  {"what eight threads ask is answered while a million records in each add up",
	   what_eight_threads_ask_is_answered_while_a_million_records_in_each_add_up})
