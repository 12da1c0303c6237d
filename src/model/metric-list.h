// SPDX-License-Identifier: MIT
/*
 * metric-list.h - the series that programs recorded themselves, added up over processes.
 *
 * All zero is an empty list. It owns its series.
 */
#ifndef SONDE_MODEL_METRIC_LIST_H
#define SONDE_MODEL_METRIC_LIST_H

#include "model/hash-index.h"
#include "model/series.h"
#include "record/region.h"

struct metric_entry {
	struct series *series;
	int64_t changed_ns; /* CLOCK_REALTIME: of a gauge, when it became that; 0: not known */
};

struct metric_list {
	struct metric_entry *entries; /* in the order of coming */
	size_t n_entries;
	uint64_t n_refused; /* left out: see metric_list_add() */
	struct hash_index index;
	struct hash_index names; /* the first entry of each name */
};

enum { METRIC_LIST_MAX = 1 << 20 };

void metric_list_deinit(struct metric_list *list);

/* The entry of a name and tags, which are in order; NULL: not there. */
struct metric_entry *metric_list_find(const struct metric_list *list, const struct series *key);

/* The entry that came first of those with a name; NULL: there is none. */
struct metric_entry *metric_list_first(const struct metric_list *list, const char *name);

/*
 * Adds a copy of a series, its tags in order, to that of the same name and tags. Gauges make one
 * value as `merge` (enum gauge_merge) says; MERGE_ALL replaces. Left out is one whose name has
 * another type or unit, or is one of those that are recorded without being asked for ("libc.",
 * "sonde."), or that is one too many. 0, also then, or -ENOMEM.
 */
int metric_list_add(struct metric_list *list, const struct series *series, unsigned int merge,
		    int64_t changed_ns);

#endif
