// SPDX-License-Identifier: MIT
/*
 * Rows are what regions have their counts in (record/region.h), so what comes from there makes room
 * once for each row.
 */
#include "config.h"

#include "model/bucket-counts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/histogram.h"

/* So the last row of those inside has no bucket of the outside in it. */
_Static_assert(HISTOGRAM_INSIDE % HISTOGRAM_ROW_BUCKETS == 0, "rows of buckets inside are full");

static void add(uint64_t *sum, uint64_t amount)
{
	if (__builtin_add_overflow(*sum, amount, sum))
		*sum = UINT64_MAX;
}

void bucket_counts_deinit(struct bucket_counts *counts)
{
	free(counts->inside);
	*counts = (struct bucket_counts){0};
}

uint64_t bucket_counts_get(const struct bucket_counts *counts, unsigned int bucket)
{
	if (bucket == HISTOGRAM_ZERO)
		return counts->zero;
	if (bucket == HISTOGRAM_OVER)
		return counts->over;
	return bucket >= counts->first && bucket - counts->first < counts->n
		       ? counts->inside[bucket - counts->first]
		       : 0;
}

/* Makes room for the rows of the buckets from `first` up to, but not with, `end`. 0 or -ENOMEM. */
static int make_room(struct bucket_counts *counts, unsigned int first, unsigned int end)
{
	first -= first % HISTOGRAM_ROW_BUCKETS;
	end += (HISTOGRAM_INSIDE - end) % HISTOGRAM_ROW_BUCKETS;
	if (counts->n && counts->first < first)
		first = counts->first;
	if (counts->n && counts->first + counts->n > end)
		end = counts->first + counts->n;
	if (end - first == counts->n)
		return 0;
	uint64_t *inside = calloc(end - first, sizeof(*inside));

	if (!inside)
		return -ENOMEM;
	if (counts->n)
		memcpy(inside + counts->first - first, counts->inside, counts->n * sizeof(*inside));
	free(counts->inside);
	counts->inside = inside;
	counts->first = (uint16_t)first;
	counts->n = (uint16_t)(end - first);
	return 0;
}

int bucket_counts_add(struct bucket_counts *counts, unsigned int bucket, uint64_t n_values)
{
	if (bucket == HISTOGRAM_ZERO) {
		add(&counts->zero, n_values);
	} else if (bucket == HISTOGRAM_OVER) {
		add(&counts->over, n_values);
	} else if (n_values) {
		if (make_room(counts, bucket, bucket + 1) < 0)
			return -ENOMEM;
		add(&counts->inside[bucket - counts->first], n_values);
	}
	return 0;
}

int bucket_counts_add_all(struct bucket_counts *counts, const struct bucket_counts *others)
{
	if (others->n && make_room(counts, others->first, others->first + others->n) < 0)
		return -ENOMEM;
	add(&counts->zero, others->zero);
	add(&counts->over, others->over);
	for (unsigned int i = 0; i < others->n; i++)
		add(&counts->inside[others->first - counts->first + i], others->inside[i]);
	return 0;
}
