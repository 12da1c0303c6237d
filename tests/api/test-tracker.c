// SPDX-License-Identifier: MIT
#include "config.h"

#include "api.h"

#include <fcntl.h>

static bool is_watched(void)
{
	return getenv("LD_PRELOAD") != NULL;
}

/* How often an operation failed in a way; -1: there is no breakdown. */
static int64_t n_failures(const char *operation, const char *error_type)
{
	struct sonde_failure_breakdown *breakdown;
	int64_t n = 0;

	if (sonde_get_failure_breakdown(metrics(), operation, 0, &breakdown) != 0)
		return -1;
	for (size_t i = 0; i < breakdown->n_failures; i++)
		if (strcmp(breakdown->failures[i].error_type, error_type) == 0)
			n += (int64_t)breakdown->failures[i].count;
	sonde_free(breakdown);
	return n;
}

/* -- The examples of the protocol ------------------------------------------------------------- */

static void successes_and_failures_make_a_rate(void)
{
	struct sonde_success_rate rate;

	CU_ASSERT_EQUAL(sonde_record_success(metrics(), "git.push"), 0);
	CU_ASSERT_EQUAL(sonde_record_success(metrics(), "git.push"), 0);
	CU_ASSERT_EQUAL(sonde_record_success(metrics(), "git.push"), 0);
	CU_ASSERT_EQUAL(sonde_record_failure(metrics(), "git.push", "authentication_error"), 0);
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "git.push", 3600, &rate), 0);
	CU_ASSERT_EQUAL(rate.rate, 0.75);
	CU_ASSERT_EQUAL(rate.error_rate, 0.25);
	CU_ASSERT_EQUAL(rate.total, 4);
	CU_ASSERT_EQUAL(rate.successes, 3);
	CU_ASSERT_EQUAL(rate.errors, 1);
	/* The program has not run for an hour. */
	CU_ASSERT(rate.is_truncated);
	CU_ASSERT(rate.covered_ns > 0 && rate.covered_ns < 3600000000000);
}

static void failures_come_most_frequent_first(void)
{
	static const struct {
		const char *type;
		int count;
	} kinds[] = {{"timeout", 1}, {"network_error", 5}, {"auth_error", 2}, {"also_two", 2}};
	struct sonde_failure_breakdown *breakdown;
	struct sonde_success_rate rate;

	for (size_t i = 0; i < 4; i++)
		for (int n = 0; n < kinds[i].count; n++)
			CU_ASSERT_EQUAL(sonde_record_failure(metrics(), "git.clone", kinds[i].type),
					0);
	CU_ASSERT_EQUAL_FATAL(sonde_get_failure_breakdown(metrics(), "git.clone", 0, &breakdown),
			      0);
	CU_ASSERT_EQUAL_FATAL(breakdown->n_failures, 4);
	CU_ASSERT_STRING_EQUAL(breakdown->failures[0].error_type, "network_error");
	CU_ASSERT_EQUAL(breakdown->failures[0].count, 5);
	CU_ASSERT_STRING_EQUAL(breakdown->failures[1].error_type, "also_two");
	CU_ASSERT_STRING_EQUAL(breakdown->failures[2].error_type, "auth_error");
	CU_ASSERT_STRING_EQUAL(breakdown->failures[3].error_type, "timeout");
	CU_ASSERT_EQUAL(breakdown->total, 10);
	sonde_free(breakdown);
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "git.clone", 0, &rate), 0);
	CU_ASSERT_EQUAL(rate.rate, 0);
	CU_ASSERT_EQUAL(rate.errors, 10);
}

static void an_errno_is_told_by_its_symbol(void)
{
	CU_ASSERT_EQUAL(sonde_record_failure_errno(metrics(), "connect.peer", ECONNREFUSED), 0);
	CU_ASSERT_EQUAL(sonde_record_failure_errno(metrics(), "connect.peer", ETIMEDOUT), 0);
	CU_ASSERT_EQUAL(n_failures("connect.peer", "ECONNREFUSED"), 1);
	CU_ASSERT_EQUAL(n_failures("connect.peer", "ETIMEDOUT"), 1);
}

/* -- Nothing, and nonsense -------------------------------------------------------------------- */

static void nothing_is_neither_0_nor_1(void)
{
	struct sonde_success_rate rate = {.rate = 1};
	struct sonde_failure_breakdown *breakdown;

	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "never.heard.of", 0, &rate),
			SONDE_ENOENT);
	CU_ASSERT_EQUAL(sonde_get_failure_breakdown(metrics(), "never.heard.of", 0, &breakdown),
			SONDE_ENOENT);
	CU_ASSERT_EQUAL(sonde_record_timer(metrics(), "only.timed", 1, SONDE_SECONDS, NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "only.timed", 0, &rate), SONDE_ENODATA);
	CU_ASSERT(isnan(rate.rate));
	CU_ASSERT(isnan(rate.error_rate));
	CU_ASSERT_EQUAL(rate.total, 0);
}

static void an_operation_that_never_failed_has_an_empty_breakdown(void)
{
	struct sonde_failure_breakdown *breakdown;

	CU_ASSERT_EQUAL(sonde_record_success(metrics(), "never.failed"), 0);
	CU_ASSERT_EQUAL_FATAL(sonde_get_failure_breakdown(metrics(), "never.failed", 0, &breakdown),
			      0);
	CU_ASSERT_EQUAL(breakdown->n_failures, 0);
	CU_ASSERT_EQUAL(breakdown->total, 0);
	sonde_free(breakdown);
}

static void arguments_are_looked_at(void)
{
	struct sonde_success_rate rate;
	struct sonde_failure_breakdown *breakdown;

	CU_ASSERT_EQUAL(sonde_record_success(NULL, "x"), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_record_success(metrics(), NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_record_success(metrics(), ""), SONDE_EINVAL_NAME);
	CU_ASSERT_EQUAL(sonde_record_failure(metrics(), "typeless", NULL), 0);
	CU_ASSERT_EQUAL(sonde_record_failure(metrics(), "typeless", ""), 0);
	CU_ASSERT_EQUAL(n_failures("typeless", "_OTHER"), 2);
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "typeless", -1, &rate), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "typeless", NAN, &rate), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), NULL, 0, &rate), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_failure_breakdown(metrics(), NULL, 0, &breakdown), SONDE_EINVAL);
}

static void types_of_errors_are_few(void)
{
	struct sonde_failure_breakdown *breakdown;
	char type[16];

	for (int i = 0; i < 300; i++) {
		snprintf(type, sizeof(type), "error %d", i);
		CU_ASSERT_EQUAL(sonde_record_failure(metrics(), "of.many.errors", type), 0);
	}
	CU_ASSERT_EQUAL(sonde_record_failure(metrics(), "of.many.errors", "error 255"), 0);
	CU_ASSERT_EQUAL(sonde_record_failure(metrics(), "of.many.errors", "error 256"), 0);
	CU_ASSERT_EQUAL_FATAL(
		sonde_get_failure_breakdown(metrics(), "of.many.errors", 0, &breakdown), 0);
	CU_ASSERT_EQUAL(breakdown->n_failures, 257);
	CU_ASSERT_EQUAL(breakdown->total, 302);
	sonde_free(breakdown);
	CU_ASSERT_EQUAL(n_failures("of.many.errors", "_OTHER"), 45);
	CU_ASSERT_EQUAL(n_failures("of.many.errors", "error 255"), 2);
}

/* -- Calls ------------------------------------------------------------------------------------ */

static void a_call_of_libc_is_an_operation_under_the_preload(void)
{
	struct sonde_success_rate rate;
	struct sonde_timing_stats stats;

	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(open("/proc/self/no-such-file", O_RDONLY), -1);
	int fd = open("/dev/null", O_RDONLY);

	close(fd);
	if (!is_watched()) {
		CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "open", 0, &rate), SONDE_ENOENT);
		return;
	}
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "open", 0, &rate), 0);
	CU_ASSERT(rate.total >= 4);
	CU_ASSERT(rate.successes >= 1);
	CU_ASSERT_EQUAL(rate.total, rate.successes + rate.errors + rate.expected);
	CU_ASSERT(n_failures("open", "ENOENT") >= 3);
	CU_ASSERT_EQUAL(n_failures("open", "ENOENT"), (int64_t)(rate.errors + rate.expected));
	CU_ASSERT_EQUAL(sonde_get_timing_stats(metrics(), "open", 0, SONDE_MICROSECONDS, &stats),
			0);
	CU_ASSERT(stats.count >= 1 && stats.min > 0 && stats.max >= stats.min);
}

/* -- Threads and forks ------------------------------------------------------------------------ */

static void *track_much(void *number)
{
	(void)number;
	for (int i = 0; i < N_RECORDS; i++)
		if ((i % 5 ? sonde_record_success(metrics(), "tracked.much")
			   : sonde_record_failure(metrics(), "tracked.much", "fifth")) != 0)
			abort();
	return NULL;
}

static void outcomes_of_eight_threads_add_up(void)
{
	struct sonde_success_rate rate;

	in_threads(track_much);
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "tracked.much", 0, &rate), 0);
	CU_ASSERT_EQUAL(rate.total, N_THREADS * N_RECORDS);
	CU_ASSERT_EQUAL(rate.rate, 0.8);
	CU_ASSERT_EQUAL(n_failures("tracked.much", "fifth"), N_THREADS * N_RECORDS / 5);
}

static int track_in_child(void)
{
	struct sonde_success_rate rate;

	EXPECT(sonde_get_success_rate(metrics(), "forked", 0, &rate) == SONDE_ENOENT);
	EXPECT(sonde_record_success(metrics(), "forked") == 0);
	EXPECT(sonde_get_success_rate(metrics(), "forked", 60, &rate) == 0);
	EXPECT(rate.rate == 1);
	return 0;
}

static void a_forked_child_has_outcomes_of_its_own(void)
{
	struct sonde_success_rate rate;

	CU_ASSERT_EQUAL(sonde_record_failure(metrics(), "forked", "early"), 0);
	in_child(track_in_child);
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "forked", 0, &rate), 0);
	CU_ASSERT_EQUAL(rate.rate, 0);
	CU_ASSERT_EQUAL(rate.total, 1);
}

UNIT_MAIN("tracker", {"successes and failures make a rate", successes_and_failures_make_a_rate},
	  {"failures come most frequent first", failures_come_most_frequent_first},
	  {"an errno is told by its symbol", an_errno_is_told_by_its_symbol},
	  {"nothing is neither 0 nor 1", nothing_is_neither_0_nor_1},
	  {"an operation that never failed has an empty breakdown",
	   an_operation_that_never_failed_has_an_empty_breakdown},
	  {"arguments are looked at", arguments_are_looked_at},
	  {"types of errors are few", types_of_errors_are_few},
	  {"a call of libc is an operation under the preload",
	   a_call_of_libc_is_an_operation_under_the_preload},
	  {"outcomes of eight threads add up", outcomes_of_eight_threads_add_up},
	  {"a forked child has outcomes of its own", a_forked_child_has_outcomes_of_its_own})
