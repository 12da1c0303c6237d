// SPDX-License-Identifier: MIT
/*
 * A snapshot is one line, so that a file of them can be cut between any two lines, and read while
 * it grows:
 *
 *     {"taken":"...","start":"...","sequence":3,"final":false,"delta":false,"source":{...},"series":[
 *      {"name":"libc.calls","type":"counter","unit":"{call}","start":"...","tags":{...},"value":12},
 *      {"name":"libc.call.duration","type":"timer",...,"value":{"count":2,"sum":0.5,"min":..,"max":..,
 *       "scale":3,"zero_count":0,"over_count":0,"offset":-80,"buckets":[1,0,1]}}]}
 *
 * Each series is built as a tree, written by jansson and freed again.
 */
#include "config.h"

#include "format/snapshot-format.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/histogram.h"
#include "format/json-text.h"

enum {
	DIGITS_LEAST = 15, /* that a double has for certain */
	DIGITS_MOST = 17,  /* that tell any two doubles apart */
};

/* JSON has no word for what is no number. */
static json_t *number_to_json(double number)
{
	return isfinite(number) ? json_real(number) : json_null();
}

/* How many digits it takes for the number to be read back as it is. */
static int digits_of(double number)
{
	char text[64];
	int n_digits = DIGITS_LEAST;

	for (; n_digits < DIGITS_MOST; n_digits++) {
		snprintf(text, sizeof(text), "%.*g", n_digits, number);
		if (strtod(text, NULL) == number)
			break;
	}
	return n_digits;
}

static int digits_of_series(const struct series *series)
{
	if (!series_has_histogram(series))
		return series->type == SERIES_COUNTER && !series->is_fractional
			       ? DIGITS_LEAST
			       : digits_of(series->value.number);
	const struct series_histogram *histogram = series->value.histogram;
	const double numbers[] = {histogram->sum, histogram->min, histogram->max};
	int n_digits = DIGITS_LEAST;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int n = digits_of(numbers[i]);

		if (n > n_digits)
			n_digits = n;
	}
	return n_digits;
}

static json_t *tags_to_json(const struct tag *tags, size_t n_tags)
{
	json_t *object = json_object();

	for (size_t i = 0; i < n_tags; i++)
		json_object_set_new(object, tags[i].key, text_to_json(tags[i].value));
	return object;
}

/* From the first bucket that is not empty to the last one. */
static json_t *buckets_to_json(const struct series_histogram *histogram, int *ret_offset)
{
	json_t *array = json_array();
	unsigned int first = 0;
	unsigned int end = HISTOGRAM_INSIDE;

	while (first < end && !histogram->buckets[first])
		first++;
	while (end > first && !histogram->buckets[end - 1])
		end--;
	for (unsigned int i = first; i < end; i++)
		json_array_append_new(array, count_to_json(histogram->buckets[i]));
	*ret_offset = first < end ? (int)first + histogram->first_index : 0;
	return array;
}

static json_t *histogram_to_json(const struct series_histogram *histogram)
{
	int offset;
	json_t *buckets = buckets_to_json(histogram, &offset);

	return json_pack("{s:o, s:o, s:o, s:o, s:i, s:o, s:o, s:i, s:o}", "count",
			 count_to_json(histogram->count), "sum", number_to_json(histogram->sum),
			 "min", number_to_json(histogram->min), "max",
			 number_to_json(histogram->max), "scale", HISTOGRAM_SCALE, "zero_count",
			 count_to_json(histogram->buckets[HISTOGRAM_ZERO]), "over_count",
			 count_to_json(histogram->buckets[HISTOGRAM_OVER]), "offset", offset,
			 "buckets", buckets);
}

static json_t *value_to_json(const struct series *series)
{
	if (series_has_histogram(series))
		return histogram_to_json(series->value.histogram);
	if (series->type == SERIES_COUNTER && !series->is_fractional)
		return count_to_json(series->value.count);
	return number_to_json(series->value.number);
}

static json_t *series_to_json(const struct series *series)
{
	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "name", text_to_json(series->name),
			 "type", series_type_name(series->type), "unit", text_to_json(series->unit),
			 "start", instant_to_json(series->start_ns), "tags",
			 tags_to_json(series->tags, series->n_tags), "value",
			 value_to_json(series));
}

static json_t *head_to_json(const struct snapshot *snapshot, const struct snapshot_source *source)
{
	return json_pack("{s:o, s:o, s:o, s:b, s:b, s:o}", "taken",
			 instant_to_json(snapshot_taken_ns(snapshot)), "start",
			 instant_to_json(source->start_ns), "sequence",
			 count_to_json(source->sequence), "final", source->is_final, "delta",
			 source->is_delta, "source", tags_to_json(source->tags, source->n_tags));
}

static int write_text(const struct format_sink *sink, const char *text, size_t size)
{
	return sink->write(sink->argument, text, size);
}

/* Takes the value over; NULL is one that could not be made. Leaves out its last n_cut bytes. */
static int write_json(const struct format_sink *sink, json_t *value, int n_digits, size_t n_cut)
{
	size_t flags = JSON_COMPACT | JSON_REAL_PRECISION((size_t)n_digits);
	char *text = value ? json_dumps(value, flags) : NULL;

	json_decref(value);
	if (!text)
		return -ENOMEM;
	int result = write_text(sink, text, strlen(text) - n_cut);

	free(text);
	return result;
}

static int write_series(const struct format_sink *sink, const struct series *series, bool is_first)
{
	int result = is_first ? 0 : write_text(sink, ",", 1);

	return result < 0 ? result
			  : write_json(sink, series_to_json(series), digits_of_series(series), 0);
}

int snapshot_write_jsonlines(const struct snapshot *snapshot, const struct snapshot_source *source,
			     const char *const *parameters, const struct format_sink *sink)
{
	(void)parameters;
	/* The head is an object that stays open for its last key. */
	int result = write_json(sink, head_to_json(snapshot, source), DIGITS_LEAST, 1);

	if (result == 0)
		result = write_text(sink, ",\"series\":[", strlen(",\"series\":["));
	for (size_t i = 0; result == 0 && i < snapshot_n_series(snapshot); i++)
		result = write_series(sink, snapshot_series(snapshot, i), i == 0);
	return result < 0 ? result : write_text(sink, "]}\n", strlen("]}\n"));
}
