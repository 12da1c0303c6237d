// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-emit.h"

#include <errno.h>
#include <string.h>

#include "base/histogram.h"
#include "base/text.h"
#include "host/plugin-tag.h"

/* What the struct of a plugin with an older header is too short for is 0. */
static struct sonde_series read_series(const struct sonde_series *given)
{
	struct sonde_series series = {0};
	size_t size = given->struct_size;

	memcpy(&series, given, size < sizeof(series) ? size : sizeof(series));
	return series;
}

static struct sonde_histogram read_histogram(const struct sonde_histogram *given)
{
	struct sonde_histogram histogram = {0};
	size_t size = given->struct_size;

	memcpy(&histogram, given, size < sizeof(histogram) ? size : sizeof(histogram));
	return histogram;
}

/* From buckets at any offset to those that the model has for the unit. */
static void take_buckets(const struct sonde_histogram *given, struct series_histogram *histogram)
{
	for (uint32_t i = 0; i < given->n_buckets; i++) {
		int64_t bucket = (int64_t)given->offset + i - histogram->first_index;

		if (bucket < 0)
			bucket = HISTOGRAM_ZERO;
		else if (bucket >= HISTOGRAM_INSIDE)
			bucket = HISTOGRAM_OVER;
		histogram->buckets[bucket] += given->buckets[i];
	}
	histogram->buckets[HISTOGRAM_ZERO] += given->zero_count;
	histogram->buckets[HISTOGRAM_OVER] += given->over_count;
}

static int take_histogram(const struct sonde_series *given, struct series_histogram *histogram)
{
	if (!given->histogram)
		return -EINVAL;
	const struct sonde_histogram read = read_histogram(given->histogram);

	if (read.scale != HISTOGRAM_SCALE)
		return -ENOTSUP;
	if (read.n_buckets && !read.buckets)
		return -EINVAL;
	*histogram = (struct series_histogram){
		.count = read.count,
		.sum = read.sum,
		.min = read.min,
		.max = read.max,
		.first_index =
			strcmp(given->unit, "s") == 0 ? HISTOGRAM_FIRST_INDEX : SERIES_FIRST_INDEX,
	};
	take_buckets(&read, histogram);
	return 0;
}

static int take_type(uint32_t given, enum series_type *ret_type)
{
	static const enum series_type types[] = {
		[SONDE_TYPE_COUNTER] = SERIES_COUNTER,	   [SONDE_TYPE_GAUGE] = SERIES_GAUGE,
		[SONDE_TYPE_HISTOGRAM] = SERIES_HISTOGRAM, [SONDE_TYPE_TIMER] = SERIES_TIMER,
		[SONDE_TYPE_RATE] = SERIES_RATE,
	};

	if (given == 0 || given >= sizeof(types) / sizeof(types[0]))
		return -EINVAL;
	*ret_type = types[given];
	return 0;
}

static int take_series(const struct sonde_series *given, struct series *series,
		       struct series_histogram *histogram)
{
	*series = (struct series){
		.name = given->name,
		.tags = plugin_tags_take(given->tags),
		.n_tags = given->n_tags,
		.is_fractional = (given->flags & SONDE_SERIES_FRACTIONAL) != 0,
		.unit = given->unit,
		.start_ns = given->start_ns,
	};
	if (!series->name || !series->unit || (series->n_tags && !series->tags))
		return -EINVAL;
	if (text_starts_with(series->name, "libc.") || text_starts_with(series->name, "sonde."))
		return -EINVAL;
	int result = take_type(given->type, &series->type);

	if (result < 0)
		return result;
	if (series_has_histogram(series)) {
		series->value.histogram = histogram;
		return take_histogram(given, histogram);
	}
	if (series->type == SERIES_COUNTER && !series->is_fractional)
		series->value.count = given->count;
	else
		series->value.number = given->number;
	return 0;
}

int plugin_emit_series(struct sonde_emit *emit, const struct sonde_series *given)
{
	struct series series;
	struct series_histogram histogram;
	const struct sonde_series read = read_series(given);
	int result = take_series(&read, &series, &histogram);

	if (result == 0)
		result = emitter_add(emit->emitter, &series);
	if (result < 0)
		health_count(emit->health, COUNT_SERIES_REFUSED, 1);
	return result;
}
