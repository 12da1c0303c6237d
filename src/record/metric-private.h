// SPDX-License-Identifier: MIT
/*
 * metric-private.h - what a metric is made of: for metric.c, which finds them, and metric-cell.c,
 * which records.
 */
#ifndef SONDE_RECORD_METRIC_PRIVATE_H
#define SONDE_RECORD_METRIC_PRIVATE_H

#include "record/metric.h"

/* A flag of a metric beside those of enum series_flag: it is that of the sets of tags that are too
 * many. */
enum { METRIC_OF_OVERFLOW = 0x80 };

/* What all metrics of one name have in common. */
struct metric_family {
	struct metric_family *next; /* of the same place in the index */
	struct metric *overflow;    /* NULL: none was needed yet */
	uint32_t n_tag_sets;
	uint32_t n_path_sets; /* of them, those with a tag like a path */
	uint8_t kind;
	uint8_t flags;
	uint8_t merge;
	bool is_respelled; /* it was asked for in another case of letters, too */
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
	uint8_t flags;	    /* the family's, and METRIC_OF_OVERFLOW: what is on every path is one
			       load away */
	uint8_t reserved;
	uint32_t n_numbers; /* given by metric_take_number() */
	char tags[];	    /* key and value of each, by order of keys, each ended by NUL */
};

/* Counts a name that was used in another case of letters as well. */
void metric_count_respelled(void) HIDDEN;

#endif
