// SPDX-License-Identifier: MIT
/*
 * region-writer.h - making a region and handing out its memory.
 *
 * Raw system calls only, no lock; every function may be entered again by a signal handler and run in
 * several threads at once. Memory is never given back.
 */
#ifndef SONDE_RECORD_REGION_WRITER_H
#define SONDE_RECORD_REGION_WRITER_H

#include "record/identity.h"
#include "record/region.h"
#include "record/session.h"

#include <stdbool.h>
#include <stddef.h>

/* Addresses that nobody else uses. */
struct address_range {
	void *address;
	uint64_t size;
};

/*
 * Makes the region of the calling process, its header filled in, in the session's file, open as `fd`, and maps
 * it. `parent` is what is known of whom it was forked from, NULL after an exec. When there is no file (-1), or it
 * has no room, the region is private memory that nobody else will see, and the session's notes say so. NULL: not
 * even that. A region is small where it must be, or the address space is limited.
 *
 * It is mapped in place of what is mapped in `room`, if that is large enough, which is empty then.
 */
struct region_header *region_make(int fd, struct session_file *session,
				  const struct parentage *parent, bool is_small, struct address_range *room)
	__attribute__((visibility("hidden")));

/* Takes a region away that lost the race against another thread's or a signal handler's. */
void region_discard(struct region_header *region, struct session_settings *settings)
	__attribute__((visibility("hidden")));

/* Zeroed memory of at most REGION_SLAB bytes, on a cache line. NULL: the region is full. */
void *region_take_slab(struct region_header *region, uint32_t *ret_size)
	__attribute__((visibility("hidden")));

/* Zeroed memory of any size, on a page. NULL: the region is full. */
void *region_take(struct region_header *region, uint64_t size) __attribute__((visibility("hidden")));

/* Puts memory behind `room` bytes more than are in use, as far as there is any. */
void region_prepare(struct region_header *region, uint64_t room) __attribute__((visibility("hidden")));

/* Asks the kernel for no more memory from now on: what does not fit is lost, and counted. */
void region_seal(struct region_header *region) __attribute__((visibility("hidden")));

/*
 * Gives back address space that is set aside for the region, but for some to grow in: `most`, and the less, the lower the
 * limit.
 */
void region_shrink(struct region_header *region, uint64_t limit, uint64_t most)
	__attribute__((visibility("hidden")));

/* Links a complete thread block into the region's list. */
void region_add_thread(struct region_header *region, struct thread_block *block)
	__attribute__((visibility("hidden")));

/* Marks how the process image ends; region_unmark_end() takes it back when it did not end after all. */
void region_mark_end(struct region_header *region, enum region_state state)
	__attribute__((visibility("hidden")));
void region_unmark_end(struct region_header *region) __attribute__((visibility("hidden")));

#endif
