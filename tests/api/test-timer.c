// SPDX-License-Identifier: MIT
#include "config.h"

#include "api.h"

#include <time.h>

static int64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void work_for_ms(int ms)
{
	int64_t end = now_ns(CLOCK_MONOTONIC) + ms * 1000000;

	while (now_ns(CLOCK_MONOTONIC) < end)
		;
}

/* -- The examples of the protocol ------------------------------------------------------------- */

static void a_timer_is_started_and_stopped(void)
{
	const struct sonde_tag branch = {"branch", "main"};
	struct sonde_timing_result result;
	int64_t before = now_ns(CLOCK_REALTIME);
	uint64_t id = 0;

	CU_ASSERT_EQUAL(sonde_start_timer(metrics(), "git.push", &branch, &id), 0);
	CU_ASSERT_NOT_EQUAL(id, 0);
	work_for_ms(2);
	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), id, true, &result), 0);
	CU_ASSERT_STRING_EQUAL(result.operation_name, "git.push");
	CU_ASSERT(result.duration >= 1.99 && result.duration < 10000);
	CU_ASSERT_EQUAL(result.unit, SONDE_MILLISECONDS);
	CU_ASSERT_DOUBLE_EQUAL(result.duration, (double)result.duration_ns / 1e6, 1e-9);
	CU_ASSERT(result.success);
	CU_ASSERT_PTR_EQUAL(result.metadata, &branch);
	CU_ASSERT_EQUAL(result.end_time - result.start_time, result.duration_ns);
	/* The clock was set against this one once, when the session began. */
	CU_ASSERT(llabs(result.start_time - before) < INT64_C(60000000000));
}

static void what_is_timed_is_told_by_its_statistics(void)
{
	struct sonde_timing_stats stats;
	uint64_t id;

	CU_ASSERT_EQUAL(sonde_start_timer(metrics(), "database.query", NULL, &id), 0);
	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), id, true, NULL), 0);
	CU_ASSERT_EQUAL(
		sonde_get_timing_stats(metrics(), "database.query", 0, SONDE_UNIT_NONE, &stats), 0);
	CU_ASSERT_EQUAL(stats.count, 1);
	CU_ASSERT_EQUAL(stats.min, stats.max);
	CU_ASSERT_EQUAL(stats.p95, stats.max);
	CU_ASSERT_EQUAL(stats.unit, SONDE_MILLISECONDS);
}

static int returns_its_argument(void *argument)
{
	work_for_ms(1);
	return *(int *)argument;
}

static void an_operation_is_timed_whatever_it_returns(void)
{
	struct sonde_timing_result result;
	struct sonde_timing_stats stats;
	struct sonde_success_rate rate;
	const struct sonde_tag failed = {"success", "false"};
	int good = 0;
	int bad = 7;

	CU_ASSERT_EQUAL(sonde_time_operation(metrics(), "data.processing", returns_its_argument,
					     &good, NULL, &result),
			0);
	CU_ASSERT_EQUAL(result.returned, 0);
	CU_ASSERT(result.success);
	CU_ASSERT(result.duration >= 0.99);
	CU_ASSERT_EQUAL(sonde_time_operation(metrics(), "data.processing", returns_its_argument,
					     &bad, NULL, &result),
			0);
	CU_ASSERT_EQUAL(result.returned, 7);
	CU_ASSERT(!result.success);
	CU_ASSERT_EQUAL(
		sonde_get_timing_stats(metrics(), "data.processing", 0, SONDE_UNIT_NONE, &stats),
		0);
	CU_ASSERT_EQUAL(stats.count, 1);
	CU_ASSERT(value_of("data.processing", &failed, 1) >= 0.00099);
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "data.processing", 0, &rate), 0);
	CU_ASSERT_EQUAL(rate.rate, 0.5);
}

static void statistics_are_in_the_unit_asked_for(void)
{
	struct sonde_timing_stats stats;

	for (int ms = 1; ms <= 100; ms++)
		CU_ASSERT_EQUAL(
			sonde_record_timer(metrics(), "git.clone", ms, SONDE_MILLISECONDS, NULL, 0),
			0);
	CU_ASSERT_EQUAL(
		sonde_get_timing_stats(metrics(), "git.clone", 0, SONDE_MICROSECONDS, &stats), 0);
	CU_ASSERT_EQUAL(stats.count, 100);
	CU_ASSERT_DOUBLE_EQUAL(stats.sum, 5050e3, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(stats.avg, 50.5e3, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(stats.min, 1e3, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(stats.max, 100e3, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(stats.p50, 50e3, 50e3 * 0.0905);
	CU_ASSERT_DOUBLE_EQUAL(stats.p95, 95e3, 95e3 * 0.0905);
	CU_ASSERT_DOUBLE_EQUAL(stats.stddev, 28.866e3, 28.866e3 * 0.0905);
	CU_ASSERT(stats.covered_ns > 0);
	CU_ASSERT(!stats.is_truncated);
	CU_ASSERT_EQUAL(sonde_get_timing_stats(metrics(), "git.clone", 0, SONDE_BYTES, &stats),
			SONDE_EUNIT);
}

/* -- Nothing, and nonsense -------------------------------------------------------------------- */

static void nothing_is_not_a_number(void)
{
	struct sonde_timing_stats stats;
	uint64_t id;

	CU_ASSERT_EQUAL(
		sonde_get_timing_stats(metrics(), "never.heard.of", 0, SONDE_UNIT_NONE, &stats),
		SONDE_ENOENT);
	CU_ASSERT_EQUAL(sonde_start_timer(metrics(), "only.failed", NULL, &id), 0);
	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), id, false, NULL), 0);
	CU_ASSERT_EQUAL(
		sonde_get_timing_stats(metrics(), "only.failed", 0, SONDE_UNIT_NONE, &stats),
		SONDE_ENODATA);
	CU_ASSERT_EQUAL(stats.count, 0);
	CU_ASSERT_EQUAL(stats.sum, 0);
	CU_ASSERT(isnan(stats.avg) && isnan(stats.min) && isnan(stats.max) && isnan(stats.p50) &&
		  isnan(stats.p999) && isnan(stats.stddev));
}

static void a_timer_stops_once(void)
{
	struct sonde_timing_result result = {.duration_ns = 1};
	struct sonde_timing_stats stats;
	uint64_t id;

	CU_ASSERT_EQUAL(sonde_start_timer(metrics(), "stops.once", NULL, &id), 0);
	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), id, true, NULL), 0);
	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), id, true, &result), SONDE_ESTALE);
	CU_ASSERT_EQUAL(result.duration_ns, 0);
	CU_ASSERT_PTR_NULL(result.operation_name);
	CU_ASSERT_EQUAL(sonde_get_timing_stats(metrics(), "stops.once", 0, SONDE_UNIT_NONE, &stats),
			0);
	CU_ASSERT_EQUAL(stats.count, 1);
}

static void a_number_that_was_never_handed_out_is_unknown(void)
{
	uint64_t id;

	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), 0, true, NULL), SONDE_ENOENT);
	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), 12345, true, NULL), SONDE_ENOENT);
	CU_ASSERT_EQUAL(sonde_start_timer(metrics(), "known", NULL, &id), 0);
	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), id + ((uint64_t)1 << 38), true, NULL),
			SONDE_ENOENT);
	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), id, true, NULL), 0);
	CU_ASSERT_EQUAL(sonde_start_timer(metrics(), NULL, NULL, &id), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_start_timer(metrics(), "x", NULL, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_start_timer(metrics(), "no name", NULL, &id), SONDE_EINVAL_NAME);
	CU_ASSERT_EQUAL(sonde_time_operation(metrics(), "x", NULL, NULL, NULL, NULL), SONDE_EINVAL);
}

static void too_many_timers_are_refused_until_some_have_stopped(void)
{
	static uint64_t ids[65536];
	uint64_t one_more;

	for (int i = 0; i < 65536; i++)
		if (sonde_start_timer(metrics(), "outstanding", NULL, &ids[i]) != 0)
			CU_FAIL_FATAL("a timer could not be started");
	CU_ASSERT_EQUAL(sonde_start_timer(metrics(), "outstanding", NULL, &one_more), SONDE_ENOSPC);
	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), ids[4711], true, NULL), 0);
	CU_ASSERT_EQUAL(sonde_start_timer(metrics(), "outstanding", NULL, &one_more), 0);
	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), ids[4711], true, NULL), SONDE_ESTALE);
	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), one_more, true, NULL), 0);
	for (int i = 0; i < 65536; i++)
		if (i != 4711)
			CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), ids[i], true, NULL), 0);
}

/* -- Threads and forks ------------------------------------------------------------------------ */

static void *time_much(void *number)
{
	uint64_t id;

	(void)number;
	for (int i = 0; i < N_RECORDS / 10; i++)
		if (sonde_start_timer(metrics(), "timed.much", NULL, &id) != 0 ||
		    sonde_stop_timer(metrics(), id, i % 4 != 0, NULL) != 0)
			abort();
	return NULL;
}

static void timers_of_eight_threads_add_up(void)
{
	const struct sonde_tag failed = {"success", "false"};
	struct sonde_metric_value value;

	in_threads(time_much);
	CU_ASSERT_FATAL(find_value("timed.much", NULL, 0, &value));
	CU_ASSERT_EQUAL(value.count, N_THREADS * N_RECORDS / 10 / 4 * 3);
	CU_ASSERT_FATAL(find_value("timed.much", &failed, 1, &value));
	CU_ASSERT_EQUAL(value.count, N_THREADS * N_RECORDS / 10 / 4);
}

static uint64_t shared_id;
static int n_stopped;

static void *stop_the_shared_one(void *number)
{
	int result = sonde_stop_timer(metrics(), shared_id, true, NULL);

	(void)number;
	if (result == 0)
		__atomic_fetch_add(&n_stopped, 1, __ATOMIC_RELAXED);
	else if (result != SONDE_ESTALE)
		abort();
	return NULL;
}

static void of_all_threads_that_stop_a_timer_one_does(void)
{
	for (int i = 0; i < 100; i++) {
		n_stopped = 0;
		CU_ASSERT_EQUAL(sonde_start_timer(metrics(), "shared", NULL, &shared_id), 0);
		in_threads(stop_the_shared_one);
		CU_ASSERT_EQUAL(n_stopped, 1);
	}
}

static int stop_in_child(void)
{
	uint64_t id;

	EXPECT(sonde_stop_timer(metrics(), shared_id, true, NULL) == SONDE_ESTALE);
	EXPECT(sonde_start_timer(metrics(), "across.a.fork", NULL, &id) == 0);
	EXPECT(id != shared_id);
	EXPECT(sonde_stop_timer(metrics(), shared_id, true, NULL) == SONDE_ESTALE);
	EXPECT(sonde_stop_timer(metrics(), id, true, NULL) == 0);
	return 0;
}

static void a_timer_is_stopped_by_the_process_that_started_it(void)
{
	CU_ASSERT_EQUAL(sonde_start_timer(metrics(), "across.a.fork", NULL, &shared_id), 0);
	in_child(stop_in_child);
	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), shared_id, true, NULL), 0);
}

static int stop_in_grandchild(void)
{
	uint64_t id;
	int status = -1;

	EXPECT(sonde_start_timer(metrics(), "across.a.fork", NULL, &id) == 0);
	pid_t pid = fork();

	if (pid == 0)
		_exit(sonde_stop_timer(metrics(), id, true, NULL) != SONDE_ESTALE ||
		      stop_in_child());
	EXPECT(waitpid(pid, &status, 0) == pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return sonde_stop_timer(metrics(), id, true, NULL);
}

static void a_timer_of_any_ancestor_is_stale(void)
{
	CU_ASSERT_EQUAL(sonde_start_timer(metrics(), "across.a.fork", NULL, &shared_id), 0);
	in_child(stop_in_grandchild);
	CU_ASSERT_EQUAL(sonde_stop_timer(metrics(), shared_id, true, NULL), 0);
}

static int stop_after_the_end(void)
{
	struct sonde_timing_stats stats;
	struct sonde_success_rate rate;
	uint64_t id;

	EXPECT(sonde_start_timer(metrics(), "stops.late", NULL, &id) == 0);
	EXPECT(sonde_shutdown_metrics(metrics()) == 0);
	EXPECT(sonde_stop_timer(metrics(), id, true, NULL) == SONDE_ESHUTDOWN);
	EXPECT(sonde_get_timing_stats(metrics(), "stops.late", 0, SONDE_SECONDS, &stats) ==
	       SONDE_ENOENT);
	EXPECT(sonde_get_success_rate(metrics(), "stops.late", 0, &rate) == SONDE_ENOENT);
	return 0;
}

static void a_timer_that_stops_after_the_end_records_nothing(void)
{
	in_child(stop_after_the_end);
}

static void a_success_that_is_said_to_be_one_counts(void)
{
	const struct sonde_tag succeeded = {"success", "true"};
	const struct sonde_tag failed = {"success", "false"};
	struct sonde_timing_stats stats;

	sonde_record_timer(metrics(), "said.so", 5, SONDE_MILLISECONDS, &succeeded, 1);
	sonde_record_timer(metrics(), "said.so", 7, SONDE_MILLISECONDS, &failed, 1);
	CU_ASSERT_EQUAL(sonde_get_timing_stats(metrics(), "said.so", 0, SONDE_UNIT_NONE, &stats),
			0);
	CU_ASSERT_EQUAL(stats.count, 1);
	CU_ASSERT_EQUAL(stats.max, 5);
}

UNIT_MAIN("timer", {"a timer is started and stopped", a_timer_is_started_and_stopped},
	  {"what is timed is told by its statistics", what_is_timed_is_told_by_its_statistics},
	  {"an operation is timed whatever it returns", an_operation_is_timed_whatever_it_returns},
	  {"statistics are in the unit asked for", statistics_are_in_the_unit_asked_for},
	  {"nothing is not a number", nothing_is_not_a_number},
	  {"a timer stops once", a_timer_stops_once},
	  {"a number that was never handed out is unknown",
	   a_number_that_was_never_handed_out_is_unknown},
	  {"too many timers are refused until some have stopped",
	   too_many_timers_are_refused_until_some_have_stopped},
	  {"timers of eight threads add up", timers_of_eight_threads_add_up},
	  {"of all threads that stop a timer, one does", of_all_threads_that_stop_a_timer_one_does},
	  {"a timer is stopped by the process that started it",
	   a_timer_is_stopped_by_the_process_that_started_it},
	  {"a timer of any ancestor is stale", a_timer_of_any_ancestor_is_stale},
	  {"a timer that stops after the end records nothing",
	   a_timer_that_stops_after_the_end_records_nothing},
	  {"a success that is said to be one counts", a_success_that_is_said_to_be_one_counts})
