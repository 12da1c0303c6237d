// SPDX-License-Identifier: MIT
/*
 * The history is a file of this test's own, which it may change behind the library's back: days
 * pass by moving all rows into the past.
 */
#include "config.h"

#include "api.h"

#include <sqlite3.h>

#define DAY 86400.0

static char directory[] = "/tmp/sonde-history-XXXXXX";
static char file[64];

static int begin(struct sonde **ret_sonde, const char *more)
{
	struct sonde_problem problem = {{0}};
	char text[512];

	snprintf(text, sizeof(text),
		 "plugins: ({ plugin = \"history\"; interval = \"1d\"; file = \"%s\"; %s });", file,
		 more);

	const struct sonde_config config = {.struct_size = sizeof(config), .text = text};
	int error = sonde_initialize_metrics(&config, ret_sonde, &problem);

	if (error)
		printf("# %s\n", problem.text);
	return error;
}

static struct sonde *remembering(void)
{
	struct sonde *sonde = sonde_get();

	if (!sonde && begin(&sonde, "") != 0)
		abort();
	return sonde;
}

/* One number that a statement of SQL leads to; NAN: it leads to none. */
static double ask(const char *statement)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *prepared = NULL;
	double answer = NAN;

	CU_ASSERT_EQUAL_FATAL(sqlite3_open(file, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 20000);
	CU_ASSERT_EQUAL_FATAL(sqlite3_prepare_v2(db, statement, -1, &prepared, NULL), SQLITE_OK);
	int result = sqlite3_step(prepared);

	CU_ASSERT(result == SQLITE_ROW || result == SQLITE_DONE);
	if (result == SQLITE_ROW)
		answer = sqlite3_column_double(prepared, 0);
	sqlite3_finalize(prepared);
	sqlite3_close(db);
	return answer;
}

/* What lies in the file is three days older from now on. */
static void let_days_pass(void)
{
	ask("UPDATE point SET start = start - 3 * 86400");
}

static struct sonde_metric_summary summary_of(const char *name, double window)
{
	struct sonde_metric_summary summary = {.n_series = 0};

	CU_ASSERT_EQUAL(sonde_get_metric_summary(remembering(), name, window, &summary), 0);
	return summary;
}

/* -- Before the library is initialised in this process ---------------------------------------- */

enum { N_WRITERS = 4, N_WRITTEN = 1000 };

static int write_some(void)
{
	struct sonde *sonde;

	EXPECT(begin(&sonde, "") == 0);
	for (int i = 0; i < N_WRITTEN; i++)
		EXPECT(sonde_record_counter(sonde, "written", 1, NULL, 0) == 0);
	EXPECT(sonde_shutdown_metrics_within(sonde, 20) == 0);
	return 0;
}

static void what_several_processes_write_at_once_adds_up(void)
{
	pid_t pids[N_WRITERS];

	if (!CHILD_MAY_START_THREADS)
		return;
	for (int i = 0; i < N_WRITERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(write_some());
	}
	for (int i = 0; i < N_WRITERS; i++) {
		int status = -1;

		waitpid(pids[i], &status, 0);
		CU_ASSERT_EQUAL(status, 0);
	}
	CU_ASSERT_EQUAL(ask("SELECT sum(count) FROM point JOIN series ON id = series "
			    "WHERE name = 'written'"),
			N_WRITERS * N_WRITTEN);
	/* And those of earlier runs are this program's, too. */
	CU_ASSERT_EQUAL(summary_of("written", 2 * DAY).count, N_WRITERS * N_WRITTEN);
}

static int forget(void)
{
	struct sonde *sonde;

	EXPECT(begin(&sonde, "retention_days = 2;") == 0);
	EXPECT(sonde_increment(sonde, "young", NULL, 0) == 0);
	EXPECT(sonde_shutdown_metrics_within(sonde, 20) == 0);

	struct sonde_metric_summary summary;

	EXPECT(sonde_get_metric_summary(sonde, "young", 2 * DAY, &summary) == 0);
	EXPECT(summary.count == 1);
	return 0;
}

static void what_is_older_than_retention_days_is_deleted(void)
{
	if (!CHILD_MAY_START_THREADS)
		return;
	in_child(write_some);
	let_days_pass();
	CU_ASSERT(ask("SELECT count(*) FROM point") > 0);
	in_child(forget);
	CU_ASSERT_EQUAL(ask("SELECT count(*) FROM point WHERE start < unixepoch() - 86400"), 0);
	CU_ASSERT(ask("SELECT count(*) FROM point JOIN series ON id = series "
		      "WHERE name = 'young'") > 0);
}

static int keep_by_default(void)
{
	const struct sonde_config config = {.struct_size = sizeof(config), .retention_days = 7};
	struct sonde *sonde;
	char path[128];

	setenv("XDG_STATE_HOME", directory, 1);
	EXPECT(sonde_initialize_metrics(&config, &sonde, NULL) == 0);
	EXPECT(sonde_increment(sonde, "kept", NULL, 0) == 0);
	EXPECT(sonde_shutdown_metrics_within(sonde, 20) == 0);
	snprintf(path, sizeof(path), "%s/sonde/history.db", directory);
	EXPECT(access(path, R_OK) == 0);
	return 0;
}

static void retention_days_alone_keeps_history(void)
{
	if (CHILD_MAY_START_THREADS)
		in_child(keep_by_default);
}

/* The protocol's own example of a configuration. */
static int keep_beside_endpoints(void)
{
	static const char text[] = "collection_interval = 60;\n"
				   "retention_days = 30;\n"
				   "export_endpoints = [\"prometheus\", \"grafana\"];\n"
				   "plugins: ( { plugin = \"jsonlines\"; name = \"prometheus\";"
				   "             file = \"/dev/null\"; },"
				   "           { plugin = \"jsonlines\"; name = \"grafana\";"
				   "             file = \"/dev/null\"; } );";
	const struct sonde_config config = {.struct_size = sizeof(config), .text = text};
	struct sonde_metric_summary summary;
	struct sonde *sonde;

	setenv("XDG_STATE_HOME", directory, 1);
	EXPECT(sonde_initialize_metrics(&config, &sonde, NULL) == 0);
	EXPECT(sonde_record_counter(sonde, "beside", 3, NULL, 0) == 0);
	EXPECT(sonde_get_metric_summary(sonde, "beside", 2 * DAY, &summary) == 0);
	EXPECT(summary.count == 3);
	return 0;
}

static void retention_days_keeps_history_beside_endpoints(void)
{
	if (CHILD_MAY_START_THREADS)
		in_child(keep_beside_endpoints);
}

static int keep_nothing(void)
{
	static const char text[] =
		"export_endpoints = [\"lines\"];\n"
		"plugins: ( { plugin = \"jsonlines\"; name = \"lines\";"
		"             file = \"/dev/null\"; },"
		"           { plugin = \"history\"; file = \"/nowhere/h.db\"; } );";
	const struct sonde_config config = {.struct_size = sizeof(config), .text = text};
	struct sonde_metric_summary summary;
	struct sonde *sonde;

	EXPECT(sonde_initialize_metrics(&config, &sonde, NULL) == 0);
	EXPECT(sonde_increment(sonde, "kept", NULL, 0) == 0);
	EXPECT(sonde_get_metric_summary(sonde, "kept", 2 * DAY, &summary) == 0);
	EXPECT(summary.is_truncated);
	return 0;
}

static void history_that_is_no_endpoint_is_not_asked(void)
{
	if (CHILD_MAY_START_THREADS)
		in_child(keep_nothing);
}

static int begin_with_garbage(void)
{
	const struct sonde_export_result *results;
	struct sonde_future *future;
	struct sonde *sonde;
	size_t n;
	FILE *garbage = fopen(file, "w");

	EXPECT(garbage &&
	       fputs("this is no database, and nobody will make one of it", garbage) >= 0);
	EXPECT(fclose(garbage) == 0);
	EXPECT(begin(&sonde, "") == 0);
	EXPECT(sonde_export_metrics_async(sonde, NULL, 0, 20, NULL, NULL, &future) == 0);
	EXPECT(sonde_future_wait(future, 20, NULL) == 0);
	EXPECT(sonde_future_exports(future, &results, &n) == 0 && n == 1);
	EXPECT(results[0].outcome == SONDE_EXPORT_FAILED);
	EXPECT(strstr(results[0].reason, "not a database"));
	sonde_future_free(future);

	struct sonde_metric_summary summary;

	EXPECT(sonde_get_metric_summary(sonde, "x", 2 * DAY, &summary) == SONDE_EIO);
	EXPECT(sonde_get_metric_summary(sonde, "x", DAY, &summary) == SONDE_ENOENT);
	EXPECT(unlink(file) == 0);
	return 0;
}

static void a_file_that_is_none_is_said_to_be_none(void)
{
	if (CHILD_MAY_START_THREADS)
		in_child(begin_with_garbage);
}

/* -- Windows ---------------------------------------------------------------------------------- */

static void counters_are_summed_up_over_days(void)
{
	struct sonde *sonde = remembering();
	struct sonde_tag tags[] = {{"branch", "a \"b\" \\c"}, {"x", "y"}};

	sonde_record_counter(sonde, "day.counter", 40, tags, 2);
	CU_ASSERT_EQUAL(summary_of("day.counter", 10 * DAY).count, 40);
	let_days_pass();
	sonde_record_counter(sonde, "day.counter", 2, tags, 2);
	sonde_record_counter(sonde, "day.counter", 5, NULL, 0);

	sonde_record_counter_double(sonde, "day.fraction", 0.25, NULL, 0);
	CU_ASSERT_EQUAL(summary_of("day.fraction", 2 * DAY).sum, 0.25);

	struct sonde_metric_summary lately = summary_of("day.counter", 2 * DAY);
	struct sonde_metric_summary all = summary_of("day.counter", 10 * DAY);

	CU_ASSERT_EQUAL(lately.count, 7);
	CU_ASSERT_EQUAL(all.count, 47);
	CU_ASSERT_EQUAL(all.n_series, 2);
	CU_ASSERT(all.covered_ns > (int64_t)(2.9 * DAY * 1e9));
	CU_ASSERT(all.covered_ns < (int64_t)(3.1 * DAY * 1e9));
	CU_ASSERT(all.is_truncated);
	CU_ASSERT_DOUBLE_EQUAL(all.rate, all.sum / ((double)all.covered_ns * 1e-9), 1e-12);
}

static void gauges_have_their_extremes_of_days(void)
{
	struct sonde *sonde = remembering();

	sonde_record_gauge(sonde, "day.gauge", 9, NULL, 0);
	summary_of("day.gauge", 2 * DAY);
	let_days_pass();
	sonde_record_gauge(sonde, "day.gauge", -3, NULL, 0);

	struct sonde_metric_summary all = summary_of("day.gauge", 10 * DAY);

	CU_ASSERT_EQUAL(all.last, -3);
	CU_ASSERT_EQUAL(all.min, -3);
	CU_ASSERT_EQUAL(all.max, 9);
	CU_ASSERT_EQUAL(all.avg, 3);
}

static void distributions_have_their_quantiles_of_days(void)
{
	struct sonde *sonde = remembering();

	for (int i = 0; i < 50; i++)
		sonde_record_timer(sonde, "day.timer", 1, SONDE_MILLISECONDS, NULL, 0);
	summary_of("day.timer", 2 * DAY);
	let_days_pass();
	for (int i = 0; i < 50; i++)
		sonde_record_timer(sonde, "day.timer", 100, SONDE_MILLISECONDS, NULL, 0);

	struct sonde_metric_summary all = summary_of("day.timer", 10 * DAY);

	CU_ASSERT_EQUAL(all.count, 100);
	CU_ASSERT_DOUBLE_EQUAL(all.sum, 5.05, 1e-9);
	CU_ASSERT_EQUAL(all.min, 0.001);
	CU_ASSERT_EQUAL(all.max, 0.1);
	CU_ASSERT_DOUBLE_EQUAL(all.p50, 0.001, 0.0001);
	CU_ASSERT_DOUBLE_EQUAL(all.p95, 0.1, 0.01);
}

static void outcomes_are_those_of_days(void)
{
	struct sonde *sonde = remembering();
	struct sonde_success_rate rate;
	struct sonde_failure_breakdown *breakdown;

	sonde_record_failure(sonde, "day.operation", "timeout");
	sonde_record_failure(sonde, "day.operation", "timeout");
	CU_ASSERT_EQUAL(sonde_get_success_rate(sonde, "day.operation", 2 * DAY, &rate), 0);
	let_days_pass();
	sonde_record_success(sonde, "day.operation");
	sonde_record_failure(sonde, "day.operation", "refused");
	CU_ASSERT_EQUAL(sonde_get_success_rate(sonde, "day.operation", 2 * DAY, &rate), 0);
	CU_ASSERT_EQUAL(rate.rate, 0.5);
	CU_ASSERT_EQUAL(sonde_get_success_rate(sonde, "day.operation", 10 * DAY, &rate), 0);
	CU_ASSERT_EQUAL(rate.rate, 0.25);
	CU_ASSERT_EQUAL(sonde_get_failure_breakdown(sonde, "day.operation", 10 * DAY, &breakdown),
			0);
	CU_ASSERT_EQUAL_FATAL(breakdown->n_failures, 2);
	CU_ASSERT_STRING_EQUAL(breakdown->failures[0].error_type, "timeout");
	CU_ASSERT_EQUAL(breakdown->failures[0].count, 2);
	sonde_free(breakdown);
}

static void what_nobody_has_recorded_is_still_unknown(void)
{
	struct sonde_metric_summary summary;

	CU_ASSERT_EQUAL(sonde_get_metric_summary(remembering(), "never", 2 * DAY, &summary),
			SONDE_ENOENT);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(remembering(), "never", NAN, &summary),
			SONDE_ERANGE);
}

static void other_programs_have_their_own(void)
{
	sonde_record_counter(remembering(), "mine", 1, NULL, 0);
	CU_ASSERT_EQUAL(summary_of("mine", 2 * DAY).count, 1);
	ask("INSERT INTO series (program, name, tags, unit, type, fractional) "
	    "VALUES ('other', 'mine', '{}', '', 1, 0)");
	ask("INSERT INTO point (series, start, span, count, sum) "
	    "VALUES (last_insert_rowid(), unixepoch(), 60, 100, 100)");
	ask("INSERT INTO point (series, start, span, count, sum) "
	    "SELECT id, unixepoch(), 60, 100, 100 FROM series WHERE program = 'other'");
	CU_ASSERT_EQUAL(summary_of("mine", 2 * DAY).count, 1);
}

static int look_back(void)
{
	struct sonde_metric_summary summary;

	/* Windows begin with the first look of a process. */
	sonde_get_metric_summary(remembering(), "forked", 2 * DAY, &summary);
	EXPECT(sonde_increment(remembering(), "forked", NULL, 0) == 0);
	EXPECT(sonde_get_metric_summary(remembering(), "forked", 2 * DAY, &summary) == 0);
	EXPECT(summary.count == 1);
	EXPECT(summary.is_truncated);
	return 0;
}

static void a_forked_child_has_no_days_behind_it(void)
{
	sonde_record_counter(remembering(), "forked", 6, NULL, 0);
	CU_ASSERT_EQUAL(summary_of("forked", 2 * DAY).count, 6);
	in_child(look_back);
}

static void *record_and_ask(void *number)
{
	struct sonde_metric_summary summary;

	(void)number;
	for (int i = 0; i < 1000; i++) {
		sonde_increment(remembering(), "asked", NULL, 0);
		if (i % 100 == 0 &&
		    sonde_get_metric_summary(remembering(), "asked", 2 * DAY, &summary))
			abort();
	}
	return NULL;
}

static void totals_are_exact_whoever_asks_meanwhile(void)
{
	in_threads(record_and_ask);
	CU_ASSERT_EQUAL(summary_of("asked", 2 * DAY).count, N_THREADS * 1000);
}

int main(void)
{
	/* First those whose children are to be the first that initialise something. */
	static const struct unit_test tests[] = {
		{"a file that is none is said to be none", a_file_that_is_none_is_said_to_be_none},
		{"what is older than retention_days is deleted",
		 what_is_older_than_retention_days_is_deleted},
		{"retention_days alone keeps history", retention_days_alone_keeps_history},
		{"retention_days keeps history beside endpoints",
		 retention_days_keeps_history_beside_endpoints},
		{"history that is no endpoint is not asked",
		 history_that_is_no_endpoint_is_not_asked},
		{"what several processes write at once adds up",
		 what_several_processes_write_at_once_adds_up},
		{"counters are summed up over days", counters_are_summed_up_over_days},
		{"gauges have their extremes of days", gauges_have_their_extremes_of_days},
		{"distributions have their quantiles of days",
		 distributions_have_their_quantiles_of_days},
		{"outcomes are those of days", outcomes_are_those_of_days},
		{"what nobody has recorded is still unknown",
		 what_nobody_has_recorded_is_still_unknown},
		{"other programs have their own", other_programs_have_their_own},
		{"a forked child has no days behind it", a_forked_child_has_no_days_behind_it},
		{"totals are exact, whoever asks meanwhile",
		 totals_are_exact_whoever_asks_meanwhile},
	};

	if (!mkdtemp(directory))
		return 1;
	snprintf(file, sizeof(file), "%s/history.db", directory);

	int result = unit_main("history", tests, sizeof(tests) / sizeof(tests[0]));
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command) || result;
}
