// SPDX-License-Identifier: MIT
/*
 * window-value.h - what a series did in a span of time, packed into few bytes.
 *
 * A counter grew, a histogram got values, a gauge was watched for a while: two such values of
 * spans that follow each other add up to that of both. Packed, a counter takes 2 to 11 bytes, a
 * gauge that did not change 17, another one 41, and a histogram 26 and 2 to 4 for each bucket that
 * is not empty.
 */
#ifndef SONDE_MODEL_WINDOW_VALUE_H
#define SONDE_MODEL_WINDOW_VALUE_H

#include "model/series.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum window_kind {
	WINDOW_NOTHING,
	WINDOW_COUNT,
	WINDOW_FRACTION,
	WINDOW_GAUGE,
	WINDOW_HISTOGRAM,
};

/* All zero: nothing happened. */
struct window_value {
	enum window_kind kind;
	uint64_t count; /* WINDOW_COUNT */
	double number;	/* WINDOW_FRACTION */
	struct {
		double last;
		double min;
		double max;
		double seconds; /* for how long it was watched */
		double area;	/* the integral of the value over them */
	} gauge;
	struct series_histogram histogram;
};

enum { WINDOW_VALUE_MAX = 32 + HISTOGRAM_BUCKETS * 12 }; /* bytes of one that is packed */

/* The value of a difference of a series over some time. */
void window_value_of(const struct series *difference, double seconds,
		     struct window_value *ret_value);

/* Whether it would add nothing. */
bool window_value_is_nothing(const struct window_value *value);

/* Bytes written, at most WINDOW_VALUE_MAX. */
size_t window_value_pack(const struct window_value *value, uint8_t *ret_bytes);

/* Adds a packed value, of a later span than the sum has. */
void window_value_add(struct window_value *sum, const uint8_t *bytes);

#endif
