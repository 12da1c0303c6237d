// SPDX-License-Identifier: MIT
/*
 * region-writer.h - making a region file and handing out its memory.
 *
 * Raw system calls only, no lock; every function may be entered again by a signal handler and run in
 * several threads at once. Memory is never given back.
 */
#ifndef SONDE_RECORD_REGION_WRITER_H
#define SONDE_RECORD_REGION_WRITER_H

#include "record/region.h"
#include "record/session.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes the region of the calling process in a session's directory, its header filled in, and maps it.
 * When the file cannot be had, the region is private memory that nobody else will see, and the session's
 * notes say so. NULL: not even that.
 */
struct region_header *region_make(const char *directory, struct session_file *session,
				  bool is_forked) __attribute__((visibility("hidden")));

/* Takes a region that lost the race to be the process's one away again. */
void region_discard(struct region_header *region) __attribute__((visibility("hidden")));

/* Zeroed memory of REGION_SLAB bytes, aligned to its size. NULL: the region is full. */
void *region_take_slab(struct region_header *region) __attribute__((visibility("hidden")));

/*
 * Makes the address space that is set aside for a region small: of one that is the process's, so that
 * there is still room to grow a little; of one that a forked child has inherited, all that is unused.
 */
void region_shrink(struct region_header *region) __attribute__((visibility("hidden")));
void region_leave(const struct region_header *inherited) __attribute__((visibility("hidden")));

/* Links a complete thread block into the region's list. */
void region_add_thread(struct region_header *region, struct thread_block *block)
	__attribute__((visibility("hidden")));

/* Marks how the process image ends; region_unmark_end() takes it back when it did not end after all. */
void region_mark_end(struct region_header *region, enum region_state state)
	__attribute__((visibility("hidden")));
void region_unmark_end(struct region_header *region) __attribute__((visibility("hidden")));

#endif
