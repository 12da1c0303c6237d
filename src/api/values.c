// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One piece of memory: the list, its values, their tags and texts. */
struct value_list {
	struct sonde_metric_values public;
	struct sonde_metric_value values[];
};

enum sonde_type value_type(const struct series *series)
{
	return (enum sonde_type)(series->type - SERIES_COUNTER + SONDE_COUNTER);
}

static size_t text_size(const struct series *series)
{
	size_t size = strlen(series->name) + 1 + strlen(series->unit) + 1;

	for (size_t i = 0; i < series->n_tags; i++)
		size += strlen(series->tags[i].key) + 1 + strlen(series->tags[i].value) + 1;
	return size;
}

static const char *place(char **texts, const char *text)
{
	char *copy = *texts;

	*texts = stpcpy(copy, text) + 1;
	return copy;
}

static void fill_number(const struct series *series, struct sonde_metric_value *value)
{
	value->min = value->max = value->p95 = NAN;
	if (series_has_histogram(series)) {
		const struct series_histogram *histogram = series->value.histogram;

		value->value = histogram->sum;
		value->count = histogram->count;
		value->min = histogram->min;
		value->max = histogram->max;
		value->p95 = series_histogram_quantile(histogram, 0.95);
	} else if (series->type == SERIES_COUNTER && !series->is_fractional) {
		value->value = (double)series->value.count;
		value->count = series->value.count;
	} else {
		value->value = series->value.number;
	}
}

static void fill_value(const struct series *series, int64_t taken_ns, struct sonde_tag **tags,
		       char **texts, struct sonde_metric_value *value)
{
	*value = (struct sonde_metric_value){
		.name = place(texts, series->name),
		.type = value_type(series),
		.unit = sonde_unit_find(series->unit),
		.unit_text = place(texts, series->unit),
		.timestamp = taken_ns,
		.start_time = series_is_cumulative(series) ? series->start_ns : 0,
		.tags = *tags,
		.n_tags = series->n_tags,
	};
	for (size_t i = 0; i < series->n_tags; i++, ++*tags) {
		(*tags)->key = place(texts, series->tags[i].key);
		(*tags)->value = place(texts, series->tags[i].value);
	}
	fill_number(series, value);
}

struct sonde_metric_values *values_new(const struct series *const *series, size_t n_series,
				       int64_t taken_ns)
{
	size_t n_tags = 0;
	size_t texts_size = 0;

	for (size_t i = 0; i < n_series; i++) {
		n_tags += series[i]->n_tags;
		texts_size += text_size(series[i]);
	}
	struct value_list *list = calloc(1, sizeof(*list) + n_series * sizeof(list->values[0]) +
						    n_tags * sizeof(struct sonde_tag) + texts_size);

	if (!list)
		return NULL;
	struct sonde_tag *tags = (struct sonde_tag *)&list->values[n_series];
	char *texts = (char *)(tags + n_tags);

	list->public = (struct sonde_metric_values){n_series, list->values};
	for (size_t i = 0; i < n_series; i++)
		fill_value(series[i], taken_ns, &tags, &texts, &list->values[i]);
	return &list->public;
}

struct sonde_metric_value *values_of(struct sonde_metric_values *list)
{
	return ((struct value_list *)list)->values;
}

struct sonde_metric_value *value_new(const struct series *series, int64_t taken_ns)
{
	struct sonde_metric_value *value = calloc(
		1, sizeof(*value) + series->n_tags * sizeof(struct sonde_tag) + text_size(series));

	if (!value)
		return NULL;
	struct sonde_tag *tags = (struct sonde_tag *)(value + 1);
	char *texts = (char *)(tags + series->n_tags);

	fill_value(series, taken_ns, &tags, &texts, value);
	return value;
}
