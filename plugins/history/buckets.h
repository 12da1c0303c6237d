// SPDX-License-Identifier: MIT
/*
 * buckets.h - the buckets of a histogram, and how they lie in a file: as numbers of variable
 * length, those outside first, then the index of the first, how many there are, and each.
 */
#ifndef SONDE_PLUGINS_HISTORY_BUCKETS_H
#define SONDE_PLUGINS_HISTORY_BUCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/* Of scale 3, all that hosts have: durations from 2^-26 s to 2^14 s, others up to 2^30. */
	HISTORY_INDEX_MIN = -26 * 8,
	HISTORY_INDEX_END = 30 * 8,
	HISTORY_BUCKETS = HISTORY_INDEX_END - HISTORY_INDEX_MIN,
	HISTORY_BLOB_SIZE = 10 * (HISTORY_BUCKETS + 4),
};

struct history_buckets {
	uint64_t zero_count;
	uint64_t over_count;
	uint64_t counts[HISTORY_BUCKETS]; /* [index - HISTORY_INDEX_MIN] */
};

/* What is outside of these buckets goes to the outside ones. */
void history_buckets_add(struct history_buckets *buckets, int64_t index, uint64_t count);

/* Returns its size. */
size_t history_buckets_write(const struct history_buckets *buckets,
			     unsigned char ret_blob[HISTORY_BLOB_SIZE]);

/* Adds those of a blob. False: it is damaged; what could be read has been added. */
bool history_buckets_read(struct history_buckets *buckets, const void *blob, size_t size);

#endif
