// SPDX-License-Identifier: MIT
#include "config.h"

#include "api.h"

#include <fcntl.h>
#include <float.h>
#include <jansson.h>
#include <time.h>

static bool is_watched(void)
{
	return getenv("LD_PRELOAD") != NULL;
}

/* -- Summaries -------------------------------------------------------------------------------- */

static void a_summary_is_of_all_series_of_a_name(void)
{
	const struct sonde_tag get = {"method", "GET"};
	const struct sonde_tag put = {"method", "PUT"};
	struct sonde_metric_summary summary;

	sonde_record_counter(metrics(), "summed", 30, &get, 1);
	sonde_record_counter(metrics(), "summed", 12, &put, 1);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "summed", 0, &summary), 0);
	CU_ASSERT_EQUAL(summary.type, SONDE_COUNTER);
	CU_ASSERT_EQUAL(summary.n_series, 2);
	CU_ASSERT_EQUAL(summary.count, 42);
	CU_ASSERT_EQUAL(summary.sum, 42);
	/* Of less than half a second there is no rate. */
	CU_ASSERT_EQUAL(isnan(summary.rate) != 0, summary.covered_ns < 500000000);
	CU_ASSERT(isnan(summary.avg) && isnan(summary.min));
	CU_ASSERT_EQUAL(summary.last, summary.sum);
	CU_ASSERT(summary.covered_ns > 0);
	CU_ASSERT(!summary.is_truncated);
}

static void a_distribution_is_summed_up_by_its_values(void)
{
	const struct sonde_tag bytes = {"unit", "bytes"};
	struct sonde_metric_summary summary;

	for (int i = 1; i <= 1000; i++)
		sonde_record_histogram(metrics(), "sizes", i, &bytes, 1);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "sizes", 0, &summary), 0);
	CU_ASSERT_EQUAL(summary.type, SONDE_HISTOGRAM);
	CU_ASSERT_EQUAL(summary.unit, SONDE_BYTES);
	CU_ASSERT_STRING_EQUAL(summary.unit_text, "By");
	CU_ASSERT_EQUAL(summary.count, 1000);
	CU_ASSERT_EQUAL(summary.sum, 500500);
	CU_ASSERT_EQUAL(summary.avg, 500.5);
	CU_ASSERT_EQUAL(summary.min, 1);
	CU_ASSERT_EQUAL(summary.max, 1000);
	CU_ASSERT_DOUBLE_EQUAL(summary.p50, 500, 500 * 0.0905);
	CU_ASSERT_DOUBLE_EQUAL(summary.p99, 990, 990 * 0.0905);
}

static void a_gauge_is_summed_up_by_what_it_is(void)
{
	struct sonde_metric_summary summary;

	sonde_record_gauge(metrics(), "level", 4, NULL, 0);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "level", 0, &summary), 0);
	CU_ASSERT(summary.last == 4 && summary.min == 4 && summary.max == 4 && summary.avg == 4);
	sonde_record_gauge(metrics(), "level", 3, NULL, 0);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "level", 0, &summary), 0);
	CU_ASSERT(summary.last == 3 && summary.min == 3 && summary.max == 4);
	CU_ASSERT(summary.avg >= 3 && summary.avg <= 4);
	CU_ASSERT(summary.covered_ns > 0 && !summary.is_truncated);
	CU_ASSERT(isnan(summary.rate) && isnan(summary.p50));
}

static void a_unit_of_one_s_own_is_told_as_it_was_given(void)
{
	const struct sonde_tag parcels = {"unit", "{parcel}"};
	struct sonde_metric_summary summary;

	sonde_record_counter_double(metrics(), "shipped", 2.5, &parcels, 1);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "shipped", 0, &summary), 0);
	CU_ASSERT_EQUAL(summary.unit, SONDE_UNIT_OTHER);
	CU_ASSERT_STRING_EQUAL(summary.unit_text, "{parcel}");
	CU_ASSERT_EQUAL(summary.sum, 2.5);
	CU_ASSERT_EQUAL(summary.count, 2);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "sonde.metrics.refused", 0, &summary),
			0);
	CU_ASSERT_STRING_EQUAL(summary.unit_text, "{measurement}");
}

static void a_name_is_found_however_its_letters_are_written(void)
{
	struct sonde_metric_summary summary;
	struct sonde_timing_stats stats;

	sonde_increment(metrics(), "Written.So", NULL, 0);
	sonde_increment(metrics(), "written.so", NULL, 0);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "WRITTEN.SO", 0, &summary), 0);
	CU_ASSERT_EQUAL(summary.count, 2);
	sonde_record_timer(metrics(), "Timed.So", 1, SONDE_SECONDS, NULL, 0);
	CU_ASSERT_EQUAL(sonde_get_timing_stats(metrics(), "timed.so", 0, SONDE_SECONDS, &stats), 0);
	CU_ASSERT_EQUAL(stats.count, 1);
}

static void unknown_and_empty_are_two_things(void)
{
	struct sonde_metric_summary summary;
	struct sonde_timer *timer;

	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "never.heard.of", 0, &summary),
			SONDE_ENOENT);
	sonde_timer_open(metrics(), "opened", NULL, 0, &timer);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "opened", 0, &summary), SONDE_ENOENT);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), NULL, 0, &summary), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "opened", NAN, &summary), SONDE_ERANGE);
}

static void wait_for_ms(long ms)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += ms * 1000000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL);
}

/* What windows and rates do is a question of time: it has to go by. */
static void a_window_has_what_came_in_it(void)
{
	struct sonde_metric_summary summary;

	sonde_record_counter(metrics(), "windowed", 1000, NULL, 0);
	sonde_get_metric_summary(metrics(), "windowed", 1, &summary);
	wait_for_ms(2100);
	sonde_get_metric_summary(metrics(), "windowed", 1, &summary);
	sonde_record_counter(metrics(), "windowed", 5, NULL, 0);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "windowed", 1, &summary), 0);
	CU_ASSERT_EQUAL(summary.count, 5);
	CU_ASSERT(summary.covered_ns > 0 && summary.covered_ns < 4000000000);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "windowed", 1e-12, &summary), 0);
	CU_ASSERT_EQUAL(summary.count, 5);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "windowed", 0, &summary), 0);
	CU_ASSERT_EQUAL(summary.count, 1005);
	CU_ASSERT_DOUBLE_EQUAL(summary.rate, 1005e9 / (double)summary.covered_ns, 1e-6);
}

static void a_window_that_is_longer_than_all_there_is_has_all(void)
{
	static const double windows[] = {86400, 1e8, 1e10, 1e300, INFINITY};
	struct sonde_metric_summary summary;

	sonde_record_counter(metrics(), "all.there.is", 7, NULL, 0);
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		CU_ASSERT_EQUAL(
			sonde_get_metric_summary(metrics(), "all.there.is", windows[i], &summary),
			0);
		CU_ASSERT(summary.count == 7 && summary.is_truncated && summary.covered_ns > 0);
	}
}

/* -- Lists ------------------------------------------------------------------------------------ */

static size_t n_with_tags(const struct sonde_tag *filter, size_t n_filter, const char *name)
{
	struct sonde_metric_values *values;
	size_t n = 0;

	CU_ASSERT_EQUAL_FATAL(sonde_get_metrics_by_tag(metrics(), filter, n_filter, &values), 0);
	for (size_t i = 0; i < values->n_values; i++)
		n += strncmp(values->values[i].name, name, strlen(name)) == 0;
	sonde_free(values);
	return n;
}

static void a_filter_is_met_by_all_its_pairs(void)
{
	const struct sonde_tag red[] = {{"colour", "red"}, {"size", "small"}};
	const struct sonde_tag blue[] = {{"colour", "blue"}, {"size", "small"}};
	const struct sonde_tag no_size[] = {{"colour", "red"}, {"size", ""}};
	const struct sonde_tag nameless = {NULL, "x"};
	struct sonde_metric_values *values;

	sonde_increment(metrics(), "filter.a", red, 2);
	sonde_increment(metrics(), "filter.a", blue, 2);
	sonde_increment(metrics(), "filter.b", red, 1);
	sonde_record_gauge(metrics(), "filter.c", 1, NULL, 0);
	CU_ASSERT_EQUAL(n_with_tags(NULL, 0, "filter."), 4);
	CU_ASSERT_EQUAL(n_with_tags(red, 1, "filter."), 2);
	CU_ASSERT_EQUAL(n_with_tags(red, 2, "filter."), 1);
	CU_ASSERT_EQUAL(n_with_tags(&red[1], 1, "filter."), 2);
	CU_ASSERT_EQUAL(n_with_tags(no_size, 2, "filter."), 1);
	CU_ASSERT_EQUAL(n_with_tags(&no_size[1], 1, "filter."), 2);
	CU_ASSERT_EQUAL(sonde_get_metrics_by_tag(metrics(), &nameless, 1, &values), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_metrics_by_tag(metrics(), NULL, 1, &values), SONDE_EINVAL);
}

static void values_come_in_the_order_of_names_and_tags(void)
{
	struct sonde_metric_values *values;

	CU_ASSERT_EQUAL_FATAL(sonde_get_metrics_by_tag(metrics(), NULL, 0, &values), 0);
	for (size_t i = 1; i < values->n_values; i++)
		CU_ASSERT(strcmp(values->values[i - 1].name, values->values[i].name) <= 0);
	sonde_free(values);
}

static void the_greatest_come_first(void)
{
	const struct sonde_tag none = {"which", "none"};
	struct sonde_metric_values *values;

	sonde_record_gauge(metrics(), "top.a", 1e300, NULL, 0);
	sonde_record_gauge(metrics(), "top.b", 2e300, NULL, 0);
	sonde_record_gauge(metrics(), "top.c", 2e300, NULL, 0);
	sonde_record_gauge(metrics(), "top.b", NAN, &none, 1);
	CU_ASSERT_EQUAL_FATAL(
		sonde_get_top_metrics(metrics(), SONDE_GAUGE, SONDE_BY_SUM, 3, &values), 0);
	CU_ASSERT_EQUAL_FATAL(values->n_values, 3);
	CU_ASSERT_STRING_EQUAL(values->values[0].name, "top.b");
	CU_ASSERT_STRING_EQUAL(values->values[1].name, "top.c");
	CU_ASSERT_STRING_EQUAL(values->values[2].name, "top.a");
	sonde_free(values);
	CU_ASSERT_EQUAL_FATAL(
		sonde_get_top_metrics(metrics(), SONDE_GAUGE, SONDE_BY_SUM, 1000, &values), 0);
	CU_ASSERT(isnan(values->values[values->n_values - 1].value));
	sonde_free(values);
}

static void distributions_are_ranked_as_one_likes(void)
{
	static const struct {
		enum sonde_order order;
		const char *first;
	} orders[] = {
		{SONDE_BY_SUM, "rank.sum"},
		{SONDE_BY_COUNT, "rank.count"},
		{SONDE_BY_MAX, "rank.max"},
		{SONDE_BY_P95, "rank.p95"},
	};

	for (int i = 0; i < 5000; i++)
		sonde_record_timer(metrics(), "rank.count", 1, SONDE_NANOSECONDS, NULL, 0);
	for (int i = 0; i < 1000; i++)
		sonde_record_timer(metrics(), "rank.sum", i ? 100 : 50000, SONDE_SECONDS, NULL, 0);
	sonde_record_timer(metrics(), "rank.p95", 30000, SONDE_SECONDS, NULL, 0);
	for (int i = 0; i < 100; i++)
		sonde_record_timer(metrics(), "rank.max", i ? 1 : 90000, SONDE_SECONDS, NULL, 0);
	for (size_t i = 0; i < 4; i++) {
		struct sonde_metric_values *values;

		CU_ASSERT_EQUAL_FATAL(
			sonde_get_top_metrics(metrics(), SONDE_TIMER, orders[i].order, 1, &values),
			0);
		CU_ASSERT_EQUAL_FATAL(values->n_values, 1);
		CU_ASSERT_STRING_EQUAL(values->values[0].name, orders[i].first);
		sonde_free(values);
	}
}

static void rates_are_of_counters(void)
{
	struct sonde_metric_values *values;

	sonde_record_counter(metrics(), "fastest", INT64_MAX, NULL, 0);
	wait_for_ms(510);
	sonde_record_counter(metrics(), "latest", 1, NULL, 0);
	CU_ASSERT_EQUAL_FATAL(
		sonde_get_top_metrics(metrics(), SONDE_RATE, SONDE_BY_SUM, SIZE_MAX, &values), 0);
	CU_ASSERT_FATAL(values->n_values > 1);
	CU_ASSERT_STRING_EQUAL(values->values[0].name, "fastest");
	for (size_t i = 0; i < values->n_values; i++) {
		const struct sonde_metric_value *value = &values->values[i];
		bool is_new = value->timestamp - value->start_time < 500000000;

		CU_ASSERT_EQUAL(value->type, SONDE_RATE);
		/* Of less than half a second there is no rate, and what has none comes last. */
		CU_ASSERT_EQUAL(isnan(value->value) != 0, is_new);
	}
	sonde_free(values);
	CU_ASSERT_EQUAL(sonde_get_top_metrics(metrics(), SONDE_RATE, SONDE_BY_SUM, 0, &values),
			SONDE_ERANGE);
	CU_ASSERT_EQUAL(
		sonde_get_top_metrics(metrics(), (enum sonde_type)9, SONDE_BY_SUM, 1, &values),
		SONDE_EINVAL);
}

/* -- Exports ---------------------------------------------------------------------------------- */

struct text {
	char *bytes;
	size_t size;
};

static int collect(void *argument, const char *piece, size_t size)
{
	struct text *text = argument;

	text->bytes = realloc(text->bytes, text->size + size);
	memcpy(text->bytes + text->size, piece, size);
	text->size += size;
	return 0;
}

static int refuse(void *argument, const char *piece, size_t size)
{
	(void)piece;
	(void)size;
	++*(int *)argument;
	return 1;
}

static json_t *export_json(void)
{
	struct text text = {0};

	CU_ASSERT_EQUAL_FATAL(sonde_export_metrics(metrics(), "json", collect, &text), 0);
	json_t *document = json_loadb(text.bytes, text.size, JSON_REJECT_DUPLICATES, NULL);

	free(text.bytes);
	return document;
}

/* The first series of a name, which has a tag if `key` is not NULL. */
static json_t *find_in(json_t *document, const char *name, const char *key, const char *value)
{
	json_t *array = json_object_get(document, "metrics");

	for (size_t i = 0; i < json_array_size(array); i++) {
		json_t *series = json_array_get(array, i);
		json_t *tags = json_object_get(series, "tags");
		const char *tag = key ? json_string_value(json_object_get(tags, key)) : NULL;

		if (strcmp(json_string_value(json_object_get(series, "name")), name) == 0 &&
		    (!key || (tag && strcmp(tag, value) == 0)))
			return series;
	}
	return NULL;
}

static void json_has_the_program_s_series_and_its_calls(void)
{
	char byte;
	int fd = open("/dev/zero", O_RDONLY);

	for (int i = 0; i < 7; i++)
		CU_ASSERT_EQUAL(read(fd, &byte, 1), 1);
	close(fd);
	sonde_record_counter(metrics(), "exported", 42, NULL, 0);
	json_t *document = export_json();
	json_t *exported = find_in(document, "exported", NULL, NULL);
	json_t *calls = find_in(document, "libc.calls", "call", "read");

	CU_ASSERT_PTR_NOT_NULL_FATAL(exported);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(exported, "value")), 42);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(exported, "type")), "counter");
	CU_ASSERT_EQUAL(calls != NULL, is_watched());
	if (calls)
		CU_ASSERT(json_integer_value(json_object_get(calls, "value")) >= 7);
	json_decref(document);
}

static int collect_dashboard(struct text *text)
{
	return sonde_create_dashboard_data(metrics(), "overview", collect, text);
}

static void json_can_be_read_whatever_gauges_are(void)
{
	struct text text = {0};
	json_error_t problem;

	sonde_record_gauge(metrics(), "extreme.most", DBL_MAX, NULL, 0);
	sonde_record_gauge(metrics(), "extreme.least", -DBL_MAX, NULL, 0);
	sonde_record_gauge(metrics(), "extreme.none", NAN, NULL, 0);
	json_t *document = export_json();
	json_t *most = find_in(document, "extreme.most", NULL, NULL);

	CU_ASSERT_DOUBLE_EQUAL(json_real_value(json_object_get(most, "value")) / DBL_MAX, 1, 1e-14);
	json_decref(document);
	CU_ASSERT_EQUAL(collect_dashboard(&text), 0);
	document = json_loadb(text.bytes, text.size, JSON_REJECT_DUPLICATES, &problem);
	if (!document)
		printf("# %s\n", problem.text);
	CU_ASSERT_PTR_NOT_NULL(document);
	json_decref(document);
	free(text.bytes);
}

/* The export as a text that ends with a NUL. */
static char *export_text(const char *format)
{
	struct text text = {0};

	CU_ASSERT_EQUAL(sonde_export_metrics(metrics(), format, collect, &text), 0);
	collect(&text, "", 1);
	return text.bytes;
}

static void every_format_has_the_program_s_series(void)
{
	static const struct {
		const char *format;
		const char *words;
	} formats[] = {
		{"csv", "exported.to.all"},	      {"jsonlines", "\"exported.to.all\""},
		{"prometheus", "exported_to_all"},    {"openmetrics", "exported_to_all"},
		{"otlp-json", "\"exported.to.all\""}, {"statsd", "exported.to.all"},
	};
	const struct sonde_tag queue = {"queue", "mail"};

	sonde_record_counter(metrics(), "exported.to.all", 7, &queue, 1);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		char *text = export_text(formats[i].format);

		if (!strstr(text, formats[i].words))
			printf("# %s: %.200s\n", formats[i].format, text);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, formats[i].words));
		free(text);
	}
}

/* What is no UTF-8 is a string of jansson's neither. */
static bool is_utf8(const char *text)
{
	json_t *string = json_string(text);

	json_decref(string);
	return string != NULL;
}

static void shares_are_exported_as_ratios(void)
{
	const struct sonde_tag percent = {"unit", "percent"};
	char *text;

	sonde_record_counter(metrics(), "share.counted", 50, &percent, 1);
	sonde_record_gauge(metrics(), "share.seen", 75, &percent, 1);
	text = export_text("prometheus");
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nshare_counted_ratio_total 0.5\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nshare_seen_ratio 0.75\n"));
	free(text);
}

/* How many lines of a text begin so. */
static int n_lines_with(const char *text, const char *beginning)
{
	int n = 0;

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		n += strncmp(line, beginning, strlen(beginning)) == 0;
	}
	return n;
}

static void no_two_samples_of_an_exposition_are_one(void)
{
	static const char *const formats[] = {"prometheus", "openmetrics"};
	static const char *const taken[] = {"both.bucket",  "both.count",  "both.sum",
					    "both.created", "times.total", "target.info"};

	sonde_record_histogram(metrics(), "both", 3, NULL, 0);
	sonde_record_counter(metrics(), "times", 3, NULL, 0);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sonde_record_gauge(metrics(), taken[i], 7, NULL, 0);
	sonde_record_gauge(metrics(), "alone.total", 7, NULL, 0);
	for (size_t i = 0; i < 2; i++) {
		char *text = export_text(formats[i]);

		CU_ASSERT_EQUAL(n_lines_with(text, "both_count "), 1);
		CU_ASSERT_EQUAL(n_lines_with(text, "both_sum "), 1);
		CU_ASSERT_EQUAL(n_lines_with(text, "both_bucket 7"), 0);
		CU_ASSERT_EQUAL(n_lines_with(text, "both_created 7"), 0);
		CU_ASSERT_EQUAL(n_lines_with(text, "times_total "), 1);
		CU_ASSERT_EQUAL(n_lines_with(text, "# TYPE times_total gauge"), 0);
		CU_ASSERT_EQUAL(n_lines_with(text, "target_info 7"), 0);
		CU_ASSERT_EQUAL(n_lines_with(text, "alone_total 7"), 1);
		free(text);
	}
}

static void bytes_that_are_no_text_do_no_harm_to_exports(void)
{
	static const char *const formats[] = {"json",	     "csv",	  "jsonlines", "prometheus",
					      "openmetrics", "otlp-json", "statsd"};
	const struct sonde_tag tags[] = {{"\xff\"\n", "cut \xc3"}, {"surrogate", "\xed\xa0\x80"}};

	CU_ASSERT_EQUAL(sonde_increment(metrics(), "no.text", tags, 2), 0);
	CU_ASSERT_EQUAL(sonde_record_failure(metrics(), "\xfe", "\x80\x80"), 0);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		char *text = export_text(formats[i]);

		if (!is_utf8(text))
			printf("# %s is no UTF-8\n", formats[i]);
		CU_ASSERT(is_utf8(text));
		free(text);
	}
	json_decref(export_json());
}

static int return_0(void)
{
	return 0;
}

/* What asks, and forks, at its first piece. */
static int ask_and_fork(void *argument, const char *piece, size_t size)
{
	struct sonde_metric_summary summary;

	(void)piece;
	*(size_t *)argument += size;
	if (*(size_t *)argument == size) {
		CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "written", 0, &summary), 0);
		in_child(return_0);
	}
	return 0;
}

static void a_writer_may_ask_and_fork(void)
{
	size_t n_exported = 0;
	size_t n_drawn = 0;

	sonde_increment(metrics(), "written", NULL, 0);
	CU_ASSERT_EQUAL(sonde_export_metrics(metrics(), "prometheus", ask_and_fork, &n_exported),
			0);
	CU_ASSERT(n_exported > 0);
	CU_ASSERT_EQUAL(sonde_create_dashboard_data(metrics(), NULL, ask_and_fork, &n_drawn), 0);
	CU_ASSERT(n_drawn > 0);
}

static void an_export_that_cannot_be_written_fails(void)
{
	int n_pieces = 0;

	CU_ASSERT_EQUAL(sonde_export_metrics(metrics(), "json", refuse, &n_pieces), SONDE_EIO);
	CU_ASSERT_EQUAL(n_pieces, 1);
	CU_ASSERT_EQUAL(sonde_export_metrics(metrics(), "yaml", refuse, &n_pieces), SONDE_ENOENT);
	CU_ASSERT_EQUAL(sonde_export_metrics(metrics(), NULL, refuse, &n_pieces), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_export_metrics(metrics(), "json", NULL, NULL), SONDE_EINVAL);
}

/* -- Threads and forks ------------------------------------------------------------------------ */

static void *ask_and_record(void *number)
{
	struct sonde_metric_summary summary;
	uint64_t before = 0;

	if ((intptr_t)number % 2) {
		for (int i = 0; i < N_RECORDS; i++)
			sonde_increment(metrics(), "asked.about", NULL, 0);
		return NULL;
	}
	for (int i = 0; i < 20; i++) {
		if (sonde_get_metric_summary(metrics(), "asked.about", 0, &summary) != 0)
			continue;
		if (summary.count < before)
			abort();
		before = summary.count;
	}
	return NULL;
}

static void whoever_asks_while_others_record_sees_counters_grow(void)
{
	struct sonde_metric_summary summary;

	in_threads(ask_and_record);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "asked.about", 0, &summary), 0);
	CU_ASSERT_EQUAL(summary.count, N_THREADS / 2 * N_RECORDS);
}

static int ask_in_child(void)
{
	struct sonde_metric_summary summary;

	EXPECT(sonde_get_metric_summary(metrics(), "summed", 0, &summary) == SONDE_ENOENT);
	EXPECT(sonde_increment(metrics(), "summed", NULL, 0) == 0);
	EXPECT(sonde_get_metric_summary(metrics(), "summed", 60, &summary) == 0);
	EXPECT(summary.count == 1);
	return 0;
}

static int record_and_then_ask(void)
{
	struct sonde_metric_summary summary;

	EXPECT(sonde_record_counter(metrics(), "summed.since", 3, NULL, 0) == 0);
	EXPECT(sonde_get_metric_summary(metrics(), "summed.since", 60, &summary) == 0);
	EXPECT(summary.count == 3);
	EXPECT(summary.covered_ns > 0);
	return 0;
}

static void windows_of_a_forked_child_begin_with_the_fork(void)
{
	sonde_record_counter(metrics(), "summed.since", 100, NULL, 0);
	in_child(record_and_then_ask);
}

static void a_forked_child_asks_for_its_own(void)
{
	struct sonde_metric_summary summary;

	sonde_record_counter(metrics(), "summed", 1, NULL, 0);
	in_child(ask_in_child);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "summed", 0, &summary), 0);
	CU_ASSERT(summary.count >= 1);
}

static void a_hundred_thousand_series_are_usable(void)
{
	char text[16];
	char name[32];
	struct sonde_tag tag = {"number", text};
	struct sonde_metric_values *values;
	size_t n = 0;

	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "many.%d", i / 1000);
		snprintf(text, sizeof(text), "%d", i);
		if (sonde_record_counter(metrics(), name, i, &tag, 1) != 0)
			CU_FAIL_FATAL("a series could not be recorded");
	}
	CU_ASSERT_EQUAL_FATAL(sonde_get_metrics_by_tag(metrics(), NULL, 0, &values), 0);
	for (size_t i = 0; i < values->n_values; i++)
		n += strncmp(values->values[i].name, "many.", 5) == 0;
	CU_ASSERT_EQUAL(n, 100000);
	sonde_free(values);
}

static int throw_away(void *nothing, const char *piece, size_t size)
{
	(void)nothing;
	(void)piece;
	(void)size;
	return 0;
}

static double left_out(const char *reason)
{
	const struct sonde_tag tag = {"reason", reason};

	return value_of("sonde.exports.left_out", &tag, 1);
}

/* What the types of two names decide, when both are there. */
static void what_an_export_leaves_out_is_counted_and_told(void)
{
	struct sonde_system_health health;
	double before;

	sonde_increment(metrics(), "left", NULL, 0);
	sonde_export_metrics(metrics(), "prometheus", throw_away, NULL);
	before = left_out("sample");
	sonde_export_metrics(metrics(), "prometheus", throw_away, NULL);

	double each_time = left_out("sample") - before;

	sonde_record_gauge(metrics(), "left.total", 1, NULL, 0);
	before = left_out("sample");
	CU_ASSERT_EQUAL(sonde_export_metrics(metrics(), "prometheus", throw_away, NULL), 0);
	CU_ASSERT_EQUAL(left_out("sample"), before + each_time + 1);
	CU_ASSERT_EQUAL(sonde_export_metrics(metrics(), "json", throw_away, NULL), 0);
	CU_ASSERT_EQUAL(left_out("sample"), before + each_time + 1);
	CU_ASSERT_EQUAL(left_out("kind"), 0);
	CU_ASSERT_EQUAL(sonde_get_system_health(metrics(), &health), 0);
	CU_ASSERT(!health.healthy);
	CU_ASSERT_PTR_NOT_NULL(strstr(health.reasons, "left out of exports"));
	CU_ASSERT_PTR_NOT_NULL(strstr(health.reasons, ": its name there is that of"));
}

UNIT_MAIN("aggregator",
	  {"a summary is of all series of a name", a_summary_is_of_all_series_of_a_name},
	  {"a distribution is summed up by its values", a_distribution_is_summed_up_by_its_values},
	  {"a gauge is summed up by what it is", a_gauge_is_summed_up_by_what_it_is},
	  {"a unit of one's own is told as it was given",
	   a_unit_of_one_s_own_is_told_as_it_was_given},
	  {"a name is found however its letters are written",
	   a_name_is_found_however_its_letters_are_written},
	  {"unknown and empty are two things", unknown_and_empty_are_two_things},
	  {"a window has what came in it", a_window_has_what_came_in_it},
	  {"a window that is longer than all there is has all",
	   a_window_that_is_longer_than_all_there_is_has_all},
	  {"a filter is met by all its pairs", a_filter_is_met_by_all_its_pairs},
	  {"values come in the order of names and tags",
	   values_come_in_the_order_of_names_and_tags},
	  {"the greatest come first", the_greatest_come_first},
	  {"distributions are ranked as one likes", distributions_are_ranked_as_one_likes},
	  {"rates are of counters", rates_are_of_counters},
	  {"JSON has the program's series and its calls",
	   json_has_the_program_s_series_and_its_calls},
	  {"JSON can be read whatever gauges are", json_can_be_read_whatever_gauges_are},
	  {"every format has the program's series", every_format_has_the_program_s_series},
	  {"shares are exported as ratios", shares_are_exported_as_ratios},
	  {"no two samples of an exposition are one", no_two_samples_of_an_exposition_are_one},
	  {"bytes that are no text do no harm to exports",
	   bytes_that_are_no_text_do_no_harm_to_exports},
	  {"a writer may ask and fork", a_writer_may_ask_and_fork},
	  {"an export that cannot be written fails", an_export_that_cannot_be_written_fails},
	  {"whoever asks while others record sees counters grow",
	   whoever_asks_while_others_record_sees_counters_grow},
	  {"a forked child asks for its own", a_forked_child_asks_for_its_own},
	  {"windows of a forked child begin with the fork",
	   windows_of_a_forked_child_begin_with_the_fork},
	  {"a hundred thousand series are usable", a_hundred_thousand_series_are_usable},
	  {"what an export leaves out is counted and told",
	   what_an_export_leaves_out_is_counted_and_told})
