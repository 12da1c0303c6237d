// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/series-check.h"

#include <math.h>
#include <string.h>

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whatever the locale says. */
static bool may_be_in_name(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || (c && strchr("_.-/", c));
}

bool series_name_is_valid(const char *name)
{
	size_t len = 0;

	if (!name || !is_letter(name[0]))
		return false;
	while (may_be_in_name(name[len]))
		len++;
	return !name[len] && len <= SERIES_NAME_MAX;
}

static bool unit_is_valid(const char *unit)
{
	size_t len = 0;

	if (!unit)
		return false;
	while (unit[len] >= ' ' && unit[len] <= '~')
		len++;
	return !unit[len] && len <= SERIES_UNIT_MAX;
}

static bool tags_are_valid(const struct tag *tags, size_t n_tags)
{
	if (n_tags > SERIES_TAGS_MAX)
		return false;
	for (size_t i = 0; i < n_tags; i++) {
		if (!tags[i].key || !tags[i].value || !tags[i].key[0] ||
		    strlen(tags[i].key) > SERIES_KEY_MAX ||
		    strlen(tags[i].value) > SERIES_VALUE_MAX)
			return false;
		if (i > 0 && strcmp(tags[i - 1].key, tags[i].key) >= 0)
			return false;
	}
	return true;
}

static bool is_amount(double number)
{
	return isfinite(number) && number >= 0;
}

static bool histogram_is_valid(const struct series_histogram *histogram, const char *unit)
{
	uint64_t count = 0;

	if (!histogram || !isfinite(histogram->sum) || !isfinite(histogram->min) ||
	    !isfinite(histogram->max) || histogram->min > histogram->max ||
	    histogram->first_index != series_first_index(unit))
		return false;
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
		if (__builtin_add_overflow(count, histogram->buckets[i], &count))
			return false;
	return count == histogram->count;
}

static bool value_is_valid(const struct series *series)
{
	switch (series->type) {
	case SERIES_COUNTER:
		return !series->is_fractional || is_amount(series->value.number);
	case SERIES_GAUGE:
		return true;
	case SERIES_HISTOGRAM:
	case SERIES_TIMER:
		return histogram_is_valid(series->value.histogram, series->unit);
	case SERIES_RATE:
		return is_amount(series->value.number);
	}
	return false;
}

bool series_is_valid(const struct series *series)
{
	return series_name_is_valid(series->name) && unit_is_valid(series->unit) &&
	       tags_are_valid(series->tags, series->n_tags) && value_is_valid(series);
}
