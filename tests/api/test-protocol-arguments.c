// SPDX-License-Identifier: MIT
/*
 * The methods of the protocol, each with nothing to tell, and with what is no argument of it.
 */
#include "config.h"

#include "api.h"

#include <sched.h>

static const struct sonde_tag tag = {"branch", "main"};

static int ignore(void *argument, const char *text, size_t size)
{
	(void)argument;
	(void)text;
	(void)size;
	return 0;
}

/* -- What records ----------------------------------------------------------------------------- */

static int count(struct sonde *sonde, const char *name, const struct sonde_tag *tags, size_t n)
{
	return sonde_record_counter(sonde, name, 1, tags, n);
}

static int count_fraction(struct sonde *sonde, const char *name, const struct sonde_tag *tags,
			  size_t n)
{
	return sonde_record_counter_double(sonde, name, 1, tags, n);
}

static int set(struct sonde *sonde, const char *name, const struct sonde_tag *tags, size_t n)
{
	return sonde_record_gauge(sonde, name, 1, tags, n);
}

static int enter(struct sonde *sonde, const char *name, const struct sonde_tag *tags, size_t n)
{
	return sonde_record_histogram(sonde, name, 1, tags, n);
}

static int time_it(struct sonde *sonde, const char *name, const struct sonde_tag *tags, size_t n)
{
	return sonde_record_timer(sonde, name, 1, SONDE_SECONDS, tags, n);
}

static const struct {
	const char *name; /* of a series */
	int (*record)(struct sonde *, const char *, const struct sonde_tag *, size_t);
	bool is_at_most_one; /* it may be recorded once, and is that then */
} recorders[] = {
	{"one.counter", count, true},
	{"one.fraction", count_fraction, true},
	{"one.gauge", set, true},
	{"one.histogram", enter, true},
	{"one.timer", time_it, true},
	{"one.increment", sonde_increment, true},
	{"one.decrement", sonde_decrement, false},
};

enum { N_RECORDERS = sizeof(recorders) / sizeof(recorders[0]) };

/* Whether something does not hold is told with the recorder that it does not hold for. */
#define HOLDS(condition)                                                                           \
	do {                                                                                       \
		bool holds = (condition);                                                          \
                                                                                                   \
		if (!holds)                                                                        \
			printf("# of %s: %s\n", recorders[i].name, #condition);                    \
		CU_ASSERT(holds);                                                                  \
	} while (0)

static void what_is_not_recorded_is_no_series(void)
{
	struct sonde_metric_summary summary;

	for (int i = 0; i < N_RECORDERS; i++) {
		HOLDS(sonde_get_metric_summary(metrics(), recorders[i].name, 0, &summary) ==
		      SONDE_ENOENT);
		HOLDS(recorders[i].record(metrics(), recorders[i].name, NULL, 0) == 0);
		HOLDS(value_of(recorders[i].name, NULL, 0) ==
		      (recorders[i].is_at_most_one ? 1 : -1));
	}
}

static void recorders_refuse_what_is_no_argument(void)
{
	const struct sonde_tag no_key = {NULL, "value"};
	const struct sonde_tag no_value = {"key", NULL};
	const struct sonde_tag empty_key = {"", "value"};

	for (int i = 0; i < N_RECORDERS; i++) {
		HOLDS(recorders[i].record(NULL, "x", NULL, 0) == SONDE_EINVAL);
		HOLDS(recorders[i].record(metrics(), NULL, NULL, 0) == SONDE_EINVAL);
		HOLDS(recorders[i].record(metrics(), "", NULL, 0) == SONDE_EINVAL_NAME);
		HOLDS(recorders[i].record(metrics(), "1st", NULL, 0) == SONDE_EINVAL_NAME);
		HOLDS(recorders[i].record(metrics(), "no\xffname", NULL, 0) == SONDE_EINVAL_NAME);
		HOLDS(recorders[i].record(metrics(), "libc.calls", NULL, 0) == SONDE_EINVAL_NAME);
		HOLDS(recorders[i].record(metrics(), "x", NULL, 1) == SONDE_EINVAL);
		HOLDS(recorders[i].record(metrics(), "x", &no_key, 1) == SONDE_EINVAL);
		HOLDS(recorders[i].record(metrics(), "x", &no_value, 1) == SONDE_EINVAL);
		HOLDS(recorders[i].record(metrics(), "x", &empty_key, 1) == SONDE_ETAGS);
	}
	CU_ASSERT(isnan(value_of("x", NULL, 0)));
}

static void a_timer_that_is_no_time_is_refused(void)
{
	struct sonde *sonde = metrics();

	CU_ASSERT_EQUAL(sonde_record_timer(sonde, "t", 1, SONDE_BYTES, NULL, 0), SONDE_EUNIT);
	CU_ASSERT_EQUAL(sonde_record_timer(sonde, "t", 1, (enum sonde_unit)99, NULL, 0),
			SONDE_EUNIT);
	CU_ASSERT_EQUAL(sonde_record_timer(sonde, "t", -1, SONDE_SECONDS, NULL, 0), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_record_timer(sonde, "t", 1e300, SONDE_SECONDS, NULL, 0),
			SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_record_timer(sonde, "t", NAN, SONDE_SECONDS, NULL, 0), SONDE_EDOM);
	CU_ASSERT_EQUAL(sonde_record_timer(sonde, "t", INFINITY, SONDE_SECONDS, NULL, 0),
			SONDE_EDOM);
	CU_ASSERT(isnan(value_of("t", NULL, 0)));
}

static int do_nothing(void *argument)
{
	(void)argument;
	return 0;
}

static void an_operation_that_does_nothing_is_timed(void)
{
	struct sonde_timing_stats stats;

	CU_ASSERT_EQUAL(
		sonde_get_timing_stats(metrics(), "one.operation", 0, SONDE_SECONDS, &stats),
		SONDE_ENOENT);
	CU_ASSERT_EQUAL(
		sonde_time_operation(metrics(), "one.operation", do_nothing, NULL, NULL, NULL), 0);
	CU_ASSERT_EQUAL(
		sonde_get_timing_stats(metrics(), "one.operation", 0, SONDE_SECONDS, &stats), 0);
	CU_ASSERT(stats.count == 1 && stats.min >= 0 && stats.min == stats.max);
}

static void an_outcome_without_words_is_one(void)
{
	struct sonde_success_rate rate;
	struct sonde_failure_breakdown *breakdown;

	CU_ASSERT_EQUAL(sonde_record_success(metrics(), ""), SONDE_EINVAL_NAME);
	CU_ASSERT_EQUAL(sonde_record_failure(metrics(), "", "x"), SONDE_EINVAL_NAME);
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "one.outcome", 0, &rate), SONDE_ENOENT);
	CU_ASSERT_EQUAL(sonde_record_success(metrics(), "one.outcome"), 0);
	CU_ASSERT_EQUAL(sonde_get_success_rate(metrics(), "one.outcome", 0, &rate), 0);
	CU_ASSERT(rate.total == 1 && rate.rate == 1);
	CU_ASSERT_EQUAL(sonde_record_failure(metrics(), "one.outcome", ""), 0);
	CU_ASSERT_EQUAL(sonde_record_failure(metrics(), "one.outcome", NULL), 0);
	CU_ASSERT_EQUAL_FATAL(
		sonde_get_failure_breakdown(metrics(), "one.outcome", 0, &breakdown), 0);
	CU_ASSERT(breakdown->n_failures == 1 && breakdown->total == 2);
	CU_ASSERT_STRING_EQUAL(breakdown->failures[0].error_type, "_OTHER");
	sonde_free(breakdown);
}

/* -- What asks, of a program that recorded nothing -------------------------------------------- */

static int ask_for_what_is_not_there(void)
{
	struct sonde *sonde = metrics();
	struct sonde_metric_summary summary;
	struct sonde_timing_stats stats;
	struct sonde_success_rate rate;
	struct sonde_failure_breakdown *breakdown;
	struct sonde_metric_values *values;

	EXPECT(sonde_get_metric_summary(sonde, "x", 60, &summary) == SONDE_ENOENT);
	EXPECT(sonde_get_timing_stats(sonde, "x", 60, SONDE_SECONDS, &stats) == SONDE_ENOENT);
	EXPECT(sonde_get_success_rate(sonde, "x", 60, &rate) == SONDE_ENOENT);
	EXPECT(sonde_get_failure_breakdown(sonde, "x", 60, &breakdown) == SONDE_ENOENT);
	EXPECT(sonde_get_metrics_by_tag(sonde, &tag, 1, &values) == 0);
	EXPECT(values->n_values == 0);
	sonde_free(values);
	EXPECT(sonde_get_top_metrics(sonde, SONDE_GAUGE, SONDE_BY_SUM, 10, &values) == 0);
	sonde_free(values);
	EXPECT(sonde_get_top_metrics(sonde, SONDE_HISTOGRAM, SONDE_BY_SUM, SIZE_MAX, &values) == 0);
	EXPECT(values->n_values == 0);
	sonde_free(values);
	return 0;
}

static int ask_for_texts_of_nothing(void)
{
	static const char *const formats[] = {"json",	     "csv",	  "jsonlines", "prometheus",
					      "openmetrics", "otlp-json", "statsd"};
	static const char *const types[] = {NULL,     "overview",  "performance",
					    "errors", "resources", "exporters"};
	struct sonde_system_health health;

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		EXPECT(sonde_export_metrics(metrics(), formats[i], ignore, NULL) == 0);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		EXPECT(sonde_create_dashboard_data(metrics(), types[i], ignore, NULL) == 0);
		EXPECT(sonde_create_grafana_dashboard(metrics(), types[i], ignore, NULL) == 0);
	}
	EXPECT(sonde_get_system_health(metrics(), &health) == 0);
	EXPECT(health.healthy && health.operations == 0 && isnan(health.error_rate));
	return 0;
}

static int work_on_nothing(void)
{
	const struct sonde_stream_filter filter = {
		.struct_size = sizeof(filter), .tags = &tag, .n_tags = 1};
	const struct sonde_export_result *results;
	struct sonde_metric_value *value;
	struct sonde_future *future;
	struct sonde_stream *stream;
	size_t n_results;

	EXPECT(sonde_collect_metrics_async(metrics(), NULL, NULL, &future) == 0);
	EXPECT(sonde_future_wait(future, INFINITY, NULL) == 0);
	sonde_future_free(future);
	EXPECT(sonde_export_metrics_async(metrics(), NULL, 0, 0, NULL, NULL, &future) == 0);
	EXPECT(sonde_future_wait(future, INFINITY, NULL) == 0);
	EXPECT(sonde_future_exports(future, &results, &n_results) == 0);
	EXPECT(n_results == 0);
	sonde_future_free(future);
	EXPECT(sonde_metrics_stream_open(metrics(), &filter, &stream) == 0);
	EXPECT(sonde_metrics_stream_next(stream, 0, &value) == SONDE_ETIMEDOUT);
	sonde_metrics_stream_close(stream);
	sonde_metrics_stream_close(NULL);
	sonde_future_free(NULL);
	sonde_free(NULL);
	return 0;
}

/* Started and stopped with nothing between, and stopped without a start. */
static int watch_for_no_time(void)
{
	EXPECT(sonde_stop_resource_monitoring(metrics()) == 0);
	EXPECT(sonde_start_resource_monitoring(metrics(), 60) == 0);
	EXPECT(sonde_stop_resource_monitoring(metrics()) == 0);
	EXPECT(sonde_stop_resource_monitoring(metrics()) == 0);
	return 0;
}

static int begin_and_end_at_once(void)
{
	EXPECT(ask_for_what_is_not_there() == 0);
	EXPECT(ask_for_texts_of_nothing() == 0);
	if (CHILD_MAY_START_THREADS)
		EXPECT(watch_for_no_time() == 0 && work_on_nothing() == 0);
	EXPECT(sonde_shutdown_metrics(metrics()) == 0);
	return ask_for_what_is_not_there();
}

static void what_a_program_that_recorded_nothing_asks_is_answered(void)
{
	in_child(begin_and_end_at_once);
}

/* Who may not have a network of his own has that of the machine. */
static int ask_for_an_empty_network(void)
{
	bool is_empty = unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 || unshare(CLONE_NEWNET) == 0;
	struct sonde_network_stats stats;

	EXPECT(sonde_get_network_stats(metrics(), &stats) == 0);
	EXPECT(!is_empty || (stats.n_interfaces == 0 && stats.bytes_received == 0 &&
			     stats.packets_sent == 0 && stats.loopback_bytes == 0));
	return 0;
}

static void a_network_without_interfaces_has_no_traffic(void)
{
	in_child(ask_for_an_empty_network);
}

/* -- What asks, of nobody --------------------------------------------------------------------- */

static void questions_refuse_what_is_no_argument(void)
{
	static const double windows[] = {-1, NAN, -INFINITY, -1e-300};
	struct sonde *sonde = metrics();
	struct sonde_metric_summary summary;
	struct sonde_timing_stats stats;
	struct sonde_success_rate rate;
	struct sonde_failure_breakdown *breakdown;

	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		double window = windows[i];

		CU_ASSERT_EQUAL(sonde_get_metric_summary(sonde, "x", window, &summary),
				SONDE_ERANGE);
		CU_ASSERT_EQUAL(sonde_get_timing_stats(sonde, "x", window, SONDE_SECONDS, &stats),
				SONDE_ERANGE);
		CU_ASSERT_EQUAL(sonde_get_success_rate(sonde, "x", window, &rate), SONDE_ERANGE);
		CU_ASSERT_EQUAL(sonde_get_failure_breakdown(sonde, "x", window, &breakdown),
				SONDE_ERANGE);
	}
	CU_ASSERT_EQUAL(sonde_get_metric_summary(NULL, "x", 0, &summary), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(sonde, "x", 0, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_timing_stats(NULL, "x", 0, SONDE_SECONDS, &stats), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_timing_stats(sonde, NULL, 0, SONDE_SECONDS, &stats),
			SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_timing_stats(sonde, "x", 0, SONDE_BYTES, &stats), SONDE_EUNIT);
	CU_ASSERT_EQUAL(sonde_get_success_rate(NULL, "x", 0, &rate), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_failure_breakdown(NULL, "x", 0, &breakdown), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_failure_breakdown(sonde, "x", 0, NULL), SONDE_EINVAL);
}

static void lists_refuse_what_is_no_argument(void)
{
	struct sonde *sonde = metrics();
	struct sonde_metric_values *values;
	const struct sonde_tag no_key = {NULL, "value"};
	const struct sonde_tag no_value = {"key", NULL};

	CU_ASSERT_EQUAL(sonde_get_metrics_by_tag(NULL, NULL, 0, &values), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_metrics_by_tag(sonde, NULL, 1, &values), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_metrics_by_tag(sonde, &no_key, 1, &values), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_metrics_by_tag(sonde, &no_value, 1, &values), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_metrics_by_tag(sonde, NULL, 0, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_top_metrics(NULL, SONDE_COUNTER, SONDE_BY_SUM, 1, &values),
			SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_top_metrics(sonde, (enum sonde_type)0, SONDE_BY_SUM, 1, &values),
			SONDE_EINVAL);
	CU_ASSERT_EQUAL(
		sonde_get_top_metrics(sonde, SONDE_COUNTER, (enum sonde_order)9, 1, &values),
		SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_top_metrics(sonde, SONDE_COUNTER, SONDE_BY_SUM, 0, &values),
			SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_get_top_metrics(sonde, SONDE_COUNTER, SONDE_BY_SUM, 1, NULL),
			SONDE_EINVAL);
}

static void texts_refuse_what_is_no_argument(void)
{
	struct sonde *sonde = metrics();

	CU_ASSERT_EQUAL(sonde_export_metrics(NULL, "json", ignore, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_export_metrics(sonde, NULL, ignore, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_export_metrics(sonde, "json", NULL, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_export_metrics(sonde, "xml", ignore, NULL), SONDE_ENOENT);
	CU_ASSERT_EQUAL(sonde_create_dashboard_data(NULL, NULL, ignore, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_create_dashboard_data(sonde, NULL, NULL, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_create_dashboard_data(sonde, "", ignore, NULL), SONDE_EINVAL);
}

static void timers_refuse_what_is_no_argument(void)
{
	struct sonde *sonde = metrics();
	uint64_t id;

	CU_ASSERT_EQUAL(sonde_start_timer(NULL, "x", NULL, &id), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_start_timer(sonde, "\xff", NULL, &id), SONDE_EINVAL_NAME);
	CU_ASSERT_EQUAL(sonde_stop_timer(NULL, 1, true, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_stop_timer(sonde, UINT64_MAX, true, NULL), SONDE_ENOENT);
	CU_ASSERT_EQUAL(sonde_time_operation(sonde, "x", NULL, NULL, NULL, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_record_success(NULL, "x"), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_record_failure(NULL, "x", "y"), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_record_failure(sonde, NULL, "y"), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_record_failure_errno(sonde, NULL, EIO), SONDE_EINVAL);
}

UNIT_MAIN("protocol, by its arguments",
	  {"what a program that recorded nothing asks is answered",
	   what_a_program_that_recorded_nothing_asks_is_answered},
	  {"a network without interfaces has no traffic",
	   a_network_without_interfaces_has_no_traffic},
	  {"what is not recorded is no series", what_is_not_recorded_is_no_series},
	  {"an operation that does nothing is timed", an_operation_that_does_nothing_is_timed},
	  {"an outcome without words is one", an_outcome_without_words_is_one},
	  {"recorders refuse what is no argument", recorders_refuse_what_is_no_argument},
	  {"a timer that is no time is refused", a_timer_that_is_no_time_is_refused},
	  {"questions refuse what is no argument", questions_refuse_what_is_no_argument},
	  {"lists refuse what is no argument", lists_refuse_what_is_no_argument},
	  {"texts refuse what is no argument", texts_refuse_what_is_no_argument},
	  {"timers refuse what is no argument", timers_refuse_what_is_no_argument})
