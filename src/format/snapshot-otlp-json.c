// SPDX-License-Identifier: MIT
/*
 * OpenTelemetry's ExportMetricsServiceRequest in its JSON form: enums are numbers, 64-bit integers strings of
 * digits, keys in camelCase. Each metric has the data points of all series with its name, type and unit.
 *
 * Sources: opentelemetry-proto 1.x, metrics.proto; opentelemetry.io, "OTLP Specification", JSON Protobuf Encoding.
 */
#include "config.h"

#include "format/snapshot-format.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/histogram.h"
#include "format/json-text.h"

enum { TEMPORALITY_DELTA = 1, TEMPORALITY_CUMULATIVE = 2, DIGITS = 17 };

/* An object of which something could not be made is missing as a whole: json_pack() sees to that. */
static json_t *number64(uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	return json_string(text);
}

static json_t *nanoseconds(int64_t ns)
{
	return number64(ns > 0 ? (uint64_t)ns : 0);
}

/* JSON of protobuf has words for these. */
static json_t *number(double value)
{
	if (isnan(value))
		return json_string("NaN");
	if (isinf(value))
		return json_string(value > 0 ? "Infinity" : "-Infinity");
	return json_real(value);
}

static json_t *attributes(const struct tag *tags, size_t n_tags)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n_tags && array; i++)
		if (json_array_append_new(array, json_pack("{s:o, s:{s:o}}", "key", text_to_json(tags[i].key), "value",
							   "stringValue", text_to_json(tags[i].value)))) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static json_t *new_point(const struct series *series, const struct snapshot *snapshot)
{
	json_t *point = json_pack("{s:o, s:o}", "attributes", attributes(series->tags, series->n_tags),
				  "timeUnixNano", nanoseconds(snapshot_taken_ns(snapshot)));

	if (point && series_is_cumulative(series))
		json_object_set_new(point, "startTimeUnixNano", nanoseconds(series->start_ns));
	return point;
}

/* From the first bucket with values to the last one. */
static json_t *positive_buckets(const struct series_histogram *histogram)
{
	unsigned int first = 0;
	unsigned int end = HISTOGRAM_INSIDE;
	json_t *counts = json_array();

	while (first < end && !histogram->buckets[first])
		first++;
	while (end > first && !histogram->buckets[end - 1])
		end--;
	for (unsigned int i = first; i < end; i++)
		json_array_append_new(counts, number64(histogram->buckets[i]));
	/* What lies above all buckets is in the last one that there can be. */
	if (histogram->buckets[HISTOGRAM_OVER]) {
		for (unsigned int i = end > first ? end : first; i < HISTOGRAM_INSIDE; i++)
			json_array_append_new(counts, number64(0));
		json_array_append_new(counts, number64(histogram->buckets[HISTOGRAM_OVER]));
	}
	return json_pack("{s:i, s:o}", "offset", first < HISTOGRAM_INSIDE || json_array_size(counts)
							 ? (int)first + histogram->first_index
							 : 0,
			 "bucketCounts", counts);
}

static void fill_histogram(json_t *point, const struct series_histogram *histogram)
{
	json_object_set_new(point, "count", number64(histogram->count));
	json_object_set_new(point, "sum", number(histogram->sum));
	json_object_set_new(point, "scale", json_integer(HISTOGRAM_SCALE));
	json_object_set_new(point, "zeroCount", number64(histogram->buckets[HISTOGRAM_ZERO]));
	json_object_set_new(point, "zeroThreshold", number(exp2((double)histogram->first_index / 8)));
	json_object_set_new(point, "positive", positive_buckets(histogram));
	if (!histogram->count)
		return;
	json_object_set_new(point, "min", number(histogram->min));
	json_object_set_new(point, "max", number(histogram->max));
}

static json_t *series_to_point(const struct series *series, const struct snapshot *snapshot)
{
	json_t *point = new_point(series, snapshot);

	if (!point)
		return NULL;
	if (series_has_histogram(series))
		fill_histogram(point, series->value.histogram);
	else if (series->type == SERIES_COUNTER && !series->is_fractional)
		json_object_set_new(point, "asInt", number64(series->value.count > INT64_MAX ? INT64_MAX
											      : series->value.count));
	else
		json_object_set_new(point, "asDouble", number(series->value.number));
	return point;
}

static bool is_one_metric(const struct series *left, const struct series *right)
{
	return strcmp(left->name, right->name) == 0 && left->type == right->type &&
	       left->is_fractional == right->is_fractional && strcmp(left->unit, right->unit) == 0;
}

/* The metric of the series from `first` on; ret_end is where the next one begins. */
static json_t *new_metric(const struct snapshot *snapshot, const struct snapshot_source *source, size_t first,
			  size_t *ret_end)
{
	const struct series *series = snapshot_series(snapshot, first);
	json_t *points = json_array();
	size_t i = first;

	for (; i < snapshot_n_series(snapshot) && is_one_metric(snapshot_series(snapshot, i), series); i++)
		json_array_append_new(points, series_to_point(snapshot_series(snapshot, i), snapshot));
	*ret_end = i;
	json_t *metric = json_pack("{s:o, s:o}", "name", text_to_json(series->name), "unit", text_to_json(series->unit));
	json_t *data = json_pack("{s:o}", "dataPoints", points);
	const char *kind = series_has_histogram(series) ? "exponentialHistogram"
			   : series->type == SERIES_COUNTER ? "sum"
							    : "gauge";

	if (series_is_cumulative(series))
		json_object_set_new(data, "aggregationTemporality",
				    json_integer(source->is_delta ? TEMPORALITY_DELTA : TEMPORALITY_CUMULATIVE));
	if (series->type == SERIES_COUNTER)
		json_object_set_new(data, "isMonotonic", json_true());
	json_object_set_new(metric, kind, data);
	return metric;
}

static json_t *make_metrics(const struct snapshot *snapshot, const struct snapshot_source *source)
{
	json_t *metrics = json_array();

	for (size_t i = 0; i < snapshot_n_series(snapshot);)
		json_array_append_new(metrics, new_metric(snapshot, source, i, &i));
	return metrics;
}

int snapshot_write_otlp_json(const struct snapshot *snapshot, const struct snapshot_source *source,
			     const char *const *parameters, const struct format_sink *sink)
{
	json_t *request = json_pack("{s:[{s:{s:o}, s:[{s:{s:s, s:s}, s:o}]}]}", "resourceMetrics", "resource",
				    "attributes", attributes(source->tags, source->n_tags), "scopeMetrics", "scope",
				    "name", "sonde", "version", PACKAGE_VERSION, "metrics",
				    make_metrics(snapshot, source));
	char *text = request ? json_dumps(request, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS)) : NULL;

	(void)parameters;
	json_decref(request);
	if (!text)
		return -ENOMEM;
	int result = sink->write(sink->argument, text, strlen(text));

	free(text);
	return result;
}
