// SPDX-License-Identifier: MIT
/*
 * growth.h - counters of the kernel that begin again: those of an interface that was removed and
 * made again, of a disk that was unplugged.
 *
 * What came since the last look is added to a total, so that the total never falls. A counter that
 * fell has started again from 0.
 */
#ifndef SONDE_RESOURCES_GROWTH_H
#define SONDE_RESOURCES_GROWTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: never looked at. */
struct growth {
	uint64_t last;
	uint64_t total;
};

/* Takes a new reading; returns the total. */
uint64_t growth_update(struct growth *growth, uint64_t reading);

enum {
	GROWTHS_MAX = 12,
	GROWTH_NAME_MAX = 63,
	GROWTH_NAMES_MAX = 1024,
};

/* The counters of one thing that has a name. */
struct named_growths {
	char name[GROWTH_NAME_MAX + 1];
	uint64_t round; /* in which it was last seen */
	struct growth growths[GROWTHS_MAX];
};

/*
 * Of all such things. Those that are gone are remembered, since they may come back, until there are
 * GROWTH_NAMES_MAX of them. All zero is an empty one.
 */
struct growth_table {
	struct named_growths *items;
	size_t n_items;
	uint64_t round;
};

/* To be called before the things are gone through. */
void growth_table_begin(struct growth_table *table);
/* The counters of a thing that is there now; NULL: without memory, too many, or its name too long.
 */
struct named_growths *growth_table_get(struct growth_table *table, const char *name);
void growth_table_deinit(struct growth_table *table);

#endif
