// SPDX-License-Identifier: MIT
/*
 * metric-private.h - what a metric is made of: for metric.c, which finds them, and metric-cell.c,
 * which records.
 */
#ifndef SONDE_RECORD_METRIC_PRIVATE_H
#define SONDE_RECORD_METRIC_PRIVATE_H

#include "record/metric.h"

/* What all metrics of one name have in common. */
struct metric_family {
	struct metric_family *next; /* of the same place in the index */
	struct metric *overflow;    /* NULL: none was needed yet */
	uint32_t n_tag_sets;
	uint8_t kind;
	uint8_t flags;
	uint8_t merge;
	int16_t first_index; /* of a histogram's buckets */
	uint16_t name_length;
	char *unit;
	char name[];
};

struct metric {
	struct metric *next; /* of the same place in the index */
	struct metric_family *family;
	struct series_info *info; /* in the region of the process that first used it */
	uint64_t hash;
	uint32_t number; /* below METRICS_MAX */
	uint32_t tags_size;
	uint16_t n_tags;
	uint8_t flags;	    /* the family's: what is on every path is one load away */
	uint8_t reserved;
	uint32_t n_numbers; /* given by metric_take_number() */
	char tags[];	    /* key and value of each, by order of keys, each ended by NUL */
};

#endif
