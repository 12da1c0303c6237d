// SPDX-License-Identifier: MIT
/*
 * distribution.h - quantiles of a histogram with the buckets of base/histogram.h, in any unit.
 */
#ifndef SONDE_MODEL_DISTRIBUTION_H
#define SONDE_MODEL_DISTRIBUTION_H

#include <stddef.h>
#include <stdint.h>

/* A view: the buckets belong to somebody else. */
struct distribution {
	uint64_t count; /* the sum of the buckets */
	double min;	/* exact, or as near as is known */
	double max;
	double scale; /* of the buckets' bounds: 1 for seconds, 1e9 for nanoseconds, ... */
	uint64_t zero; /* how many are in HISTOGRAM_ZERO */
	uint64_t over; /* and in HISTOGRAM_OVER */
	const uint64_t *inside; /* in the buckets inside from `first` on, n of them; the others are empty */
	unsigned int first;
	unsigned int n;
};

/*
 * The q-quantile (0 <= q <= 1) in the unit of min and max: nearest rank, exponential interpolation
 * inside the bucket, never outside [min, max]. At most 4.4 % off at a bucket's middle, and never by
 * more than one bucket's width (9.05 %). 0 when count is 0.
 */
double distribution_quantile(const struct distribution *distribution, double q);

/* Several of them, in ascending order: one look through the buckets finds them all. */
void distribution_quantiles(const struct distribution *distribution, const double *q, size_t n_quantiles,
			    double *ret_quantiles);

#endif
