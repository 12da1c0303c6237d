// SPDX-License-Identifier: MIT
/*
 * Without memory a piece is missing where it should be: that is looked at once, when all is made. Until then each
 * function takes NULL for what could not be made.
 */
#include "config.h"

#include "format/otlp-message.h"

#include <math.h>
#include <string.h>

#include "base/histogram.h"
#include "format/otlp-resource.h"
#include "format/series-help.h"
#include "format/utf8.h"

enum { BOUNDS = HISTOGRAM_OCTAVES + 1, COUNT_BUCKETS = HISTOGRAM_INSIDE + 1 };

struct maker {
	const struct snapshot *snapshot;
	const struct snapshot_source *source;
	bool are_explicit; /* the bounds of histograms */
	struct message_memory *memory;
};

#define NEW(maker, type, ...) MESSAGE_NEW((maker)->memory, type, __VA_ARGS__)

static void *take_list(const struct maker *maker, size_t n, size_t size)
{
	return message_memory_take(maker->memory, n * size);
}

/* -- Texts ------------------------------------------------------------------------------------------ */

static bool is_utf8(const char *text)
{
	for (size_t length; *text; text += length) {
		length = utf8_length(text);
		if (!length)
			return false;
	}
	return true;
}

/* What is not UTF-8 becomes U+FFFD: a receiver refuses all of a message for one such byte. */
static char *replace(const struct maker *maker, const char *text)
{
	size_t room = strlen(text) * strlen(UTF8_REPLACEMENT) + 1;
	char *copy = message_memory_take(maker->memory, room);
	size_t n = 0;

	for (size_t length; *text && copy; text += length ? length : 1) {
		length = utf8_length(text);
		const char *piece = length ? text : UTF8_REPLACEMENT;
		size_t size = length ? length : strlen(UTF8_REPLACEMENT);

		memcpy(copy + n, piece, size);
		n += size;
	}
	return copy;
}

static char *text_of(const struct maker *maker, const char *text)
{
	return is_utf8(text) ? (char *)text : replace(maker, text);
}

/* -- Attributes ------------------------------------------------------------------------------------- */

static Otlp__KeyValue *make_attribute(const struct maker *maker, const struct tag *tag)
{
	Otlp__KeyValue *pair = NEW(maker, Otlp__KeyValue, OTLP__KEY_VALUE__INIT);
	Otlp__AnyValue *value = NEW(maker, Otlp__AnyValue, OTLP__ANY_VALUE__INIT);

	if (!pair || !value)
		return NULL;
	value->string_value = text_of(maker, tag->value);
	pair->key = text_of(maker, tag->key);
	pair->value = value;
	return pair;
}

/* The errno of a call that failed is what the conventions call the type of an error. NULL: it is none. */
static const struct tag *find_errno(const struct series *series)
{
	for (size_t i = 0; i < series->n_tags && strcmp(series->name, "libc.errors") == 0; i++)
		if (strcmp(series->tags[i].key, "errno") == 0)
			return &series->tags[i];
	return NULL;
}

/* With room for one more. */
static Otlp__KeyValue **make_attributes(const struct maker *maker, const struct tag *tags, size_t n_tags)
{
	Otlp__KeyValue **list = take_list(maker, n_tags + 1, sizeof(*list));

	for (size_t i = 0; i < n_tags && list; i++)
		list[i] = make_attribute(maker, &tags[i]);
	return list;
}

static Otlp__KeyValue **describe_point(const struct maker *maker, const struct series *series, size_t *ret_n)
{
	const struct tag *code = find_errno(series);
	Otlp__KeyValue **list = make_attributes(maker, series->tags, series->n_tags);

	*ret_n = list ? series->n_tags : 0;
	if (code && list)
		list[(*ret_n)++] = make_attribute(maker, &(struct tag){"error.type", code->value});
	return list;
}

/* -- Points ----------------------------------------------------------------------------------------- */

static Otlp__KeyValue *make_number_attribute(const struct maker *maker, const char *key, int64_t number)
{
	Otlp__KeyValue *pair = NEW(maker, Otlp__KeyValue, OTLP__KEY_VALUE__INIT);
	Otlp__AnyValue *value = NEW(maker, Otlp__AnyValue, OTLP__ANY_VALUE__INIT);

	if (!pair || !value)
		return NULL;
	value->has_int_value = true;
	value->int_value = number;
	pair->key = (char *)key;
	pair->value = value;
	return pair;
}

/* Attributes that the series does not have: of this one value. */
static Otlp__Exemplar *make_exemplar(const struct maker *maker, const struct exemplar *exemplar)
{
	Otlp__Exemplar *message = NEW(maker, Otlp__Exemplar, OTLP__EXEMPLAR__INIT);
	const struct tag site = {"sonde.site", exemplar->site};
	Otlp__KeyValue **list = take_list(maker, 3, sizeof(*list));
	size_t n = 0;

	if (!message || !list)
		return NULL;
	message->has_time_unix_nano = message->has_as_double = true;
	message->time_unix_nano = (uint64_t)exemplar->time_ns;
	message->as_double = exemplar->value;
	list[n++] = make_number_attribute(maker, "process.pid", exemplar->pid);
	if (exemplar->tid)
		list[n++] = make_number_attribute(maker, "thread.id", exemplar->tid);
	if (*exemplar->site)
		list[n++] = make_attribute(maker, &site);
	message->filtered_attributes = list;
	message->n_filtered_attributes = n;
	return message;
}

static Otlp__Exemplar **make_exemplars(const struct maker *maker, const struct series *series)
{
	Otlp__Exemplar **list = take_list(maker, series->n_exemplars, sizeof(*list));

	for (size_t i = 0; i < series->n_exemplars && list; i++)
		list[i] = make_exemplar(maker, &series->exemplars[i]);
	return list;
}

/* The fields that points of all kinds have. */
#define FILL_POINT(maker, series, point)                                                           \
	do {                                                                                       \
		(point)->attributes = describe_point(maker, series, &(point)->n_attributes);       \
		(point)->has_time_unix_nano = true;                                                \
		(point)->time_unix_nano = time_of(maker);                                          \
		(point)->has_start_time_unix_nano = series_is_cumulative(series);                  \
		(point)->start_time_unix_nano = start_of(maker, series);                           \
		(point)->n_exemplars = (series)->n_exemplars;                                      \
		(point)->exemplars = make_exemplars(maker, series);                                \
	} while (0)

static uint64_t time_of(const struct maker *maker)
{
	return (uint64_t)snapshot_taken_ns(maker->snapshot);
}

/* 0 would mean that it is not known. */
static uint64_t start_of(const struct maker *maker, const struct series *series)
{
	return (uint64_t)(series->start_ns > 0 ? series->start_ns : maker->source->start_ns);
}

static Otlp__NumberDataPoint *make_number(const struct maker *maker, const struct series *series)
{
	Otlp__NumberDataPoint *point = NEW(maker, Otlp__NumberDataPoint, OTLP__NUMBER_DATA_POINT__INIT);

	if (!point)
		return NULL;
	FILL_POINT(maker, series, point);
	if (series->type == SERIES_COUNTER && !series->is_fractional) {
		point->has_as_int = true;
		point->as_int = series->value.count > INT64_MAX ? INT64_MAX : (int64_t)series->value.count;
	} else {
		point->has_as_double = true;
		point->as_double = series->value.number;
	}
	return point;
}

/* -- Histograms ------------------------------------------------------------------------------------- */

/* Of the buckets that messages have: ours, and one more for what is above. */
static uint64_t count_in(const struct series_histogram *histogram, unsigned int bucket)
{
	return histogram->buckets[bucket < HISTOGRAM_INSIDE ? bucket : HISTOGRAM_OVER];
}

/* From the first bucket with values to the last one. */
static Otlp__Buckets *make_buckets(const struct maker *maker, const struct series_histogram *histogram)
{
	Otlp__Buckets *buckets = NEW(maker, Otlp__Buckets, OTLP__BUCKETS__INIT);
	unsigned int first = 0;
	unsigned int end = COUNT_BUCKETS;

	if (!buckets)
		return NULL;
	while (first < end && !count_in(histogram, first))
		first++;
	while (end > first && !count_in(histogram, end - 1))
		end--;
	buckets->has_offset = true;
	buckets->offset = first < end ? (int)first + histogram->first_index : 0;
	buckets->bucket_counts = take_list(maker, end - first, sizeof(*buckets->bucket_counts));
	for (unsigned int i = first; i < end && buckets->bucket_counts; i++)
		buckets->bucket_counts[buckets->n_bucket_counts++] = count_in(histogram, i);
	return buckets;
}

static Otlp__ExponentialHistogramDataPoint *make_exponential(const struct maker *maker, const struct series *series)
{
	const struct series_histogram *histogram = series->value.histogram;
	Otlp__ExponentialHistogramDataPoint *point =
		NEW(maker, Otlp__ExponentialHistogramDataPoint, OTLP__EXPONENTIAL_HISTOGRAM_DATA_POINT__INIT);

	if (!point)
		return NULL;
	FILL_POINT(maker, series, point);
	point->has_count = point->has_scale = true;
	point->has_sum = !series->is_signed;
	point->has_zero_count = point->has_zero_threshold = true;
	point->has_min = point->has_max = histogram->count > 0;
	point->count = histogram->count;
	point->sum = histogram->sum;
	point->scale = HISTOGRAM_SCALE;
	point->zero_count = histogram->buckets[HISTOGRAM_ZERO];
	point->zero_threshold = exp2((double)histogram->first_index / 8);
	point->positive = make_buckets(maker, histogram);
	point->min = histogram->min;
	point->max = histogram->max;
	return point;
}

/* A bound at each power of two, all of them whatever they hold, so that series can be added up. */
static void add_bounds(Otlp__HistogramDataPoint *point, const struct series_histogram *histogram)
{
	point->n_explicit_bounds = BOUNDS;
	point->n_bucket_counts = BOUNDS + 1;
	point->bucket_counts[0] = histogram->buckets[HISTOGRAM_ZERO];
	point->bucket_counts[BOUNDS] = histogram->buckets[HISTOGRAM_OVER];
	for (int i = 0; i < BOUNDS; i++)
		point->explicit_bounds[i] = exp2((double)histogram->first_index / 8 + i);
	for (unsigned int i = 0; i < HISTOGRAM_INSIDE; i++)
		point->bucket_counts[1 + i / HISTOGRAM_ROW_BUCKETS] += histogram->buckets[i];
}

static Otlp__HistogramDataPoint *make_explicit(const struct maker *maker, const struct series *series)
{
	const struct series_histogram *histogram = series->value.histogram;
	Otlp__HistogramDataPoint *point = NEW(maker, Otlp__HistogramDataPoint, OTLP__HISTOGRAM_DATA_POINT__INIT);

	if (!point)
		return NULL;
	FILL_POINT(maker, series, point);
	point->has_count = true;
	point->has_sum = !series->is_signed;
	point->has_min = point->has_max = histogram->count > 0;
	point->count = histogram->count;
	point->sum = histogram->sum;
	point->min = histogram->min;
	point->max = histogram->max;
	point->explicit_bounds = take_list(maker, BOUNDS, sizeof(*point->explicit_bounds));
	point->bucket_counts = take_list(maker, BOUNDS + 1, sizeof(*point->bucket_counts));
	if (point->explicit_bounds && point->bucket_counts)
		add_bounds(point, histogram);
	return point;
}

/* -- Metrics ---------------------------------------------------------------------------------------- */

static bool is_one_metric(const struct series *left, const struct series *right)
{
	return strcmp(left->name, right->name) == 0 && left->type == right->type &&
	       left->is_fractional == right->is_fractional && strcmp(left->unit, right->unit) == 0;
}

/* Where the metric of the series from `first` on ends. */
static size_t end_of_metric(const struct snapshot *snapshot, size_t first)
{
	const struct series *series = snapshot_series(snapshot, first);
	size_t end = first + 1;

	while (end < snapshot_n_series(snapshot) && is_one_metric(snapshot_series(snapshot, end), series))
		end++;
	return end;
}

/* The data of a metric of some kind: a list of points, each made by `make`. */
#define NEW_DATA(maker, type, INIT, make, first, end)                                              \
	({                                                                                         \
		type *data_ = NEW(maker, type, INIT);                                              \
		if (data_)                                                                         \
			data_->data_points =                                                       \
				take_list(maker, (end) - (first), sizeof(*data_->data_points));    \
		for (size_t i_ = (first); i_ < (end) && data_ && data_->data_points; i_++)         \
			data_->data_points[data_->n_data_points++] =                               \
				make(maker, snapshot_series((maker)->snapshot, i_));               \
		data_;                                                                             \
	})

#define SET_TEMPORALITY(maker, data)                                                               \
	do {                                                                                       \
		if (data) {                                                                        \
			(data)->has_aggregation_temporality = true;                                \
			(data)->aggregation_temporality =                                          \
				(maker)->source->is_delta                                          \
					? OTLP__AGGREGATION_TEMPORALITY__DELTA                     \
					: OTLP__AGGREGATION_TEMPORALITY__CUMULATIVE;               \
		}                                                                                  \
	} while (0)

static Otlp__Sum *make_sum(const struct maker *maker, size_t first, size_t end)
{
	Otlp__Sum *sum = NEW_DATA(maker, Otlp__Sum, OTLP__SUM__INIT, make_number, first, end);

	SET_TEMPORALITY(maker, sum);
	if (sum)
		sum->has_is_monotonic = sum->is_monotonic = true;
	return sum;
}

static void set_histogram(const struct maker *maker, Otlp__Metric *metric, size_t first, size_t end)
{
	if (maker->are_explicit) {
		metric->histogram =
			NEW_DATA(maker, Otlp__Histogram, OTLP__HISTOGRAM__INIT, make_explicit, first, end);
		SET_TEMPORALITY(maker, metric->histogram);
	} else {
		metric->exponential_histogram = NEW_DATA(maker, Otlp__ExponentialHistogram,
							 OTLP__EXPONENTIAL_HISTOGRAM__INIT, make_exponential, first, end);
		SET_TEMPORALITY(maker, metric->exponential_histogram);
	}
}

static Otlp__Metric *make_metric(const struct maker *maker, size_t first, size_t end)
{
	const struct series *series = snapshot_series(maker->snapshot, first);
	Otlp__Metric *metric = NEW(maker, Otlp__Metric, OTLP__METRIC__INIT);
	char help[SERIES_HELP_SIZE];

	if (!metric)
		return NULL;
	const char *description = series_help(series, help);

	if (description != help)
		metric->description = (char *)description;
	metric->name = text_of(maker, series->name);
	metric->unit = text_of(maker, series->unit);
	if (series_has_histogram(series))
		set_histogram(maker, metric, first, end);
	else if (series->type == SERIES_COUNTER)
		metric->sum = make_sum(maker, first, end);
	else
		metric->gauge = NEW_DATA(maker, Otlp__Gauge, OTLP__GAUGE__INIT, make_number, first, end);
	return metric;
}

static size_t count_metrics(const struct snapshot *snapshot)
{
	size_t n_metrics = 0;

	for (size_t i = 0; i < snapshot_n_series(snapshot); i = end_of_metric(snapshot, i))
		n_metrics++;
	return n_metrics;
}

static void add_metrics(const struct maker *maker, Otlp__ScopeMetrics *scope)
{
	scope->metrics = take_list(maker, count_metrics(maker->snapshot), sizeof(*scope->metrics));
	for (size_t i = 0, end; i < snapshot_n_series(maker->snapshot) && scope->metrics; i = end) {
		end = end_of_metric(maker->snapshot, i);
		scope->metrics[scope->n_metrics++] = make_metric(maker, i, end);
	}
}

static Otlp__ScopeMetrics *make_scope(const struct maker *maker)
{
	Otlp__ScopeMetrics *scope = NEW(maker, Otlp__ScopeMetrics, OTLP__SCOPE_METRICS__INIT);

	if (!scope)
		return NULL;
	scope->scope = NEW(maker, Otlp__Scope, OTLP__SCOPE__INIT);
	if (scope->scope) {
		scope->scope->name = (char *)"sonde";
		scope->scope->version = (char *)PACKAGE_VERSION;
	}
	add_metrics(maker, scope);
	return scope;
}

static Otlp__Resource *make_resource(const struct maker *maker, const char *const *parameters)
{
	struct otlp_resource attributes = otlp_resource_make(maker->memory, maker->source, parameters);
	Otlp__Resource *resource = NEW(maker, Otlp__Resource, OTLP__RESOURCE__INIT);

	if (!resource)
		return NULL;
	resource->n_attributes = attributes.n_tags;
	resource->attributes = make_attributes(maker, attributes.tags, attributes.n_tags);
	return resource;
}

/* A list of one. */
static void *only(const struct maker *maker, void *item)
{
	void **list = take_list(maker, 1, sizeof(*list));

	if (list)
		list[0] = item;
	return list;
}

Otlp__ExportMetricsServiceRequest *otlp_message_make(struct message_memory *memory, const struct snapshot *snapshot,
						     const struct snapshot_source *source,
						     const char *const *parameters)
{
	const char *histograms = format_parameter(parameters, "histograms");
	const struct maker maker = {
		.snapshot = snapshot,
		.source = source,
		.are_explicit = histograms && strcmp(histograms, "explicit") == 0,
		.memory = memory,
	};
	Otlp__ExportMetricsServiceRequest *request =
		NEW(&maker, Otlp__ExportMetricsServiceRequest, OTLP__EXPORT_METRICS_SERVICE_REQUEST__INIT);
	Otlp__ResourceMetrics *metrics = NEW(&maker, Otlp__ResourceMetrics, OTLP__RESOURCE_METRICS__INIT);

	if (!request || !metrics)
		return NULL;
	metrics->resource = make_resource(&maker, parameters);
	metrics->n_scope_metrics = 1;
	metrics->scope_metrics = only(&maker, make_scope(&maker));
	request->n_resource_metrics = 1;
	request->resource_metrics = only(&maker, metrics);
	return memory->is_short ? NULL : request;
}
