// SPDX-License-Identifier: MIT
/*
 * bucket-counts.h - how many values each bucket of base/histogram.h holds, where many histograms
 * are kept.
 *
 * Values of one kind lie near each other: of the buckets inside, those from the first row of eight
 * to the last one that has any are kept, which is less than a tenth of all in most. All zero is an
 * empty histogram, which owns nothing. A sum that passes 2^64 stops there.
 */
#ifndef SONDE_MODEL_BUCKET_COUNTS_H
#define SONDE_MODEL_BUCKET_COUNTS_H

#include <stdint.h>

struct bucket_counts {
	uint64_t zero;	  /* in HISTOGRAM_ZERO */
	uint64_t over;	  /* in HISTOGRAM_OVER */
	uint64_t *inside; /* in buckets from `first` on, n of them; the others are empty */
	uint16_t first;	  /* whole rows */
	uint16_t n;
};

void bucket_counts_deinit(struct bucket_counts *counts);

/* Of one bucket, 0 .. HISTOGRAM_BUCKETS - 1. */
uint64_t bucket_counts_get(const struct bucket_counts *counts, unsigned int bucket);

/* Adds so many values. 0 or -ENOMEM, and nothing has changed. */
int bucket_counts_add(struct bucket_counts *counts, unsigned int bucket, uint64_t n_values);
int bucket_counts_add_all(struct bucket_counts *counts, const struct bucket_counts *others);

#endif
