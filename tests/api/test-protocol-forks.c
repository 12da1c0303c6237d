// SPDX-License-Identifier: MIT
/*
 * The methods of the protocol, each across a fork: a child has nothing of what its parent recorded,
 * goes on with the same struct sonde, and its parent has nothing of what it records.
 */
#include "config.h"

#include "api.h"

static const struct sonde_tag tag = {"branch", "main"};

static int nothing(void *argument)
{
	(void)argument;
	return 0;
}

static int ignore(void *argument, const char *text, size_t size)
{
	(void)text;
	*(size_t *)argument += size;
	return 0;
}

static int record_counters(void)
{
	struct sonde *sonde = metrics();

	EXPECT(sonde_record_counter(sonde, "forked.counter", 3, &tag, 1) == 0);
	EXPECT(sonde_record_counter_double(sonde, "forked.fractions", 0.5, &tag, 1) == 0);
	EXPECT(sonde_increment(sonde, "forked.increments", &tag, 1) == 0);
	return 0;
}

static int record_others(void)
{
	struct sonde *sonde = metrics();

	EXPECT(sonde_record_gauge(sonde, "forked.gauge", 42, &tag, 1) == 0);
	EXPECT(sonde_decrement(sonde, "forked.decrements", &tag, 1) == 0);
	EXPECT(sonde_record_histogram(sonde, "forked.histogram", 7, &tag, 1) == 0);
	EXPECT(sonde_record_timer(sonde, "forked.timer", 2, SONDE_SECONDS, &tag, 1) == 0);
	return 0;
}

static int track(void)
{
	struct sonde *sonde = metrics();
	uint64_t id;

	EXPECT(sonde_start_timer(sonde, "forked.operation", NULL, &id) == 0);
	EXPECT(sonde_stop_timer(sonde, id, true, NULL) == 0);
	EXPECT(sonde_time_operation(sonde, "forked.operation", nothing, NULL, NULL, NULL) == 0);
	EXPECT(sonde_record_success(sonde, "forked.operation") == 0);
	EXPECT(sonde_record_failure(sonde, "forked.operation", "x") == 0);
	EXPECT(sonde_record_failure_errno(sonde, "forked.operation", EIO) == 0);
	return 0;
}

/* All values are those of one process that recorded once. */
static int expect_counters_once(void)
{
	EXPECT(value_of("forked.counter", &tag, 1) == 3);
	EXPECT(value_of("forked.fractions", &tag, 1) == 0.5);
	EXPECT(value_of("forked.increments", &tag, 1) == 1);
	return 0;
}

static int expect_others_once(void)
{
	EXPECT(value_of("forked.gauge", &tag, 1) == 42);
	EXPECT(value_of("forked.decrements", &tag, 1) == -1);
	EXPECT(value_of("forked.histogram", &tag, 1) == 7);
	EXPECT(value_of("forked.timer", &tag, 1) == 2);
	return 0;
}

static int expect_tracked_once(void)
{
	struct sonde *sonde = metrics();
	struct sonde_timing_stats stats;
	struct sonde_success_rate rate;
	struct sonde_failure_breakdown *breakdown;

	EXPECT(sonde_get_timing_stats(sonde, "forked.operation", 0, SONDE_SECONDS, &stats) == 0);
	EXPECT(stats.count == 2);
	EXPECT(sonde_get_success_rate(sonde, "forked.operation", 0, &rate) == 0);
	EXPECT(rate.total == 5 && rate.successes == 3 && rate.errors == 2);
	EXPECT(sonde_get_failure_breakdown(sonde, "forked.operation", 0, &breakdown) == 0);
	EXPECT(breakdown->n_failures == 2 && breakdown->total == 2);
	sonde_free(breakdown);
	return 0;
}

static int expect_nothing(void)
{
	struct sonde *sonde = metrics();
	struct sonde_timing_stats stats;
	struct sonde_success_rate rate;
	struct sonde_failure_breakdown *breakdown;
	struct sonde_metric_summary summary;
	struct sonde_metric_values *values;

	EXPECT(sonde_get_timing_stats(sonde, "forked.operation", 0, SONDE_SECONDS, &stats) ==
	       SONDE_ENOENT);
	EXPECT(sonde_get_success_rate(sonde, "forked.operation", 0, &rate) == SONDE_ENOENT);
	EXPECT(sonde_get_failure_breakdown(sonde, "forked.operation", 0, &breakdown) ==
	       SONDE_ENOENT);
	EXPECT(sonde_get_metric_summary(sonde, "forked.counter", 0, &summary) == SONDE_ENOENT);
	EXPECT(sonde_get_metrics_by_tag(sonde, &tag, 1, &values) == 0);
	EXPECT(values->n_values == 0);
	sonde_free(values);
	EXPECT(sonde_get_top_metrics(sonde, SONDE_HISTOGRAM, SONDE_BY_SUM, 10, &values) == 0);
	EXPECT(values->n_values == 0);
	sonde_free(values);
	return 0;
}

static int record_all(void)
{
	return record_counters() || record_others() || track();
}

static int expect_all_once(void)
{
	return expect_counters_once() || expect_others_once() || expect_tracked_once();
}

static int begin_anew(void)
{
	return expect_nothing() || record_all() || expect_all_once();
}

static void what_is_recorded_is_the_process_s_that_recorded_it(void)
{
	CU_ASSERT_EQUAL(record_all(), 0);
	in_child(begin_anew);
	CU_ASSERT_EQUAL(expect_all_once(), 0);
}

static int fork_again(void)
{
	int status = -1;

	EXPECT(begin_anew() == 0);
	pid_t pid = fork();

	if (pid == 0)
		_exit(begin_anew());
	EXPECT(waitpid(pid, &status, 0) == pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return expect_all_once();
}

static void a_child_of_a_child_begins_at_nothing_too(void)
{
	in_child(fork_again);
}

static int ask_for_resources(void)
{
	struct sonde *sonde = metrics();
	struct sonde_memory_usage memory;
	struct sonde_cpu_usage cpu;
	struct sonde_disk_usage disk;
	struct sonde_network_stats network;
	int error = sonde_get_cpu_usage(sonde, &cpu);

	EXPECT(!error || error == SONDE_ENODATA);
	EXPECT(sonde_get_memory_usage(sonde, &memory) == 0);
	EXPECT(memory.process_resident > 0 && memory.process_resident < memory.total);
	EXPECT(sonde_get_network_stats(sonde, &network) == 0);
	if (!CHILD_MAY_START_THREADS)
		return 0;
	EXPECT(sonde_get_disk_usage(sonde, "/", &disk) == 0);
	EXPECT(sonde_start_resource_monitoring(sonde, 60) == 0);
	EXPECT(sonde_stop_resource_monitoring(sonde) == 0);
	return 0;
}

static void a_forked_child_asks_for_resources(void)
{
	CU_ASSERT_EQUAL(ask_for_resources(), 0);
	in_child(ask_for_resources);
	CU_ASSERT_EQUAL(ask_for_resources(), 0);
}

static int write_all(void)
{
	static const char *const formats[] = {"json",	     "csv",	  "jsonlines", "prometheus",
					      "openmetrics", "otlp-json", "statsd"};
	struct sonde_system_health health;
	size_t size = 0;

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		size = 0;
		EXPECT(sonde_export_metrics(metrics(), formats[i], ignore, &size) == 0);
		EXPECT(size > 0);
	}
	EXPECT(sonde_create_dashboard_data(metrics(), "errors", ignore, &size) == 0);
	EXPECT(sonde_create_grafana_dashboard(metrics(), "errors", ignore, &size) == 0);
	EXPECT(sonde_get_system_health(metrics(), &health) == 0);
	EXPECT(health.operations == 1);
	return 0;
}

static int write_all_of_its_own(void)
{
	return sonde_record_success(metrics(), "written") || write_all();
}

static void a_forked_child_exports_and_draws_its_own(void)
{
	in_child(write_all_of_its_own);
}

static int end_in_child(void)
{
	struct sonde *again;

	EXPECT(sonde_initialize_metrics(NULL, &again, NULL) == SONDE_EALREADY);
	EXPECT(again == metrics());
	EXPECT(sonde_shutdown_metrics(metrics()) == 0);
	EXPECT(sonde_increment(metrics(), "forked.end", NULL, 0) == SONDE_ESHUTDOWN);
	return 0;
}

static void a_forked_child_is_begun_already_and_ends_for_itself(void)
{
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "forked.end", NULL, 0), 0);
	in_child(end_in_child);
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "forked.end", NULL, 0), 0);
	CU_ASSERT_EQUAL(value_of("forked.end", NULL, 0), 2);
}

static int work_on_threads(void)
{
	static const char *const nobody[] = {"nobody"};
	const struct sonde_export_result *results;
	struct sonde_metric_value *value;
	struct sonde_future *future;
	struct sonde_stream *stream;
	size_t n_results;

	EXPECT(sonde_metrics_stream_open(metrics(), NULL, &stream) == 0);
	EXPECT(sonde_increment(metrics(), "forked.streamed", NULL, 0) == 0);
	EXPECT(sonde_collect_metrics_async(metrics(), NULL, NULL, &future) == 0);
	EXPECT(sonde_future_wait(future, INFINITY, NULL) == 0);
	sonde_future_free(future);
	do {
		EXPECT(sonde_metrics_stream_next(stream, INFINITY, &value) == 0);
		n_results = strcmp(value->name, "forked.streamed");
		sonde_free(value);
	} while (n_results);
	sonde_metrics_stream_close(stream);
	EXPECT(sonde_export_metrics_async(metrics(), nobody, 1, 0, NULL, NULL, &future) == 0);
	EXPECT(sonde_future_wait(future, INFINITY, NULL) == 0);
	EXPECT(sonde_future_exports(future, &results, &n_results) == 0);
	EXPECT(n_results == 1 && results[0].outcome == SONDE_EXPORT_UNKNOWN);
	sonde_future_free(future);
	return 0;
}

static void a_forked_child_collects_exports_and_streams(void)
{
	if (CHILD_MAY_START_THREADS)
		in_child(work_on_threads);
}

/* Threads that record and ask when the process is forked, and are not there in the child. */
static int is_over;

static void *record_and_ask(void *number)
{
	struct sonde_metric_summary summary;

	(void)number;
	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
		sonde_increment(metrics(), "forked.meanwhile", NULL, 0);
		sonde_get_metric_summary(metrics(), "forked.meanwhile", 60, &summary);
	}
	return NULL;
}

static int ask_for_its_own(void)
{
	EXPECT(isnan(value_of("forked.meanwhile", NULL, 0)));
	EXPECT(sonde_increment(metrics(), "forked.meanwhile", NULL, 0) == 0);
	EXPECT(value_of("forked.meanwhile", NULL, 0) == 1);
	return 0;
}

static void a_fork_while_others_record_and_ask_leaves_a_child_that_can(void)
{
/* AddressSanitizer's allocator is not made for it. */
#ifndef __SANITIZE_ADDRESS__
	pthread_t thread;

	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, record_and_ask, NULL), 0);
	for (int i = 0; i < 20; i++)
		in_child(ask_for_its_own);
	__atomic_store_n(&is_over, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
#endif
}

UNIT_MAIN("protocol, across forks",
	  {"what is recorded is the process's that recorded it",
	   what_is_recorded_is_the_process_s_that_recorded_it},
	  {"a child of a child begins at nothing, too", a_child_of_a_child_begins_at_nothing_too},
	  {"a forked child asks for resources", a_forked_child_asks_for_resources},
	  {"a forked child exports and draws its own", a_forked_child_exports_and_draws_its_own},
	  {"a forked child is begun already, and ends for itself",
	   a_forked_child_is_begun_already_and_ends_for_itself},
	  {"a forked child collects, exports and streams",
	   a_forked_child_collects_exports_and_streams},
	  {"a fork while others record and ask leaves a child that can",
	   a_fork_while_others_record_and_ask_leaves_a_child_that_can})
