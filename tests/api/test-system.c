// SPDX-License-Identifier: MIT
#include "config.h"

#include "api.h"

#include <dirent.h>
#include <sched.h>
#include <signal.h>

#include "sonde/plugin.h"

/* Each test has a process of its own, in which nothing is initialised yet. */

static void expect_config_error(const struct sonde_config *config, const char *words)
{
	struct sonde_problem problem = {{0}};
	struct sonde *sonde = NULL;

	CU_ASSERT_EQUAL(sonde_initialize_metrics(config, &sonde, &problem), SONDE_ECONFIG);
	if (!strstr(problem.text, words))
		printf("# expected '%s' in '%s'\n", words, problem.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, words));
	CU_ASSERT_PTR_NULL(sonde);
	CU_ASSERT_PTR_NULL(sonde_get());
}

static void a_wrong_configuration_is_refused_with_the_reason(void)
{
	struct sonde_config config = {.struct_size = sizeof(config)};

	config.text = "timing: { memory = 0; };";
	expect_config_error(&config, "timing.memory");
	config.text = "nonsense = 1;";
	expect_config_error(&config, "nonsense");
	config.text = "metrics: {\n  max_tag_sets = 5;\n  max_tag_set = 5;\n};";
	expect_config_error(&config, "<text>:3: metrics.max_tag_set: unknown setting; did you mean");
	config.text = "collection_interval = 1;\nmetrics: = ;";
	expect_config_error(&config, "<text>:2: ");
	config.text = "\nmetrics: { max_tag_sets = 99999999999; };";
	expect_config_error(&config, "<text>:2: metrics.max_tag_sets: integer 99999999999");
	config.text = "@include \"other.cfg\"";
	expect_config_error(&config, "<text>:1: cannot include 'other.cfg'");
	config.file = "/dev/null";
	expect_config_error(&config, "at most one");
	config.text = NULL;
	config.file = "/proc/self/no-such-file";
	expect_config_error(&config, "no-such-file");
	config.file = NULL;
	config.collection_interval = NAN;
	expect_config_error(&config, "collection_interval");
	config.collection_interval = -1;
	expect_config_error(&config, "collection_interval");
	config.collection_interval = 0;
	config.abandoned_after = NAN;
	expect_config_error(&config, "abandoned_after");
	config.abandoned_after = 0;
	config.max_tag_sets = 100001;
	expect_config_error(&config, "metrics.max_tag_sets: 100001 is out of range");
	config.max_tag_sets = 0;
	config.max_path_tag_sets = UINT32_MAX;
	expect_config_error(&config, "metrics.max_path_tag_sets: 4294967295 is out of range");
	config.max_path_tag_sets = 0;
	config.struct_size = 3;
	expect_config_error(&config, "struct_size");
	CU_ASSERT_EQUAL(sonde_initialize_metrics(NULL, NULL, NULL), SONDE_EINVAL);
}

static void nothing_is_recorded_before_it_begins(void)
{
	CU_ASSERT_PTR_NULL(sonde_get());
	CU_ASSERT_EQUAL(sonde_increment(sonde_get(), "early", NULL, 0), SONDE_EINVAL);
}

static int begin_with_limits(void)
{
	struct sonde_config config = {
		.struct_size = sizeof(config),
		.text = "failures: { expected: { open = [\"ENOENT\"]; }; };",
		.max_tag_sets = 2,
	};
	const struct sonde_tag tags[] = {{"n", "1"}, {"n", "2"}, {"n", "3"}};
	const struct sonde_tag overflow = {"otel.metric.overflow", "true"};
	struct sonde *sonde;
	struct sonde *again = NULL;

	EXPECT(sonde_initialize_metrics(&config, &sonde, NULL) == 0);
	EXPECT(sonde_get() == sonde);
	EXPECT(sonde_initialize_metrics(&config, &again, NULL) == SONDE_EALREADY);
	EXPECT(again == sonde);
	for (int i = 0; i < 3; i++)
		EXPECT(sonde_increment(sonde, "limited", &tags[i], 1) == 0);
	EXPECT(value_of("limited", &tags[1], 1) == 1);
	EXPECT(isnan(value_of("limited", &tags[2], 1)));
	EXPECT(value_of("limited", &overflow, 1) == 1);
	return 0;
}

static int begin_with_nothing(void)
{
	const struct sonde_config config = {.struct_size = sizeof(config)};
	struct sonde_problem problem = {"as it was"};
	struct sonde *sonde;

	EXPECT(sonde_initialize_metrics(&config, &sonde, &problem) == 0);
	EXPECT(strcmp(problem.text, "as it was") == 0);
	EXPECT(sonde_increment(sonde, "unconfigured", NULL, 0) == 0);
	EXPECT(value_of("unconfigured", NULL, 0) == 1);
	return 0;
}

static void a_configuration_that_says_nothing_is_as_none(void)
{
	in_child(begin_with_nothing);
}

static void it_begins_once_as_configured(void)
{
	in_child(begin_with_limits);
}

static int shut_down(void)
{
	struct sonde *sonde = metrics();
	struct sonde_counter *counter;
	struct sonde_metric_summary summary;
	uint64_t id;

	EXPECT(sonde_counter_open(sonde, "kept", NULL, NULL, 0, &counter) == 0);
	EXPECT(sonde_counter_add(counter, 3) == 0);
	EXPECT(sonde_shutdown_metrics(sonde) == 0);
	EXPECT(sonde_shutdown_metrics(sonde) == SONDE_ESHUTDOWN);
	EXPECT(sonde_counter_add(counter, 3) == SONDE_ESHUTDOWN);
	EXPECT(sonde_increment(sonde, "kept", NULL, 0) == SONDE_ESHUTDOWN);
	EXPECT(sonde_record_success(sonde, "late") == SONDE_ESHUTDOWN);
	EXPECT(sonde_start_timer(sonde, "late", NULL, &id) == SONDE_ESHUTDOWN);
	EXPECT(sonde_get_metric_summary(sonde, "kept", 0, &summary) == 0);
	EXPECT(summary.count == 3);
	EXPECT(sonde_shutdown_metrics(NULL) == SONDE_EINVAL);
	return 0;
}

static void after_the_end_nothing_is_recorded_and_all_can_be_asked_for(void)
{
	in_child(shut_down);
}

static unsigned long long blocked_signals(const char *tid)
{
	unsigned long long blocked = 0;
	char path[300];
	char line[256];

	snprintf(path, sizeof(path), "/proc/self/task/%s/status", tid);
	FILE *file = fopen(path, "r");

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "SigBlk: %llx", &blocked);
	if (file)
		fclose(file);
	return blocked;
}

/* ThreadSanitizer has a thread of its own, which comes and goes. */
#ifdef __SANITIZE_THREAD__
#define EXPECT_THREADS(n) ((void)(n))
#else
#define EXPECT_THREADS(n) EXPECT(count_threads() == (n))
#endif

/* Returns how many threads there are; -1: one of them but this takes SIGUSR1. */
static int count_threads(void)
{
	DIR *directory = opendir("/proc/self/task");
	const struct dirent *entry;
	int n = 0;

	while (directory && (entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		if (atoi(entry->d_name) != getpid() &&
		    !(blocked_signals(entry->d_name) & 1ULL << (SIGUSR1 - 1)))
			n = -1000;
		n++;
	}
	closedir(directory);
	return n < 0 ? -1 : n;
}

static int collect_with_a_thread(void)
{
	struct sonde_config config = {.struct_size = sizeof(config), .collection_interval = 0.01};
	struct sonde_success_rate rate;
	struct sonde *sonde;

	int n_threads = count_threads();

	EXPECT(sonde_initialize_metrics(&config, &sonde, NULL) == 0);
	EXPECT_THREADS(n_threads + 1);
	for (int i = 0; i < 100; i++)
		EXPECT(sonde_record_success(sonde, "collected") == 0);
	EXPECT(sonde_get_success_rate(sonde, "collected", 10, &rate) == 0);
	EXPECT(rate.total == 100);
	return 0;
}

/* Who has joined a thread may still see it in /proc: the kernel takes it away a moment later. */
static void wait_for_threads(int n_threads)
{
	for (int i = 0; i < 100000 && count_threads() > n_threads; i++)
		sched_yield();
}

static int collect_and_end(void)
{
	int n_threads = count_threads();

	EXPECT(collect_with_a_thread() == 0);
	EXPECT(sonde_shutdown_metrics(sonde_get()) == 0);
	wait_for_threads(n_threads);
	EXPECT_THREADS(n_threads);
	return 0;
}

static void a_thread_that_collects_ends_with_it(void)
{
	in_child(collect_and_end);
}

static int be_healthy_and_then_not(void)
{
	struct sonde_config config = {.struct_size = sizeof(config), .max_tag_sets = 1};
	const struct sonde_tag tags[] = {{"n", "1"}, {"n", "2"}};
	struct sonde_system_health health;
	struct sonde *sonde;

	EXPECT(sonde_initialize_metrics(&config, &sonde, NULL) == 0);
	EXPECT(sonde_get_system_health(sonde, &health) == 0);
	EXPECT(health.healthy && !health.reasons[0]);
	EXPECT(isnan(health.error_rate) && health.operations == 0);
	EXPECT(health.n_series > 0);
	EXPECT(sonde_increment(sonde, "ok", &tags[0], 1) == 0);
	EXPECT(sonde_increment(sonde, "ok", &tags[1], 1) == 0);
	EXPECT(sonde_increment(sonde, "no name", NULL, 0) == SONDE_EINVAL_NAME);
	EXPECT(sonde_get_system_health(sonde, &health) == 0);
	EXPECT(!health.healthy);
	EXPECT(health.refused == 1 && health.n_overflowed >= 1);
	EXPECT(strstr(health.reasons, "1 figures were refused"));
	EXPECT(strstr(health.reasons, "too many sets of tags"));
	EXPECT(sonde_get_system_health(NULL, &health) == SONDE_EINVAL);
	EXPECT(sonde_get_system_health(sonde, NULL) == SONDE_EINVAL);
	return 0;
}

static int have_errors(void)
{
	struct sonde_system_health health;

	EXPECT(sonde_record_failure(metrics(), "op", "x") == 0);
	for (int i = 0; i < 3; i++)
		EXPECT(sonde_record_success(metrics(), "op") == 0);
	EXPECT(sonde_get_system_health(metrics(), &health) == 0);
	EXPECT(health.operations == 4 && health.error_rate == 0.25);
	EXPECT(health.healthy);
	return 0;
}

static void health_comes_with_its_reasons(void)
{
	in_child(be_healthy_and_then_not);
	in_child(have_errors);
}

static int forget_a_timer(void)
{
	struct sonde_config config = {.struct_size = sizeof(config), .abandoned_after = 1e-9};
	struct sonde_system_health health;
	struct sonde *sonde;
	uint64_t id;

	EXPECT(sonde_initialize_metrics(&config, &sonde, NULL) == 0);
	EXPECT(isnan(value_of("sonde.timers.running", NULL, 0)));
	EXPECT(sonde_start_timer(sonde, "forgotten", NULL, &id) == 0);
	EXPECT(value_of("sonde.timers.running", NULL, 0) == 1);
	EXPECT(value_of("sonde.timers.abandoned", NULL, 0) == 1);
	EXPECT(sonde_get_system_health(sonde, &health) == 0);
	EXPECT(!health.healthy && strstr(health.reasons, "1 timers were abandoned"));
	EXPECT(sonde_stop_timer(sonde, id, true, NULL) == 0);
	EXPECT(value_of("sonde.timers.running", NULL, 0) == 0);
	EXPECT(value_of("sonde.timers.abandoned", NULL, 0) == 0);
	EXPECT(sonde_get_system_health(sonde, &health) == 0);
	EXPECT(health.healthy);
	return 0;
}

static int start_a_timer(void)
{
	uint64_t id;

	EXPECT(sonde_start_timer(metrics(), "running", NULL, &id) == 0);
	EXPECT(value_of("sonde.timers.running", NULL, 0) == 1);
	EXPECT(value_of("sonde.timers.abandoned", NULL, 0) == 0);
	return 0;
}

static void timers_that_were_forgotten_are_counted(void)
{
	in_child(forget_a_timer);
	in_child(start_a_timer);
}

static int begin_as_an_older_program(void)
{
	struct sonde_config config = {
		.struct_size = offsetof(struct sonde_config, retention_days),
		.collection_interval = 86400,
		/* Of which such a program knows nothing. */
		.retention_days = 1000000,
		.abandoned_after = -1,
	};
	struct sonde *sonde;

	if (!CHILD_MAY_START_THREADS)
		return 0;
	EXPECT(sonde_initialize_metrics(&config, &sonde, NULL) == 0);
	return 0;
}

static void a_program_may_be_older_than_the_library(void)
{
	in_child(begin_as_an_older_program);
}

static void units_convert_within_their_kind(void)
{
	double value;

	CU_ASSERT_EQUAL(sonde_unit_convert(1.5, SONDE_SECONDS, SONDE_MILLISECONDS, &value), 0);
	CU_ASSERT_EQUAL(value, 1500);
	CU_ASSERT_EQUAL(sonde_unit_convert(250, SONDE_MICROSECONDS, SONDE_MILLISECONDS, &value), 0);
	CU_ASSERT_EQUAL(value, 0.25);
	CU_ASSERT_EQUAL(sonde_unit_convert(3, SONDE_MEGABYTES, SONDE_BYTES, &value), 0);
	CU_ASSERT_EQUAL(value, 3000000);
	CU_ASSERT_EQUAL(sonde_unit_convert(2048, SONDE_BYTES, SONDE_KIBIBYTES, &value), 0);
	CU_ASSERT_EQUAL(value, 2);
	CU_ASSERT_EQUAL(sonde_unit_convert(50, SONDE_PERCENT, SONDE_COUNT, &value), 0);
	CU_ASSERT_EQUAL(value, 0.5);
	CU_ASSERT_EQUAL(sonde_unit_convert(1, SONDE_SECONDS, SONDE_BYTES, &value), SONDE_EUNIT);
	CU_ASSERT_EQUAL(sonde_unit_convert(1, SONDE_OPERATIONS_PER_SECOND, SONDE_COUNT, &value),
			SONDE_EUNIT);
	CU_ASSERT_EQUAL(sonde_unit_convert(1, SONDE_UNIT_OTHER, SONDE_UNIT_OTHER, &value),
			SONDE_EUNIT);
	CU_ASSERT_EQUAL(sonde_unit_convert(1, SONDE_SECONDS, SONDE_SECONDS, NULL), SONDE_EINVAL);
}

static void every_member_of_the_protocol_has_its_word(void)
{
	static const char *const words[] = {"seconds", "milliseconds", "microseconds",
					    "bytes",   "kilobytes",    "megabytes",
					    "count",   "percent",      "ops/sec"};
	static const char *const types[] = {"counter", "gauge", "histogram", "timer", "rate"};

	for (int i = 0; i < 9; i++) {
		CU_ASSERT_STRING_EQUAL(sonde_unit_name((enum sonde_unit)(i + 1)), words[i]);
		CU_ASSERT_EQUAL(sonde_unit_find(words[i]), i + 1);
		CU_ASSERT_EQUAL(sonde_unit_find(sonde_unit_code((enum sonde_unit)(i + 1))), i + 1);
	}
	for (int i = 0; i < 5; i++)
		CU_ASSERT_STRING_EQUAL(sonde_type_name((enum sonde_type)(i + 1)), types[i]);
	CU_ASSERT_STRING_EQUAL(sonde_type_name((enum sonde_type)6), "");
	CU_ASSERT_EQUAL(sonde_unit_find("furlongs"), SONDE_UNIT_OTHER);
	CU_ASSERT_EQUAL(sonde_unit_find(""), SONDE_UNIT_NONE);
	for (int error = SONDE_ETIMEDOUT; error <= 0; error++)
		CU_ASSERT_STRING_NOT_EQUAL(sonde_error_text(error), "unknown error");
	CU_ASSERT_STRING_EQUAL(sonde_error_text(-99), "unknown error");
}

static void both_headers_have_one_numbering(void)
{
	CU_ASSERT_EQUAL(SONDE_COUNTER, SONDE_TYPE_COUNTER);
	CU_ASSERT_EQUAL(SONDE_GAUGE, SONDE_TYPE_GAUGE);
	CU_ASSERT_EQUAL(SONDE_HISTOGRAM, SONDE_TYPE_HISTOGRAM);
	CU_ASSERT_EQUAL(SONDE_TIMER, SONDE_TYPE_TIMER);
	CU_ASSERT_EQUAL(SONDE_RATE, SONDE_TYPE_RATE);
}

UNIT_MAIN("system",
	  {"a wrong configuration is refused with the reason",
	   a_wrong_configuration_is_refused_with_the_reason},
	  {"nothing is recorded before it begins", nothing_is_recorded_before_it_begins},
	  {"a configuration that says nothing is as none",
	   a_configuration_that_says_nothing_is_as_none},
	  {"it begins once, as configured", it_begins_once_as_configured},
	  {"after the end nothing is recorded and all can be asked for",
	   after_the_end_nothing_is_recorded_and_all_can_be_asked_for},
	  {"a thread that collects ends with it", a_thread_that_collects_ends_with_it},
	  {"health comes with its reasons", health_comes_with_its_reasons},
	  {"timers that were forgotten are counted", timers_that_were_forgotten_are_counted},
	  {"a program may be older than the library", a_program_may_be_older_than_the_library},
	  {"units convert within their kind", units_convert_within_their_kind},
	  {"every member of the protocol has its word", every_member_of_the_protocol_has_its_word},
	  {"both headers have one numbering", both_headers_have_one_numbering})
