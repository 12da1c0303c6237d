// SPDX-License-Identifier: MIT
/*
 * inheritance.h - what a process that is forked from ours finds of it: the region that it has to leave, and what it says
 * of its parent in its own.
 *
 * It is kept true while we run, for most forks are seen, but not all are (a system call of the program's own,
 * forkpty()); and it lies in memory of which the child has a copy, so that it need not look at the region: that would be
 * a page fault in each forked child, and the region may be emptied by the host by then.
 */
#ifndef SONDE_RECORD_INHERITANCE_H
#define SONDE_RECORD_INHERITANCE_H

#include "base/compiler.h"
#include "record/region.h"

/* What a forked child knows of its parent; all 0: nothing. */
struct parentage {
	int32_t pid;
	uint32_t flags; /* enum region_flag, of its region */
	uint64_t capacity;
};

struct inheritance {
	struct region_header *region; /* the one that is mapped; NULL: there is none to be left */
	uint64_t size;                /* of its addresses */
	uint64_t in_use;              /* nobody has written behind these */
	struct parentage parent;
};

/* In a forked child that of its parent, until it has a region of its own. */
struct inheritance *inheritance_now(void) HIDDEN; /* never NULL */

/* From now on forked children leave this region, which is the process's own. */
void inheritance_give(struct region_header *region) HIDDEN;

/* The region is not to be left any more, and there is none in its place. */
void inheritance_end(struct region_header *region) HIDDEN;

/*
 * The region is about to be used up to there. To be said before it is: a thread that says so while another one forks has
 * said it in the child, too, or goes on only when the fork is done. So nothing that the child has a copy of points
 * behind what it takes to be in use.
 */
void inheritance_cover(const struct region_header *region, uint64_t end) HIDDEN;

/* Only so many of its addresses are ours from now on. To be said before the others are given back. */
void inheritance_limit(const struct region_header *region, uint64_t size) HIDDEN;

/* A flag of it has changed. */
void inheritance_add_flag(const struct region_header *region, uint32_t flag) HIDDEN;
void inheritance_take_flag(const struct region_header *region, uint32_t flag) HIDDEN;

#endif
