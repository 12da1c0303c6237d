// SPDX-License-Identifier: MIT
/*
 * name-counts.h - how often what happened: a list of names, each once, with a number.
 *
 * All zero is an empty list. It owns its names. In the order of names.
 */
#ifndef SONDE_MODEL_NAME_COUNTS_H
#define SONDE_MODEL_NAME_COUNTS_H

#include <stddef.h>
#include <stdint.h>

struct name_count {
	char *name;
	uint64_t count;
};

struct name_counts {
	struct name_count *items;
	size_t n_items;
};

/* Adds to the number of a name; past 2^64 - 1 it stays there. 0 or -ENOMEM. */
int name_counts_add(struct name_counts *counts, const char *name, uint64_t count);

/* Adds a name to a list that is a set: each has the number 1. 0 or -ENOMEM. */
int name_set_add(struct name_counts *set, const char *name);

/* Adds one list to another. 0 or -ENOMEM. */
int name_counts_add_all(struct name_counts *counts, const struct name_counts *other);

/* The number of a name; 0 when it is not there. */
uint64_t name_counts_get(const struct name_counts *counts, const char *name);

void name_counts_deinit(struct name_counts *counts);

#endif
