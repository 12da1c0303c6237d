// SPDX-License-Identifier: MIT
/*
 * histogram.h - the shape of a latency histogram: base-2 exponential, scale 3.
 *
 * Eight buckets an octave, forty octaves, aligned to seconds: the bucket with OpenTelemetry index i
 * holds durations d with 2^(i/8) s < d <= 2^((i+1)/8) s. It exports without loss to OpenTelemetry
 * exponential histograms (the same index) and Prometheus native histograms (index + 1). Bucket b
 * (0 <= b < 320) has OpenTelemetry index b - 208; two more buckets take what lies outside: durations
 * up to 2^-26 s (14.9 ns), and those above 2^14 s (4.5 h).
 *
 * Buckets are stored in rows of one octave, a cache line each, so that a thread touches memory only for
 * the octaves it has seen. The last row holds the two outside buckets.
 *
 * The mapping is exact: each bound is floor(10^9 * 2^(k/8)) ns for some k, by integer arithmetic only,
 * proved against big integers in tests/unit/test-histogram.c.
 *
 * Values that are no durations have the same buckets by another offset: bucket b is then for numbers v
 * with 2^((b + f)/8) < v <= 2^((b + f + 1)/8), where f is the histogram's first index.
 */
#ifndef SONDE_BASE_HISTOGRAM_H
#define SONDE_BASE_HISTOGRAM_H

#include <stdint.h>

enum {
	HISTOGRAM_SCALE = 3,
	HISTOGRAM_ROW_BUCKETS = 8,
	HISTOGRAM_OCTAVES = 40,
	HISTOGRAM_ROWS = HISTOGRAM_OCTAVES + 1,
	HISTOGRAM_INSIDE = HISTOGRAM_OCTAVES * HISTOGRAM_ROW_BUCKETS,
	HISTOGRAM_ZERO = HISTOGRAM_INSIDE,      /* durations up to 2^-26 s */
	HISTOGRAM_OVER = HISTOGRAM_INSIDE + 1,  /* durations above 2^14 s */
	HISTOGRAM_BUCKETS = HISTOGRAM_INSIDE + 2,
	HISTOGRAM_FIRST_INDEX = -208,           /* OpenTelemetry index of bucket 0 */
	HISTOGRAM_FIRST_OF_NUMBERS = -80,       /* the same where values are no durations: from 2^-10 on */
};

/*
 * T[j] of histogram.c, the upper bounds of the eight buckets that cover a mantissa's range (and one that nothing
 * is above), and how many of them lie below each sixteenth of it: one look-up and one comparison find the bucket.
 */
extern const uint64_t histogram_bound[9] __attribute__((visibility("hidden")));
extern const uint8_t histogram_start[16] __attribute__((visibility("hidden")));

/* floor(2^(j/8) * 2^52), j = 0 .. 7: what the mantissa of a double is compared with. */
extern const uint64_t histogram_number_bound[8] __attribute__((visibility("hidden")));

/* Returns the bucket, 0 .. HISTOGRAM_BUCKETS - 1, of a duration in nanoseconds. */
static inline unsigned int histogram_bucket(uint64_t ns)
{
	if (ns < 15)
		return HISTOGRAM_ZERO;
	int exponent = 63 - __builtin_clzll(ns);
	uint64_t mantissa = ns << (63 - exponent);
	unsigned int sub = histogram_start[(mantissa >> 59) & 15];

	sub += mantissa > histogram_bound[sub];
	unsigned int bucket = 8 * (unsigned int)exponent + sub - (240 + HISTOGRAM_FIRST_INDEX);
	return bucket < HISTOGRAM_INSIDE ? bucket : HISTOGRAM_OVER;
}

/* Returns the OpenTelemetry index of a number, which is above 0 and finite. */
static inline int histogram_index(double number)
{
	union {
		double number;
		uint64_t bits;
	} value = {number};
	int exponent = (int)(value.bits >> 52) - 1023;
	uint64_t mantissa = (value.bits & ((1ULL << 52) - 1)) | 1ULL << 52;
	int sub = 0;

	for (int step = 4; step; step /= 2)
		sub += mantissa > histogram_number_bound[sub + step - 1] ? step : 0;
	sub += mantissa > histogram_number_bound[sub];
	return 8 * exponent + sub - 1;
}

/* Returns the bucket of a number that is not negative and finite. */
static inline unsigned int histogram_bucket_of_number(double number, int first_index)
{
	/* Below the least normal number a mantissa has no leading one. */
	if (number < 0x1p-1022)
		return HISTOGRAM_ZERO;
	int bucket = histogram_index(number) - first_index;

	if (bucket < 0)
		return HISTOGRAM_ZERO;
	return bucket < HISTOGRAM_INSIDE ? (unsigned int)bucket : (unsigned int)HISTOGRAM_OVER;
}

/* Largest duration in nanoseconds that bucket holds (UINT64_MAX for HISTOGRAM_OVER). */
uint64_t histogram_upper_ns(unsigned int bucket);

/* Bounds of an inside bucket in seconds: lower exclusive, upper inclusive. */
double histogram_lower_seconds(unsigned int bucket);
double histogram_upper_seconds(unsigned int bucket);

#endif
