// SPDX-License-Identifier: MIT
/*
 * Quantiles by nearest rank. Of n values in ascending order, the q-quantile is the one of rank
 * r = max(1, ceil(q n)). The bucket that holds it is known; where in the bucket is not, so the c
 * values of a bucket are taken to lie evenly on the bucket's logarithmic scale: the k-th of them at
 * lower * (upper / lower)^((k - 1/2) / c). The result is clamped to the least and greatest value.
 * The middle of a bucket is at most 2^(1/16) - 1 = 4.4 % from its ends.
 */
#include "config.h"

#include "model/distribution.h"

#include <float.h>
#include <math.h>

#include "base/histogram.h"

struct bounds {
	double lower;
	double upper;
};

/* The outside buckets have one bound; the extremes stand in for the other. */
static struct bounds bucket_bounds(const struct distribution *distribution, unsigned int bucket)
{
	double scale = distribution->scale;

	if (bucket == HISTOGRAM_ZERO)
		return (struct bounds){distribution->min, histogram_lower_seconds(0) * scale};
	if (bucket == HISTOGRAM_OVER)
		return (struct bounds){histogram_upper_seconds(HISTOGRAM_INSIDE - 1) * scale,
				       distribution->max};
	return (struct bounds){histogram_lower_seconds(bucket) * scale,
			       histogram_upper_seconds(bucket) * scale};
}

static double interpolate(struct bounds bounds, double position)
{
	if (bounds.upper <= bounds.lower)
		return bounds.lower;
	if (bounds.lower <= 0)
		return bounds.lower + (bounds.upper - bounds.lower) * position;
	return bounds.lower * pow(bounds.upper / bounds.lower, position);
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

/* In ascending order: the zero bucket, those inside, the one above. */
static unsigned int bucket_in_order(const struct distribution *distribution, unsigned int position)
{
	if (position == 0)
		return HISTOGRAM_ZERO;
	return position > distribution->n ? HISTOGRAM_OVER : distribution->first + position - 1;
}

static uint64_t count_in(const struct distribution *distribution, unsigned int bucket)
{
	if (bucket == HISTOGRAM_ZERO)
		return distribution->zero;
	return bucket == HISTOGRAM_OVER ? distribution->over : distribution->inside[bucket - distribution->first];
}

/* Along the buckets, as far as the ranks that were asked for. */
struct walk {
	unsigned int position;
	double below; /* how many values are in the buckets before it */
	double rank;  /* the last one, 0: none, and its value: of few values, several quantiles are the same one */
	double value;
};

static double value_at(const struct distribution *distribution, struct walk *walk, double rank)
{
	if (rank == walk->rank)
		return walk->value;
	for (; walk->position < distribution->n + 2; walk->position++) {
		unsigned int bucket = bucket_in_order(distribution, walk->position);
		double count = (double)count_in(distribution, bucket);

		if (count > 0 && walk->below + count >= rank) {
			double value = interpolate(bucket_bounds(distribution, bucket),
						   (rank - walk->below - 0.5) / count);

			walk->rank = rank;
			walk->value = clamp(value, distribution->min, distribution->max);
			return walk->value;
		}
		walk->below += count;
	}
	return distribution->max;
}

static double quantile(const struct distribution *distribution, struct walk *walk, double q)
{
	if (!distribution->count)
		return 0;
	/* Also where all are the same, as of calls that were made once. */
	if (q <= 0 || distribution->min == distribution->max)
		return distribution->min;
	if (q >= 1)
		return distribution->max;
	return value_at(distribution, walk, nearest_rank(q, distribution->count));
}

double distribution_quantile(const struct distribution *distribution, double q)
{
	struct walk walk = {0};

	return quantile(distribution, &walk, q);
}

void distribution_quantiles(const struct distribution *distribution, const double *q, size_t n_quantiles,
			    double *ret_quantiles)
{
	struct walk walk = {0};

	for (size_t i = 0; i < n_quantiles; i++)
		ret_quantiles[i] = quantile(distribution, &walk, q[i]);
}
