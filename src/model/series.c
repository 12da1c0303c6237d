// SPDX-License-Identifier: MIT
/*
 * A series is one piece of memory: the structure, its histogram, its exemplars, its tags and its strings follow
 * each other, so that freeing one is a single free(). Values are added and subtracted bucket by
 * bucket; what cannot be known of a difference, its extremes, is bounded by the buckets that are
 * not empty.
 */
#include "config.h"

#include "model/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/distribution.h"

static int compare_tags(const void *a, const void *b)
{
	const struct tag *left = a;
	const struct tag *right = b;
	int order = strcmp(left->key, right->key);

	return order ? order : strcmp(left->value, right->value);
}

void tags_sort(struct tag *tags, size_t n_tags)
{
	if (n_tags)
		qsort(tags, n_tags, sizeof(*tags), compare_tags);
}

int series_compare(const struct series *left, const struct series *right)
{
	int order = strcmp(left->name, right->name);

	for (size_t i = 0; !order; i++) {
		if (i == left->n_tags || i == right->n_tags)
			return (left->n_tags > right->n_tags) - (left->n_tags < right->n_tags);
		order = compare_tags(&left->tags[i], &right->tags[i]);
	}
	return order;
}

bool series_has_histogram(const struct series *series)
{
	return series->type == SERIES_HISTOGRAM || series->type == SERIES_TIMER;
}

bool series_is_cumulative(const struct series *series)
{
	return series->type == SERIES_COUNTER || series_has_histogram(series);
}

static size_t strings_size(const struct series *series)
{
	size_t size = strlen(series->name) + 1 + strlen(series->unit) + 1;

	for (size_t i = 0; i < series->n_tags; i++)
		size += strlen(series->tags[i].key) + 1 + strlen(series->tags[i].value) + 1;
	return size;
}

static size_t histogram_size(const struct series *series)
{
	return series_has_histogram(series) ? sizeof(struct series_histogram) : 0;
}

size_t series_size(const struct series *series)
{
	return sizeof(*series) + histogram_size(series) + series->n_exemplars * sizeof(struct exemplar) +
	       series->n_tags * sizeof(struct tag) + strings_size(series);
}

/* Copies a string to *place, which moves past it. */
static const char *place_string(char **place, const char *string)
{
	char *copy = *place;

	*place = stpcpy(copy, string) + 1;
	return copy;
}

struct series *series_copy(const struct series *original)
{
	struct series *series = malloc(series_size(original));

	if (!series)
		return NULL;
	*series = *original;

	struct series_histogram *histogram = (struct series_histogram *)(series + 1);
	struct exemplar *exemplars = (struct exemplar *)((char *)histogram + histogram_size(original));
	struct tag *tags = (struct tag *)(exemplars + original->n_exemplars);
	char *place = (char *)(tags + original->n_tags);

	if (series_has_histogram(original)) {
		*histogram = *original->value.histogram;
		series->value.histogram = histogram;
	}
	if (original->n_exemplars)
		memcpy(exemplars, original->exemplars, original->n_exemplars * sizeof(*exemplars));
	series->exemplars = exemplars;
	for (size_t i = 0; i < original->n_tags; i++) {
		tags[i].key = place_string(&place, original->tags[i].key);
		tags[i].value = place_string(&place, original->tags[i].value);
	}
	tags_sort(tags, original->n_tags);
	series->tags = tags;
	series->name = place_string(&place, original->name);
	series->unit = place_string(&place, original->unit);
	return series;
}

/* ------------------------------------------------------------------------------------ histograms
 */

/* What bounds in seconds are multiplied with. */
static double bounds_scale(const struct series_histogram *histogram)
{
	return ldexp(1, (histogram->first_index - HISTOGRAM_FIRST_INDEX) / HISTOGRAM_ROW_BUCKETS);
}

double series_histogram_quantile(const struct series_histogram *histogram, double q)
{
	const struct distribution distribution = {
		.count = histogram->count,
		.min = histogram->min,
		.max = histogram->max,
		.scale = bounds_scale(histogram),
		.zero = histogram->buckets[HISTOGRAM_ZERO],
		.over = histogram->buckets[HISTOGRAM_OVER],
		.inside = histogram->buckets,
		.n = HISTOGRAM_INSIDE,
	};

	return distribution_quantile(&distribution, q);
}

int series_first_index(const char *unit)
{
	return strcmp(unit, "s") == 0 ? HISTOGRAM_FIRST_INDEX : SERIES_FIRST_INDEX;
}

void series_histogram_enter(struct series_histogram *histogram, int64_t index, uint64_t count)
{
	int64_t bucket = index - histogram->first_index;

	if (bucket < 0)
		bucket = HISTOGRAM_ZERO;
	else if (bucket >= HISTOGRAM_INSIDE)
		bucket = HISTOGRAM_OVER;
	histogram->buckets[bucket] += count;
	histogram->count += count;
}

void series_histogram_add(struct series_histogram *sum, const struct series_histogram *more)
{
	if (!more->count)
		return;
	sum->min = sum->count ? fmin(sum->min, more->min) : more->min;
	sum->max = sum->count ? fmax(sum->max, more->max) : more->max;
	sum->count += more->count;
	sum->sum += more->sum;
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
		sum->buckets[i] += more->buckets[i];
}

/* The lower bound of the lowest bucket that is not empty; -INFINITY: it has none. */
static double lowest_bound(const struct series_histogram *histogram)
{
	unsigned int bucket = 0;

	if (histogram->buckets[HISTOGRAM_ZERO])
		return -INFINITY;
	while (bucket < HISTOGRAM_INSIDE && !histogram->buckets[bucket])
		bucket++;
	return histogram_lower_seconds(bucket) * bounds_scale(histogram);
}

/* The upper bound of the highest; INFINITY: it has none. */
static double highest_bound(const struct series_histogram *histogram)
{
	unsigned int bucket = HISTOGRAM_INSIDE;

	if (histogram->buckets[HISTOGRAM_OVER])
		return INFINITY;
	while (bucket > 0 && !histogram->buckets[bucket - 1])
		bucket--;
	return histogram_lower_seconds(bucket) * bounds_scale(histogram);
}

/* Extremes of both are known; a new one came in between. */
static void subtract_extremes(struct series_histogram *histogram,
			      const struct series_histogram *older)
{
	if (!histogram->count) {
		histogram->min = histogram->max = 0;
		return;
	}
	if (histogram->min >= older->min)
		histogram->min = fmax(histogram->min, lowest_bound(histogram));
	if (histogram->max <= older->max)
		histogram->max = fmin(histogram->max, highest_bound(histogram));
}

static void subtract_histogram(struct series_histogram *histogram,
			       const struct series_histogram *older)
{
	if (!older->count)
		return;
	histogram->count -= older->count;
	histogram->sum -= older->sum;
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
		histogram->buckets[i] -= older->buckets[i];
	subtract_extremes(histogram, older);
}

static bool histogram_has_fallen(const struct series_histogram *newer,
				 const struct series_histogram *older)
{
	if (newer->first_index != older->first_index)
		return true;
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
		if (newer->buckets[i] < older->buckets[i])
			return true;
	return false;
}

/* ------------------------------------------------------------------------------------- exemplars
 */

/* Keeps those of a copy that `stays` is true of; there are few. */
static void keep_exemplars(struct series *series, const void *argument,
			   bool (*stays)(const struct exemplar *exemplar, const struct series *series,
					 const void *argument))
{
	struct exemplar *exemplars = (struct exemplar *)series->exemplars;
	size_t n_kept = 0;

	for (size_t i = 0; i < series->n_exemplars; i++)
		if (stays(&exemplars[i], series, argument))
			exemplars[n_kept++] = exemplars[i];
	series->n_exemplars = n_kept;
}

static bool is_later(const struct exemplar *exemplar, const struct series *series, const void *until_ns)
{
	(void)series;
	return exemplar->time_ns > *(const int64_t *)until_ns;
}

void series_forget_exemplars(struct series *series, int64_t until_ns)
{
	keep_exemplars(series, &until_ns, is_later);
}

static bool is_same_exemplar(const struct exemplar *left, const struct exemplar *right)
{
	return left->bucket == right->bucket && left->time_ns == right->time_ns && left->tid == right->tid;
}

/* The older one did not have it, and its bucket has grown. */
static bool has_come_since(const struct exemplar *exemplar, const struct series *difference, const void *argument)
{
	const struct series *older = argument;

	for (size_t i = 0; i < older->n_exemplars; i++)
		if (is_same_exemplar(&older->exemplars[i], exemplar))
			return false;
	return difference->value.histogram->buckets[exemplar->bucket] > 0;
}

/* ---------------------------------------------------------------------------------------- values
 */

static bool value_has_fallen(const struct series *newer, const struct series *older)
{
	if (series_has_histogram(newer))
		return histogram_has_fallen(newer->value.histogram, older->value.histogram);
	if (newer->is_fractional)
		return newer->value.number < older->value.number;
	return newer->value.count < older->value.count;
}

bool series_has_restarted(const struct series *newer, const struct series *older)
{
	if (newer->type != older->type || newer->is_fractional != older->is_fractional)
		return true;
	if (!series_is_cumulative(newer))
		return false;
	return newer->start_ns > older->start_ns || value_has_fallen(newer, older);
}

struct series *series_difference(const struct series *newer, const struct series *older)
{
	struct series *difference = series_copy(newer);

	if (!difference || !older || !series_is_cumulative(newer) ||
	    series_has_restarted(newer, older))
		return difference;
	if (series_has_histogram(newer)) {
		subtract_histogram(difference->value.histogram, older->value.histogram);
		keep_exemplars(difference, older, has_come_since);
	} else if (newer->is_fractional) {
		difference->value.number -= older->value.number;
	} else {
		difference->value.count -= older->value.count;
		if (!difference->value.count)
			difference->n_exemplars = 0;
	}
	return difference;
}

void series_add(struct series *sum, const struct series *more)
{
	if (series_has_histogram(sum))
		series_histogram_add(sum->value.histogram, more->value.histogram);
	else if (sum->type == SERIES_COUNTER && !sum->is_fractional)
		sum->value.count += more->value.count;
	else if (sum->type == SERIES_COUNTER)
		sum->value.number += more->value.number;
	else
		sum->value = more->value;
}

const char *series_type_name(enum series_type type)
{
	static const char *const names[] = {
		[SERIES_COUNTER] = "counter",	  [SERIES_GAUGE] = "gauge",
		[SERIES_HISTOGRAM] = "histogram", [SERIES_TIMER] = "timer",
		[SERIES_RATE] = "rate",
	};

	return names[type];
}
