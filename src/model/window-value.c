// SPDX-License-Identifier: MIT
/*
 * Whole numbers are written seven bits a byte, the lowest first, the eighth bit telling that more
 * follow. Buckets are pairs of how many empty ones come before and the count; a count of 0 ends
 * them.
 */
#include "config.h"

#include "model/window-value.h"

#include <math.h>
#include <string.h>

/* Where a packed value is written or read. */
struct place {
	uint8_t *bytes;
};

static void put_number(struct place *place, uint64_t number)
{
	while (number >= 0x80) {
		*place->bytes++ = (uint8_t)(number | 0x80);
		number >>= 7;
	}
	*place->bytes++ = (uint8_t)number;
}

static void put_double(struct place *place, double number)
{
	memcpy(place->bytes, &number, sizeof(number));
	place->bytes += sizeof(number);
}

static uint64_t get_number(const uint8_t **bytes)
{
	uint64_t number = 0;
	unsigned int shift = 0;

	while (**bytes & 0x80) {
		number |= (uint64_t)(*(*bytes)++ & 0x7f) << shift;
		shift += 7;
	}
	return number | (uint64_t) * (*bytes)++ << shift;
}

static double get_double(const uint8_t **bytes)
{
	double number;

	memcpy(&number, *bytes, sizeof(number));
	*bytes += sizeof(number);
	return number;
}

void window_value_of(const struct series *difference, double seconds,
		     struct window_value *ret_value)
{
	*ret_value = (struct window_value){0};
	if (series_has_histogram(difference)) {
		ret_value->kind = WINDOW_HISTOGRAM;
		ret_value->histogram = *difference->value.histogram;
	} else if (difference->type != SERIES_COUNTER) {
		double number = difference->value.number;

		ret_value->kind = WINDOW_GAUGE;
		ret_value->gauge.last = ret_value->gauge.min = ret_value->gauge.max = number;
		ret_value->gauge.seconds = seconds;
		ret_value->gauge.area = number * seconds;
	} else if (difference->is_fractional) {
		ret_value->kind = WINDOW_FRACTION;
		ret_value->number = difference->value.number;
	} else {
		ret_value->kind = WINDOW_COUNT;
		ret_value->count = difference->value.count;
	}
}

bool window_value_is_nothing(const struct window_value *value)
{
	switch (value->kind) {
	case WINDOW_NOTHING:
		return true;
	case WINDOW_COUNT:
		return value->count == 0;
	case WINDOW_FRACTION:
		return value->number == 0;
	case WINDOW_GAUGE:
		return false;
	case WINDOW_HISTOGRAM:
		return value->histogram.count == 0;
	}
	return true;
}

static void pack_histogram(const struct series_histogram *histogram, struct place *place)
{
	unsigned int n_empty = 0;

	put_double(place, histogram->sum);
	put_double(place, histogram->min);
	put_double(place, histogram->max);
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (!histogram->buckets[i]) {
			n_empty++;
			continue;
		}
		put_number(place, n_empty);
		put_number(place, histogram->buckets[i]);
		n_empty = 0;
	}
	put_number(place, 0);
	put_number(place, 0);
}

static void pack_gauge(const struct window_value *value, struct place *place)
{
	/* A gauge that is no number has changed: it is not equal to itself. */
	bool has_changed =
		!(value->gauge.min == value->gauge.last && value->gauge.max == value->gauge.last);

	*place->bytes++ = has_changed;
	put_double(place, value->gauge.last);
	put_double(place, value->gauge.seconds);
	if (!has_changed)
		return;
	put_double(place, value->gauge.min);
	put_double(place, value->gauge.max);
	put_double(place, value->gauge.area);
}

size_t window_value_pack(const struct window_value *value, uint8_t *ret_bytes)
{
	struct place place = {ret_bytes};

	*place.bytes++ = (uint8_t)value->kind;
	switch (value->kind) {
	case WINDOW_NOTHING:
		break;
	case WINDOW_COUNT:
		put_number(&place, value->count);
		break;
	case WINDOW_FRACTION:
		put_double(&place, value->number);
		break;
	case WINDOW_GAUGE:
		pack_gauge(value, &place);
		break;
	case WINDOW_HISTOGRAM:
		pack_histogram(&value->histogram, &place);
		break;
	}
	return (size_t)(place.bytes - ret_bytes);
}

static void add_histogram(struct series_histogram *sum, const uint8_t *bytes)
{
	double values = get_double(&bytes);
	double min = get_double(&bytes);
	double max = get_double(&bytes);
	unsigned int bucket = 0;

	sum->min = sum->count ? fmin(sum->min, min) : min;
	sum->max = sum->count ? fmax(sum->max, max) : max;
	sum->sum += values;
	for (;;) {
		bucket += (unsigned int)get_number(&bytes);
		uint64_t count = get_number(&bytes);

		if (!count)
			return;
		sum->buckets[bucket++] += count;
		sum->count += count;
	}
}

static void add_gauge(struct window_value *sum, bool is_first, const uint8_t *bytes)
{
	bool has_changed = *bytes++;
	double last = get_double(&bytes);
	double seconds = get_double(&bytes);
	double min = has_changed ? get_double(&bytes) : last;
	double max = has_changed ? get_double(&bytes) : last;

	sum->gauge.area += has_changed ? get_double(&bytes) : last * seconds;
	sum->gauge.seconds += seconds;
	sum->gauge.last = last;
	sum->gauge.min = is_first ? min : fmin(sum->gauge.min, min);
	sum->gauge.max = is_first ? max : fmax(sum->gauge.max, max);
}

void window_value_add(struct window_value *sum, const uint8_t *bytes)
{
	bool is_first = sum->kind == WINDOW_NOTHING;

	sum->kind = (enum window_kind) * bytes++;
	switch (sum->kind) {
	case WINDOW_NOTHING:
		break;
	case WINDOW_COUNT:
		sum->count += get_number(&bytes);
		break;
	case WINDOW_FRACTION:
		sum->number += get_double(&bytes);
		break;
	case WINDOW_GAUGE:
		add_gauge(sum, is_first, bytes);
		break;
	case WINDOW_HISTOGRAM:
		add_histogram(&sum->histogram, bytes);
		break;
	}
}
