// SPDX-License-Identifier: MIT
/*
 * Numbers that JSON does not have, NaN and the infinities of gauges, are written as the texts
 * "NaN", "Infinity" and "-Infinity".
 */
#include "config.h"

#include "format/metrics-json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "format/json-text.h"
#include "model/series-check.h"

/* An object on its way; it becomes NULL when a value cannot be made. */
static void set(json_t **object, const char *key, json_t *value)
{
	if (json_object_set_new(*object, key, value) == 0)
		return;
	json_decref(*object);
	*object = NULL;
}

static void append(json_t **array, json_t *value)
{
	if (json_array_append_new(*array, value) == 0)
		return;
	json_decref(*array);
	*array = NULL;
}

static json_t *number_to_json(double number)
{
	if (isnan(number))
		return json_string("NaN");
	if (isinf(number))
		return json_string(number > 0 ? "Infinity" : "-Infinity");
	return real_to_json(number);
}

static json_t *tags_to_json(const struct series *series)
{
	json_t *object = json_object();

	for (size_t i = 0; i < series->n_tags; i++) {
		json_t *key = text_to_json(series->tags[i].key);

		set(&object, json_string_value(key), text_to_json(series->tags[i].value));
		json_decref(key);
	}
	return object;
}

/* Buckets from the first to the last that is not empty. */
static json_t *buckets_to_json(const struct series_histogram *histogram)
{
	const uint64_t *buckets = histogram->buckets;
	json_t *object = json_object();
	json_t *array = json_array();
	int first = 0;
	int end = HISTOGRAM_INSIDE;

	while (end > 0 && !buckets[end - 1])
		end--;
	while (first < end && !buckets[first])
		first++;
	for (int i = first; i < end; i++)
		append(&array, count_to_json(buckets[i]));
	set(&object, "scale", json_integer(HISTOGRAM_SCALE));
	set(&object, "zero_count", count_to_json(buckets[HISTOGRAM_ZERO]));
	set(&object, "over_count", count_to_json(buckets[HISTOGRAM_OVER]));
	set(&object, "offset", json_integer(end ? first + histogram->first_index : 0));
	set(&object, "buckets", array);
	return object;
}

static void set_histogram(json_t **object, const struct series_histogram *histogram)
{
	static const struct {
		const char *key;
		double q;
	} quantiles[] = {
		{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999},
	};

	set(object, "count", count_to_json(histogram->count));
	set(object, "sum", json_real(histogram->sum));
	set(object, "min", json_real(histogram->min));
	set(object, "max", json_real(histogram->max));
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		set(object, quantiles[i].key,
		    json_real(series_histogram_quantile(histogram, quantiles[i].q)));
	set(object, "histogram", buckets_to_json(histogram));
}

json_t *series_to_json(const struct series *series)
{
	json_t *object = json_object();

	set(&object, "name", text_to_json(series->name));
	set(&object, "type", json_string(series_type_name(series->type)));
	set(&object, "unit", text_to_json(series->unit));
	set(&object, "tags", tags_to_json(series));
	if (series_is_cumulative(series))
		set(&object, "start", instant_to_json(series->start_ns));
	if (series->is_signed)
		set(&object, "signed", json_true());
	if (series_has_histogram(series))
		set_histogram(&object, series->value.histogram);
	else if (series->type == SERIES_COUNTER && !series->is_fractional)
		set(&object, "value", count_to_json(series->value.count));
	else
		set(&object, "value", number_to_json(series->value.number));
	return object;
}

static int compare_entries(const void *left, const void *right)
{
	return series_compare((*(const struct metric_entry *const *)left)->series,
			      (*(const struct metric_entry *const *)right)->series);
}

json_t *metric_list_to_json(const struct metric_list *list)
{
	const struct metric_entry **sorted = calloc(list->n_entries + 1, sizeof(*sorted));
	json_t *array = sorted ? json_array() : NULL;

	for (size_t i = 0; sorted && i < list->n_entries; i++)
		sorted[i] = &list->entries[i];
	if (sorted)
		qsort(sorted, list->n_entries, sizeof(*sorted), compare_entries);
	for (size_t i = 0; array && i < list->n_entries; i++)
		append(&array, series_to_json(sorted[i]->series));
	free(sorted);
	return array;
}

json_t *snapshot_to_json(const struct snapshot *snapshot)
{
	json_t *object = json_object();
	json_t *array = json_array();

	for (size_t i = 0; array && i < snapshot_n_series(snapshot); i++)
		append(&array, series_to_json(snapshot_series(snapshot, i)));
	set(&object, "schema", json_string("sonde.metrics/1"));
	set(&object, "taken", instant_to_json(snapshot_taken_ns(snapshot)));
	set(&object, "metrics", array);
	return object;
}

/* -- Back ------------------------------------------------------------------------------------- */

/* One series while it is read: what it points to lies in the document. */
struct reading {
	struct series series;
	struct tag tags[SERIES_TAGS_MAX];
	struct series_histogram histogram;
};

static enum series_type read_type(struct json_reader *reader, const json_t *object)
{
	const char *name = reader_text(reader, object, "type");

	for (unsigned int type = SERIES_COUNTER; type <= SERIES_RATE; type++)
		if (strcmp(name, series_type_name(type)) == 0)
			return type;
	reader_complain(reader, "type", "\"%.40s\" is no type of a series", name);
	return SERIES_GAUGE;
}

static double read_number(struct json_reader *reader, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	const char *text = json_string_value(value);

	if (json_is_number(value))
		return json_number_value(value);
	if (text && strcmp(text, "NaN") == 0)
		return NAN;
	if (text && strcmp(text, "Infinity") == 0)
		return INFINITY;
	if (text && strcmp(text, "-Infinity") == 0)
		return -INFINITY;
	reader_complain_type(reader, key, value, "a number");
	return 0;
}

static void read_tags(struct json_reader *reader, const json_t *object, struct reading *reading)
{
	json_t *tags = (json_t *)reader_object(reader, object, "tags");
	const char *key;
	json_t *value;

	if (json_object_size(tags) > SERIES_TAGS_MAX) {
		reader_complain(reader, "tags", "%zu are too many, at most %d are possible",
				json_object_size(tags), SERIES_TAGS_MAX);
		return;
	}
	json_object_foreach(tags, key, value)
	{
		if (!json_is_string(value)) {
			reader_complain_type(reader, "tags", value, "strings only");
			return;
		}
		reading->tags[reading->series.n_tags++] =
			(struct tag){key, json_string_value(value)};
	}
	tags_sort(reading->tags, reading->series.n_tags);
}

static void read_buckets(struct json_reader *reader, const json_t *object,
			 struct series_histogram *histogram)
{
	const json_t *array = reader_array(reader, object, "buckets");
	int64_t offset = reader_integer(reader, object, "offset", INT32_MIN, INT32_MAX);

	histogram->count = 0;
	if (reader->error)
		return;
	histogram->buckets[HISTOGRAM_ZERO] = reader_count(reader, object, "zero_count");
	histogram->buckets[HISTOGRAM_OVER] = reader_count(reader, object, "over_count");
	histogram->count = histogram->buckets[HISTOGRAM_ZERO] + histogram->buckets[HISTOGRAM_OVER];
	for (size_t i = 0; !reader->error && i < json_array_size(array); i++) {
		const json_t *value = json_array_get(array, i);

		if (!json_is_integer(value) || json_integer_value(value) < 0)
			reader_complain_type(reader, "buckets", value, "counts only");
		else
			series_histogram_enter(histogram, offset + (int64_t)i,
					       (uint64_t)json_integer_value(value));
	}
}

static void read_histogram(struct json_reader *reader, const json_t *object,
			   struct reading *reading)
{
	struct series_histogram *histogram = &reading->histogram;
	const json_t *buckets = reader_object(reader, object, "histogram");
	size_t back = reader_enter(reader, "histogram", -1);

	histogram->first_index = series_first_index(reading->series.unit);
	histogram->sum = read_number(reader, object, "sum");
	histogram->min = read_number(reader, object, "min");
	histogram->max = read_number(reader, object, "max");
	if (buckets)
		read_buckets(reader, buckets, histogram);
	reading->series.value.histogram = histogram;
	reader_leave(reader, back);
}

static void read_value(struct json_reader *reader, const json_t *object, struct reading *reading)
{
	struct series *series = &reading->series;

	if (series_is_cumulative(series))
		series->start_ns = reader_instant(reader, object, "start");
	if (json_object_get(object, "signed"))
		series->is_signed = reader_boolean(reader, object, "signed");
	if (series_has_histogram(series))
		read_histogram(reader, object, reading);
	else if (series->type == SERIES_COUNTER &&
		 json_is_integer(json_object_get(object, "value")))
		series->value.count = reader_count(reader, object, "value");
	else
		series->value.number = read_number(reader, object, "value");
	series->is_fractional = series->type == SERIES_COUNTER &&
				!json_is_integer(json_object_get(object, "value"));
}

static void read_series(struct json_reader *reader, const json_t *object, struct metric_list *list)
{
	struct reading reading = {.series = {
					  .name = reader_text(reader, object, "name"),
					  .unit = reader_text(reader, object, "unit"),
					  .type = read_type(reader, object),
				  }};

	reading.series.tags = reading.tags;
	read_tags(reader, object, &reading);
	read_value(reader, object, &reading);
	if (reader->error)
		return;
	if (!series_is_valid(&reading.series))
		reader_complain(reader, "name", "\"%.40s\" is not a series", reading.series.name);
	else if (metric_list_find(list, &reading.series))
		reader_complain(reader, "name", "\"%.40s\" is there twice", reading.series.name);
	else if (metric_list_add(list, &reading.series, MERGE_LAST, 0))
		reader_out_of_memory(reader);
}

void metric_list_from_json(struct json_reader *reader, const json_t *document,
			   struct metric_list *ret_list)
{
	const json_t *array = reader_array(reader, document, "metrics");

	for (size_t i = 0; !reader->error && i < json_array_size(array); i++) {
		size_t back = reader_enter(reader, "metrics", (long)i);

		read_series(reader, json_array_get(array, i), ret_list);
		reader_leave(reader, back);
	}
}
