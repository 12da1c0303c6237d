// SPDX-License-Identifier: MIT
/*
 * waiting-regions.h - regions that a host has added up, and that wait in the session's file for the totals to be
 * written: only then may others have their places.
 */
#ifndef SONDE_HOST_WAITING_REGIONS_H
#define SONDE_HOST_WAITING_REGIONS_H

#include <stdint.h>

#include "host/place-set.h"
#include "host/region-list.h"
#include "host/session-totals.h"

/* All zero: none. */
struct waiting_regions {
	struct added_regions added;
	struct place_set places; /* where they are, */
	uint64_t n_bytes;        /* and what they take */
};

/* 0 or a negative errno. The capacity is that of the session's regions. */
int waiting_regions_add(struct waiting_regions *waiting, const struct region_entry *entry, uint64_t capacity);

/*
 * Of the regions that another host has added up, those that are still there. It had removed the others, maybe, and
 * where they were may be regions of other processes by now. 0 or a negative errno.
 */
int waiting_regions_add_before(struct waiting_regions *waiting, const struct added_regions *before,
			       const struct region_list *list, uint64_t capacity);

void waiting_regions_deinit(struct waiting_regions *waiting);

#endif
