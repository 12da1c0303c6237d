// SPDX-License-Identifier: MIT
/*
 * The bounds of a base-2 exponential histogram aligned to seconds are 10^9 * 2^(k/8) nanoseconds. A
 * duration v = mantissa * 2^(exponent - 63) is scaled so that its highest bit is bit 63; then only eight
 * bounds, one for each k modulo 8, have to be known to 64 bits, and no bound is a whole number, so that
 * comparing with the rounded-down value decides exactly. Only 10^9 itself is whole, and its bucket's
 * upper bound is inclusive.
 */
#include "config.h"

#include "base/histogram.h"

/* floor(10^9 * 2^((j - 7) / 8) * 2^34) */
const uint64_t histogram_bound[9] = {
	0x81ffa7a9549ca6e3, 0x8dc3b8960164a7d9, 0x9a9867054d512391, 0xa8965f74bf065071,
	0xb7d88a12d0dd9ea0, 0xc87c3e7d03cdbec3, 0xdaa17c2cd19555db, 0xee6b280000000000,
	UINT64_MAX,
};

const uint8_t histogram_start[16] = {0, 1, 2, 2, 3, 3, 4, 5, 5, 5, 6, 6, 7, 7, 8, 8};

const uint64_t histogram_number_bound[8] = {
	0x10000000000000, 0x1172b83c7d517a, 0x1306fe0a31b715, 0x14bfdad5362a27,
	0x16a09e667f3bcc, 0x18ace5422aa0db, 0x1ae89f995ad3ad, 0x1d5818dcfba487,
};

/* 2^(j/8) */
static const double eighth_power[8] = {
	1.0,
	1.0905077326652577,
	1.189207115002721,
	1.2968395546510096,
	1.4142135623730951,
	1.5422108254079407,
	1.681792830507429,
	1.8340080864093424,
};

uint64_t histogram_upper_ns(unsigned int bucket)
{
	if (bucket == HISTOGRAM_ZERO)
		return 14;
	if (bucket >= HISTOGRAM_OVER)
		return UINT64_MAX;
	unsigned int position = bucket + HISTOGRAM_FIRST_INDEX + 240;

	return histogram_bound[position % 8] >> (63 - position / 8);
}

/* 2^(k/8) seconds */
static double bound_seconds(int k)
{
	int octave = (k + 8 * 64) / 8 - 64;
	double fraction = eighth_power[(k + 8 * 64) % 8];

	return octave >= 0 ? fraction * (double)(1ULL << octave)
			   : fraction / (double)(1ULL << -octave);
}

double histogram_lower_seconds(unsigned int bucket)
{
	return bound_seconds((int)bucket + HISTOGRAM_FIRST_INDEX);
}

double histogram_upper_seconds(unsigned int bucket)
{
	return bound_seconds((int)bucket + HISTOGRAM_FIRST_INDEX + 1);
}
