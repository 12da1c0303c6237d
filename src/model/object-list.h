// SPDX-License-Identifier: MIT
/*
 * object-list.h - what was done to each file, or with each peer: a list of names, each once.
 *
 * All zero is an empty list; it owns all it points to. Numbers that pass 2^64 - 1 stay there. Where there are more
 * names than OBJECTS_KEPT, what is done to the rest is added up in one that has the mark of the others.
 */
#ifndef SONDE_MODEL_OBJECT_LIST_H
#define SONDE_MODEL_OBJECT_LIST_H

#include "model/hash-index.h"
#include "record/region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	OBJECTS_KEPT = 10000,
	OBJECT_FLOWS = 2, /* in, out */
};

/* Failures of one call with one code. */
struct object_failure {
	char *call;
	char *symbol; /* as in struct error_totals */
	bool is_expected;
	uint64_t count;
	uint64_t timed;
	uint64_t sum_ns;
};

struct object_totals {
	char *name;          /* "" of the others */
	enum object_kind kind;
	unsigned int flags;  /* enum object_flag */
	struct object_calls opens;
	struct object_calls others;
	struct object_flow flows[OBJECT_FLOWS];
	struct object_streams streams;
	struct object_failure *failures;
	size_t n_failures;
};

struct object_list {
	struct object_totals *objects;
	size_t n_objects;
	struct hash_index index;
};

/* Adds to what has the name, kind and flags of `other`. 0 or -ENOMEM. */
int object_list_add(struct object_list *list, const struct object_totals *other);
void object_list_deinit(struct object_list *list);

/* NULL: not there. */
const struct object_totals *object_list_find(const struct object_list *list, enum object_kind kind,
					     const char *name);

/* Negative: the left one comes first. */
typedef int object_order(const struct object_totals *left, const struct object_totals *right);

/* By name, the others last. */
object_order object_by_name;

/* All of them in that order, to be freed. NULL without memory; also when there are none. */
const struct object_totals **object_list_sorted(const struct object_list *list, object_order *order);

/* Calls that moved bytes, through descriptors; and so many of them, or 0, as are in the flow's sizes. */
uint64_t object_flow_count(const struct object_flow *flow);

/* All of a flow's, or the calls', time: scaled where not all were timed. */
uint64_t object_scaled_ns(uint64_t count, uint64_t timed, uint64_t sum_ns);

/* The time of all that succeeded, and of what failed. */
uint64_t object_total_ns(const struct object_totals *totals);
uint64_t object_failed_count(const struct object_totals *totals);
/* Bytes moved through descriptors and streams. */
uint64_t object_bytes(const struct object_totals *totals, unsigned int flow);

#endif
