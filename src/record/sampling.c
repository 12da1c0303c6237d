// SPDX-License-Identifier: MIT
/*
 * Logarithm and exponential function are series, because libm is not there. They are good to 1e-9, which is far less than
 * what chance adds.
 */
#include "config.h"

#include "record/sampling.h"

#define LN2 0.69314718055994530942
#define GAP_MOST 45.0 /* periods: longer ones have a probability of 1e-20 */

/* Of 1 <= x < 2: 2 artanh((x - 1) / (x + 1)). */
static double log_of_fraction(double x)
{
	double z = (x - 1) / (x + 1);
	double square = z * z;
	double sum = 0;

	for (int n = 19; n >= 1; n -= 2)
		sum = sum * square + 1.0 / n;
	return 2 * z * sum;
}

uint64_t sampling_gap(uint64_t random, uint64_t period)
{
	/* Uniform in (0, 1], as a binary fraction times a power of two. */
	uint64_t bits = random >> 11 ? random >> 11 : 1;
	int exponent = 63 - __builtin_clzll(bits);
	double fraction = (double)bits / (double)(UINT64_C(1) << exponent);
	double gap = (53 - exponent) * LN2 - log_of_fraction(fraction);

	gap = (gap < GAP_MOST ? gap : GAP_MOST) * (double)period;
	return gap < 0x1p62 ? (uint64_t)gap + 1 : UINT64_MAX / 4;
}

/* 1 - exp(-x), precise also for a small x. */
static double probability(double x)
{
	int n_halved = 0;
	double sum = 0;

	if (x > GAP_MOST)
		return 1;
	for (; x > 0.25; x /= 2)
		n_halved++;
	for (int n = 10; n >= 1; n--)
		sum = (sum - 1) * -x / n;
	/* 1 - exp(-2x) = p (2 - p) */
	for (; n_halved; n_halved--)
		sum = sum * (2 - sum);
	return sum;
}

/* Rounded up as often as the fraction says: else each large block would add the same error to sums. */
uint64_t sampling_weight(uint64_t size, uint64_t period, uint64_t scale, uint64_t random)
{
	if (period <= 1)
		return scale;
	return (uint64_t)((double)scale / probability((double)size / (double)period) + (double)(random >> 11) * 0x1p-53);
}
