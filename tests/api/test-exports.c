// SPDX-License-Identifier: MIT
/*
 * Endpoints are animals of the zoo of plugins, each known for one thing that can go wrong. All are
 * given their figures once a day, and so only when a test asks for it.
 */
#include "config.h"

#include "api.h"

#include <poll.h>

enum { PATIENCE_S = 20 };

static char directory[] = "/tmp/sonde-exports-XXXXXX";

static const char animals[] =
	"plugins: ("
	"{ plugin = \"" ZOO_DIRECTORY "/well.so\"; interval = \"1d\"; file = \"%s/well\"; },"
	"{ plugin = \"" ZOO_DIRECTORY "/retries.so\"; interval = \"1d\"; },"
	"{ plugin = \"" ZOO_DIRECTORY "/fatal.so\"; interval = \"1d\"; },"
	"{ plugin = \"" ZOO_DIRECTORY "/garbage.so\"; interval = \"1d\"; },"
	"{ plugin = \"" ZOO_DIRECTORY "/fails-probe.so\"; interval = \"1d\"; },"
	"{ plugin = \"" ZOO_DIRECTORY "/monitor.so\"; interval = \"1d\"; },"
	"{ plugin = \"" ZOO_DIRECTORY "/hang-export.so\"; interval = \"1d\"; },"
	"{ plugin = \"no-such-plugin\"; interval = \"1d\"; },"
	"{ plugin = \"jsonlines\"; interval = \"1d\"; file = \"%s/lines\"; sync = true; }"
	");";

static char config_text[8192];

/* With the animals as endpoints. */
static struct sonde *zoo(void)
{
	struct sonde *sonde = sonde_get();
	struct sonde_problem problem = {{0}};

	if (sonde)
		return sonde;
	snprintf(config_text, sizeof(config_text), animals, directory, directory);

	const struct sonde_config config = {.struct_size = sizeof(config), .text = config_text};

	if (sonde_initialize_metrics(&config, &sonde, &problem) != 0) {
		printf("# %s\n", problem.text);
		abort();
	}
	return sonde;
}

/* -- Results ---------------------------------------------------------------------------------- */

/* Exports to names, up to NULL, and waits for it. */
static struct sonde_future *export_to(const char *const *names, double timeout)
{
	struct sonde_future *future = NULL;
	size_t n_names = 0;

	while (names[n_names])
		n_names++;
	CU_ASSERT_EQUAL_FATAL(
		sonde_export_metrics_async(zoo(), names, n_names, timeout, NULL, NULL, &future), 0);
	CU_ASSERT_EQUAL_FATAL(sonde_future_wait(future, PATIENCE_S, NULL), 0);
	return future;
}

static const struct sonde_export_result *results_of(const struct sonde_future *future, size_t n)
{
	const struct sonde_export_result *results = NULL;
	size_t n_results = 0;

	CU_ASSERT_EQUAL_FATAL(sonde_future_exports(future, &results, &n_results), 0);
	CU_ASSERT_EQUAL_FATAL(n_results, n);
	return results;
}

static void every_endpoint_that_was_asked_for_has_its_result(void)
{
	static const struct {
		const char *name;
		enum sonde_export_outcome outcome;
		const char *reason; /* a part of it */
	} expected[] = {
		{"well", SONDE_EXPORT_OK, ""},
		{"retries", SONDE_EXPORT_RETRY, "nobody is there"},
		{"nobody", SONDE_EXPORT_UNKNOWN, "no endpoint"},
		{"fatal", SONDE_EXPORT_DROPPED, "nobody is there"},
		{"garbage", SONDE_EXPORT_DROPPED, "4711"},
		{"fails-probe", SONDE_EXPORT_FAILED, "there is no zoo here"},
		{"monitor", SONDE_EXPORT_FAILED, "no exporter"},
		{"no-such-plugin", SONDE_EXPORT_FAILED, "No such file"},
		{"jsonlines", SONDE_EXPORT_OK, ""},
		{"well", SONDE_EXPORT_OK, ""},
	};
	enum { N = sizeof(expected) / sizeof(expected[0]) };
	const char *names[N + 1] = {NULL};

	for (size_t i = 0; i < N; i++)
		names[i] = expected[i].name;

	struct sonde_future *future = export_to(names, PATIENCE_S);
	const struct sonde_export_result *results = results_of(future, N);

	for (size_t i = 0; i < N; i++) {
		bool is_as_expected = strcmp(results[i].endpoint, names[i]) == 0 &&
				      results[i].outcome == expected[i].outcome &&
				      results[i].is_success == (expected[i].outcome == 0) &&
				      strstr(results[i].reason, expected[i].reason) != NULL;

		if (!is_as_expected)
			printf("# %s: %d, %s\n", results[i].endpoint, (int)results[i].outcome,
			       results[i].reason);
		CU_ASSERT(is_as_expected);
	}
	sonde_future_free(future);
}

static void one_that_has_given_up_says_so_from_then_on(void)
{
	static const char *const names[] = {"fatal", NULL};
	struct sonde_future *future = export_to(names, PATIENCE_S);

	sonde_future_free(future);
	future = export_to(names, PATIENCE_S);
	CU_ASSERT_EQUAL(results_of(future, 1)[0].outcome, SONDE_EXPORT_FAILED);
	CU_ASSERT_PTR_NOT_NULL(strstr(results_of(future, 1)[0].reason, "nobody is there"));
	sonde_future_free(future);
}

static void one_that_hangs_keeps_no_other_waiting(void)
{
	static const char *const both[] = {"hang-export", "well", NULL};
	struct sonde_future *future = export_to(both, 0.2);
	const struct sonde_export_result *results = results_of(future, 2);

	CU_ASSERT_EQUAL(results[0].outcome, SONDE_EXPORT_TIMED_OUT);
	CU_ASSERT_FALSE(results[0].is_success);
	sonde_future_free(future);
	future = export_to(&both[1], PATIENCE_S);
	CU_ASSERT_EQUAL(results_of(future, 1)[0].outcome, SONDE_EXPORT_OK);
	sonde_future_free(future);
}

static void no_endpoints_are_no_results(void)
{
	static const char *const none[] = {NULL};
	struct sonde_future *future = export_to(none, PATIENCE_S);

	results_of(future, 0);
	sonde_future_free(future);
}

static void no_list_is_all_that_there_are(void)
{
	struct sonde_future *future;

	CU_ASSERT_EQUAL_FATAL(sonde_export_metrics_async(zoo(), NULL, 0, 0.2, NULL, NULL, &future),
			      0);
	CU_ASSERT_EQUAL(sonde_future_wait(future, PATIENCE_S, NULL), 0);
	CU_ASSERT_STRING_EQUAL(results_of(future, 9)[8].endpoint, "jsonlines");
	sonde_future_free(future);
}

/* -- How one hears of it ---------------------------------------------------------------------- */

struct told {
	int fds[2];
	size_t n_results;
	bool is_success;
	char endpoint[32];
};

static void tell(void *argument, const struct sonde_export_result *results, size_t n_results)
{
	struct told *told = argument;

	told->n_results = n_results;
	told->is_success = results[0].is_success;
	snprintf(told->endpoint, sizeof(told->endpoint), "%s", results[0].endpoint);
	if (write(told->fds[1], "", 1) != 1)
		abort();
}

static void a_callback_gets_the_results(void)
{
	static const char *const name = "well";
	struct told told = {.n_results = 0};
	char byte;

	CU_ASSERT_EQUAL_FATAL(pipe(told.fds), 0);
	CU_ASSERT_EQUAL_FATAL(
		sonde_export_metrics_async(zoo(), &name, 1, PATIENCE_S, tell, &told, NULL), 0);
	CU_ASSERT_EQUAL(read(told.fds[0], &byte, 1), 1);
	CU_ASSERT_EQUAL(told.n_results, 1);
	CU_ASSERT(told.is_success);
	CU_ASSERT_STRING_EQUAL(told.endpoint, "well");
	close(told.fds[0]);
	close(told.fds[1]);
}

static void a_descriptor_is_readable_when_all_have_answered(void)
{
	static const char *const name = "well";
	struct sonde_future *future;

	CU_ASSERT_EQUAL_FATAL(
		sonde_export_metrics_async(zoo(), &name, 1, PATIENCE_S, NULL, NULL, &future), 0);

	struct pollfd wanted = {.fd = sonde_future_fd(future), .events = POLLIN};

	CU_ASSERT_EQUAL(poll(&wanted, 1, PATIENCE_S * 1000), 1);
	CU_ASSERT(results_of(future, 1)[0].is_success);
	sonde_future_free(future);
}

static void bad_arguments_are_refused(void)
{
	static const char *const names[] = {"well", NULL};
	const struct sonde_export_result *results;
	struct sonde_future *future;
	size_t n;

	CU_ASSERT_EQUAL(sonde_export_metrics_async(NULL, names, 1, 0, NULL, NULL, &future),
			SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_export_metrics_async(zoo(), names, 1, 0, NULL, NULL, NULL),
			SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_export_metrics_async(zoo(), names, 2, 0, NULL, NULL, &future),
			SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_export_metrics_async(zoo(), NULL, 1, 0, NULL, NULL, &future),
			SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_export_metrics_async(zoo(), names, 1, NAN, NULL, NULL, &future),
			SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_export_metrics_async(zoo(), names, 1, -1, NULL, NULL, &future),
			SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_future_exports(NULL, &results, &n), SONDE_EINVAL);
	CU_ASSERT_EQUAL_FATAL(sonde_collect_metrics_async(zoo(), NULL, NULL, &future), 0);
	CU_ASSERT_EQUAL(sonde_future_wait(future, PATIENCE_S, NULL), 0);
	CU_ASSERT_EQUAL(sonde_future_exports(future, &results, &n), SONDE_ENODATA);
	CU_ASSERT_EQUAL(sonde_future_exports(future, NULL, &n), SONDE_EINVAL);
	sonde_future_free(future);
}

/* -- What is exported ------------------------------------------------------------------------- */

static bool file_has(const char *name, const char *words)
{
	char path[64];
	char *line = NULL;
	size_t size = 0;
	bool has_it = false;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "r");

	while (file && !has_it && getline(&line, &size, file) > 0)
		has_it = strstr(line, words) != NULL;
	free(line);
	if (file)
		fclose(file);
	return has_it;
}

/* Of all series of a name that have a tag. */
static double sum_of(const char *name, struct sonde_tag tag)
{
	struct sonde_metric_values *values;
	double sum = 0;

	CU_ASSERT_EQUAL_FATAL(sonde_get_metrics_by_tag(zoo(), &tag, 1, &values), 0);
	for (size_t i = 0; i < values->n_values; i++)
		if (strcmp(values->values[i].name, name) == 0)
			sum += values->values[i].value;
	sonde_free(values);
	return sum;
}

static void what_an_endpoint_calls_is_not_the_programs(void)
{
	static const char *const names[] = {"jsonlines", NULL};

	sonde_record_counter(zoo(), "exported.counter", 4711, NULL, 0);

	struct sonde_future *future = export_to(names, PATIENCE_S);

	CU_ASSERT(results_of(future, 1)[0].is_success);
	sonde_future_free(future);
	CU_ASSERT(file_has("lines", "exported.counter"));
	/* It does so after each line, and this program never. */
	CU_ASSERT_EQUAL(sum_of("libc.calls", (struct sonde_tag){"call", "fsync"}), 0);
}

static void *export_often(void *number)
{
	static const char *const names[] = {"well", "nobody"};

	(void)number;
	for (int i = 0; i < 10; i++) {
		const struct sonde_export_result *results;
		struct sonde_future *future;
		size_t n;

		if (sonde_export_metrics_async(zoo(), names, 2, PATIENCE_S, NULL, NULL, &future) ||
		    sonde_future_wait(future, PATIENCE_S, NULL) ||
		    sonde_future_exports(future, &results, &n) || n != 2 ||
		    !results[0].is_success || results[1].outcome != SONDE_EXPORT_UNKNOWN)
			abort();
		sonde_future_free(future);
	}
	return NULL;
}

static void many_threads_can_export_at_once(void)
{
	in_threads(export_often);
}

/* -- In children ------------------------------------------------------------------------------ */

static int export_in_child(void)
{
	static const char *const names[] = {"well", "nobody"};
	const struct sonde_export_result *results;
	struct sonde_future *future;
	size_t n;

	if (!CHILD_MAY_START_THREADS)
		return 0;
	EXPECT(sonde_export_metrics_async(zoo(), names, 2, PATIENCE_S, NULL, NULL, &future) == 0);
	EXPECT(sonde_future_wait(future, PATIENCE_S, NULL) == 0);
	EXPECT(sonde_future_exports(future, &results, &n) == 0 && n == 2);
	EXPECT(results[0].outcome == SONDE_EXPORT_FAILED);
	EXPECT(strstr(results[0].reason, "parent"));
	EXPECT(results[1].outcome == SONDE_EXPORT_UNKNOWN);
	sonde_future_free(future);
	EXPECT(sonde_shutdown_metrics(zoo()) == 0);
	EXPECT(sonde_export_metrics_async(zoo(), names, 2, 0, NULL, NULL, &future) ==
	       SONDE_ESHUTDOWN);
	return 0;
}

/* What every endpoint answers is looked at afterwards: it is to work as before. */
static void endpoints_are_not_those_of_a_forked_child(void)
{
	zoo();
	in_child(export_in_child);
	every_endpoint_that_was_asked_for_has_its_result();
}

/* In a child that is the first to initialise something. */
static int begin(const char *text, struct sonde **ret_sonde)
{
	struct sonde_problem problem = {{0}};
	char full[4096];

	snprintf(full, sizeof(full), text, directory);

	const struct sonde_config config = {.struct_size = sizeof(config), .text = full};
	int error = sonde_initialize_metrics(&config, ret_sonde, &problem);

	if (error)
		printf("# %s\n", problem.text);
	return error;
}

static int end_in_order(void)
{
	struct sonde *sonde;

	EXPECT(begin("plugins: ({ plugin = \"" ZOO_DIRECTORY
		     "/well.so\"; interval = \"1d\"; file = \"%s/end\"; });",
		     &sonde) == 0);
	EXPECT(sonde_shutdown_metrics_within(sonde, PATIENCE_S) == 0);
	EXPECT(file_has("end", "1 2 "));
	EXPECT(file_has("end", "stopped"));
	return 0;
}

static int end_with_one_that_hangs(void)
{
	struct sonde *sonde;

	EXPECT(begin("plugins: ({ plugin = \"" ZOO_DIRECTORY
		     "/hang-stop.so\"; interval = \"1d\"; file = \"%s/hang\"; });",
		     &sonde) == 0);
	EXPECT(sonde_shutdown_metrics_within(sonde, NAN) == SONDE_ERANGE);
	EXPECT(sonde_shutdown_metrics_within(sonde, 0.2) == SONDE_ETIMEDOUT);
	EXPECT(sonde_shutdown_metrics(sonde) == SONDE_ESHUTDOWN);
	return 0;
}

/* What is under way when the end comes: each of these threads goes on until it is told of it. */
static uint64_t n_recorded;
static uint64_t n_exported;
static uint64_t n_streamed;

static void record_until_the_end(struct sonde *sonde)
{
	while (sonde_increment(sonde, "under.way", NULL, 0) == 0)
		__atomic_fetch_add(&n_recorded, 1, __ATOMIC_RELAXED);
}

static void export_until_the_end(struct sonde *sonde)
{
	struct sonde_future *future;

	while (sonde_export_metrics_async(sonde, NULL, 0, INFINITY, NULL, NULL, &future) == 0) {
		if (sonde_future_wait(future, INFINITY, NULL) != 0)
			abort();
		sonde_future_free(future);
		__atomic_fetch_add(&n_exported, 1, __ATOMIC_RELAXED);
	}
}

static void take_until_the_end(struct sonde *sonde)
{
	struct sonde_stream *stream;
	struct sonde_metric_value *value;

	while (sonde_metrics_stream_open(sonde, NULL, &stream) == 0) {
		while (sonde_metrics_stream_next(stream, INFINITY, &value) == 0) {
			__atomic_fetch_add(&n_streamed, 1, __ATOMIC_RELAXED);
			sonde_free(value);
		}
		sonde_metrics_stream_close(stream);
	}
}

static void *work_until_the_end(void *number)
{
	static void (*const work[])(struct sonde *) = {record_until_the_end, export_until_the_end,
						       take_until_the_end};

	work[(intptr_t)number % 3](sonde_get());
	return NULL;
}

static bool is_all_under_way(void)
{
	return __atomic_load_n(&n_recorded, __ATOMIC_RELAXED) > 1000 &&
	       __atomic_load_n(&n_exported, __ATOMIC_RELAXED) &&
	       __atomic_load_n(&n_streamed, __ATOMIC_RELAXED);
}

static int end_while_all_is_under_way(void)
{
	struct sonde_metric_summary summary;
	pthread_t threads[6];
	struct sonde *sonde;

	EXPECT(begin("collection_interval = 0.01; plugins: ({ plugin = \"" ZOO_DIRECTORY
		     "/well.so\"; interval = \"1d\"; file = \"%s/way\"; });",
		     &sonde) == 0);
	for (intptr_t i = 0; i < 6; i++)
		EXPECT(pthread_create(&threads[i], NULL, work_until_the_end, (void *)i) == 0);
	while (!is_all_under_way())
		sched_yield();
	EXPECT(sonde_shutdown_metrics_within(sonde, PATIENCE_S) == 0);
	for (int i = 0; i < 6; i++)
		EXPECT(pthread_join(threads[i], NULL) == 0);
	EXPECT(file_has("way", "stopped"));
	EXPECT(sonde_get_metric_summary(sonde, "under.way", 0, &summary) == 0);
	EXPECT(summary.count == n_recorded);
	return 0;
}

static void the_end_comes_to_all_that_is_under_way(void)
{
	if (CHILD_MAY_START_THREADS)
		in_child(end_while_all_is_under_way);
}

static void an_endpoint_gets_the_last_figures_and_is_stopped(void)
{
	if (CHILD_MAY_START_THREADS)
		in_child(end_in_order);
}

static void the_end_has_a_deadline(void)
{
	if (CHILD_MAY_START_THREADS)
		in_child(end_with_one_that_hangs);
}

static int be_fed(void)
{
	struct sonde *sonde;

	EXPECT(begin("plugins: ({ plugin = \"" ZOO_DIRECTORY
		     "/well.so\"; interval = \"100ms\"; file = \"%s/fed\"; },"
		     "{ plugin = \"" ZOO_DIRECTORY "/fails-probe.so\"; interval = \"100ms\"; });"
		     "export_endpoints = [\"well\"];",
		     &sonde) == 0);
	for (int i = 0; i < PATIENCE_S * 100 && !file_has("fed", "3 0 "); i++)
		poll(NULL, 0, 10);
	EXPECT(file_has("fed", "3 0 "));

	static const char *const name = "fails-probe";
	const struct sonde_export_result *results;
	struct sonde_future *future;
	size_t n;

	EXPECT(sonde_export_metrics_async(sonde, &name, 1, 1, NULL, NULL, &future) == 0);
	EXPECT(sonde_future_wait(future, PATIENCE_S, NULL) == 0);
	EXPECT(sonde_future_exports(future, &results, &n) == 0);
	EXPECT(results[0].outcome == SONDE_EXPORT_UNKNOWN);
	sonde_future_free(future);
	return 0;
}

static void an_endpoint_is_fed_in_its_own_time(void)
{
	if (CHILD_MAY_START_THREADS)
		in_child(be_fed);
}

/* -- How they fare ---------------------------------------------------------------------------- */

/* The value of the series of a name that has a tag, and so much after it; NAN: it is not there. */
static double of_endpoint(const char *name, const struct sonde_tag *filter, size_t n_filter)
{
	struct sonde_metric_values *values;
	double found = NAN;

	if (sonde_get_metrics_by_tag(sonde_get(), filter, n_filter, &values) != 0)
		return NAN;
	for (size_t i = 0; i < values->n_values; i++)
		if (strcmp(values->values[i].name, name) == 0)
			found = values->values[i].value;
	sonde_free(values);
	return found;
}

static void how_exports_fare_is_told_in_opentelemetrys_names(void)
{
	static const char exported[] = "otel.sdk.exporter.metric_data_point.exported";
	static const char *const names[] = {"well", "garbage", NULL};
	const struct sonde_tag well[] = {{"otel.component.name", "well"}, {"error.type", ""}};
	const struct sonde_tag garbage[] = {{"otel.component.name", "garbage"},
					    {"error.type", "rejected"}};
	double n_well = of_endpoint(exported, well, 2);
	double n_garbage = of_endpoint(exported, garbage, 2);

	sonde_future_free(export_to(names, PATIENCE_S));
	CU_ASSERT(of_endpoint(exported, well, 2) > (isnan(n_well) ? 0 : n_well) + 10);
	CU_ASSERT(of_endpoint(exported, garbage, 2) > (isnan(n_garbage) ? 0 : n_garbage) + 10);
	CU_ASSERT_EQUAL(of_endpoint("otel.sdk.exporter.metric_data_point.inflight", well, 1), 0);
	CU_ASSERT(of_endpoint("otel.sdk.exporter.operation.duration", well, 1) > 0);
}

/* What the types of two names decide. */
static int write_a_text(void)
{
	static const char *const names[] = {"text", NULL};
	const struct sonde_tag unexposed[] = {{"instance", "text"}, {"reason", "sample"}};
	struct sonde_config config = {.struct_size = sizeof(config)};
	struct sonde_system_health health;
	struct sonde_future *future;
	struct sonde *sonde;

	snprintf(config_text, sizeof(config_text),
		 "plugins: ({ plugin = \"textfile\"; interval = \"1d\"; directory = \"%s\"; "
		 "name = \"text\"; });",
		 directory);
	config.text = config_text;
	EXPECT(sonde_initialize_metrics(&config, &sonde, NULL) == 0);
	EXPECT(sonde_increment(sonde, "jobs", NULL, 0) == 0);
	EXPECT(sonde_record_gauge(sonde, "jobs.total", 3, NULL, 0) == 0);
	EXPECT(sonde_export_metrics_async(sonde, names, 1, PATIENCE_S, NULL, NULL, &future) == 0);
	EXPECT(sonde_future_wait(future, PATIENCE_S, NULL) == 0);
	EXPECT(results_of(future, 1)[0].outcome == SONDE_EXPORT_OK);
	sonde_future_free(future);
	EXPECT(of_endpoint("sonde.plugin.unexposed", unexposed, 2) == 1);
	EXPECT(sonde_get_system_health(sonde, &health) == 0);
	EXPECT(strstr(health.reasons, "text: 1 series left out of what it wrote: jobs.total "));
	return 0;
}

static void what_an_endpoint_leaves_out_is_counted_and_told(void)
{
	if (CHILD_MAY_START_THREADS)
		in_child(write_a_text);
}

/* -- Configuration ---------------------------------------------------------------------------- */

static void expect_problem(struct sonde_config config, const char *words)
{
	struct sonde_problem problem = {{0}};
	struct sonde *sonde = NULL;

	config.struct_size = sizeof(config);
	CU_ASSERT_EQUAL(sonde_initialize_metrics(&config, &sonde, &problem), SONDE_ECONFIG);
	if (!strstr(problem.text, words))
		printf("# expected '%s' in '%s'\n", words, problem.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, words));
}

static void an_endpoint_that_there_is_not_is_an_error_at_once(void)
{
	static const char text[] =
		"plugins: ({ plugin = \"" ZOO_DIRECTORY "/well.so\"; name = \"prometheus\"; });\n";
	static const char *const names[] = {"prometheus", "prometeus"};
	char whole[1024];

	expect_problem((struct sonde_config){.text = text,
					     .export_endpoints = names,
					     .n_export_endpoints = 2},
		       "export_endpoints: no entry of plugins has the name 'prometeus'; did you "
		       "mean 'prometheus'?");
	snprintf(whole, sizeof(whole), "%sexport_endpoints = [\"grafana\"];", text);
	expect_problem((struct sonde_config){.text = whole}, ":2: export_endpoints: no entry");
	expect_problem((struct sonde_config){.n_export_endpoints = 1}, "export_endpoints[0]");
	expect_problem((struct sonde_config){.text = "retention_days = 0;"}, "retention_days");
	expect_problem((struct sonde_config){.retention_days = 1000000},
		       "struct sonde_config: retention_days");
	expect_problem((struct sonde_config){.text = "collection_interval = -1;"},
		       "collection_interval");
	expect_problem((struct sonde_config){.text = "plugins: ({ plugin = \"jsonlines\"; });"},
		       "plugins.jsonlines.file: must be given");
}

int main(void)
{
	/* First those whose children are to be the first that initialise something. */
	static const struct unit_test tests[] = {
		{"an endpoint that there is not is an error at once",
		 an_endpoint_that_there_is_not_is_an_error_at_once},
		{"an endpoint gets the last figures and is stopped",
		 an_endpoint_gets_the_last_figures_and_is_stopped},
		{"the end has a deadline", the_end_has_a_deadline},
		{"the end comes to all that is under way", the_end_comes_to_all_that_is_under_way},
		{"an endpoint is fed in its own time", an_endpoint_is_fed_in_its_own_time},
		{"what an endpoint leaves out is counted and told",
		 what_an_endpoint_leaves_out_is_counted_and_told},
		{"endpoints are not those of a forked child",
		 endpoints_are_not_those_of_a_forked_child},
		{"one that has given up says so from then on",
		 one_that_has_given_up_says_so_from_then_on},
		{"how exports fare is told in OpenTelemetry's names",
		 how_exports_fare_is_told_in_opentelemetrys_names},
		{"no endpoints are no results", no_endpoints_are_no_results},
		{"a callback gets the results", a_callback_gets_the_results},
		{"a descriptor is readable when all have answered",
		 a_descriptor_is_readable_when_all_have_answered},
		{"bad arguments are refused", bad_arguments_are_refused},
		{"what an endpoint calls is not the program's",
		 what_an_endpoint_calls_is_not_the_programs},
		{"many threads can export at once", many_threads_can_export_at_once},
		{"one that hangs keeps no other waiting", one_that_hangs_keeps_no_other_waiting},
		{"no list is all that there are", no_list_is_all_that_there_are},
	};

	if (!mkdtemp(directory))
		return 1;

	int result = unit_main("exports", tests, sizeof(tests) / sizeof(tests[0]));
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command) || result;
}
