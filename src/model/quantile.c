// SPDX-License-Identifier: MIT
/*
 * Quantiles by nearest rank. Of n durations in ascending order, the q-quantile is the one of rank
 * r = max(1, ceil(q n)). The bucket that holds it is known; where in the bucket is not, so the c
 * durations of a bucket are taken to lie evenly on the bucket's logarithmic scale: the k-th of them
 * at lower * (upper / lower)^((k - 1/2) / c). The result is clamped to the exact least and greatest
 * duration. The middle of a bucket is at most 2^(1/16) - 1 = 4.4 % from its ends.
 */
#include "config.h"

#include "model/recording.h"

#include <float.h>
#include <math.h>

struct bounds {
	double lower_ns;
	double upper_ns;
};

/* The outside buckets have one bound; the exact extremes stand in for the other. */
static struct bounds bucket_bounds(const struct call_totals *totals, unsigned int bucket)
{
	if (bucket == HISTOGRAM_ZERO)
		return (struct bounds){(double)totals->min_ns, histogram_lower_seconds(0) * 1e9};
	if (bucket == HISTOGRAM_OVER)
		return (struct bounds){histogram_upper_seconds(HISTOGRAM_INSIDE - 1) * 1e9,
				       (double)totals->max_ns};
	return (struct bounds){histogram_lower_seconds(bucket) * 1e9,
			       histogram_upper_seconds(bucket) * 1e9};
}

static double interpolate(struct bounds bounds, double position)
{
	if (bounds.upper_ns <= bounds.lower_ns)
		return bounds.lower_ns;
	if (bounds.lower_ns < 1)
		return bounds.lower_ns + (bounds.upper_ns - bounds.lower_ns) * position;
	return bounds.lower_ns * pow(bounds.upper_ns / bounds.lower_ns, position);
}

static double clamp(double value, double low, double high)
{
	return fmax(low, fmin(high, value));
}

/* q n may come out a rounding error above a whole number that it should be: 0.07 * 100. */
static double nearest_rank(double q, uint64_t n)
{
	return fmax(1, ceil(q * (double)n * (1 - 4 * DBL_EPSILON)));
}

double call_totals_quantile_ns(const struct call_totals *totals, double q)
{
	double rank = nearest_rank(q, totals->timed);
	double below = 0;

	if (!totals->timed)
		return 0;
	if (q <= 0)
		return (double)totals->min_ns;
	if (q >= 1)
		return (double)totals->max_ns;
	/* In ascending order: the zero bucket, those inside, the one above. */
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		unsigned int bucket = i == 0			   ? HISTOGRAM_ZERO
				      : i == HISTOGRAM_BUCKETS - 1 ? HISTOGRAM_OVER
								   : i - 1;
		double count = (double)totals->buckets[bucket];

		if (count > 0 && below + count >= rank) {
			double value = interpolate(bucket_bounds(totals, bucket),
						   (rank - below - 0.5) / count);

			return clamp(value, (double)totals->min_ns, (double)totals->max_ns);
		}
		below += count;
	}
	return (double)totals->max_ns;
}
