// SPDX-License-Identifier: MIT
/*
 * thread.h - the calling thread's place in the region, and the memory it makes its records from.
 *
 * A thread takes memory from the region a slab at a time, so that no two threads write to one cache line.
 */
#ifndef SONDE_RECORD_THREAD_H
#define SONDE_RECORD_THREAD_H

#include "record/probe.h"

/* The thread's cache, with a block in the region. NULL: no memory. */
struct thread_cache *thread_find(void) HIDDEN;

/* Whether the thread's cache is that, in that region: not in a child that a signal handler forked meanwhile. */
bool thread_is_in(const struct thread_cache *thread, const struct region_header *region) HIDDEN;

/* Zeroed memory of the thread, on a cache line, at most REGION_SLAB less one. NULL: the region is full. */
void *thread_make_record(struct thread_cache *thread, uint32_t size) HIDDEN;

/* The same of the calling thread, which may have begun no call yet: one goes on where its stack does. */
void *calling_thread_make_record(uint32_t size) HIDDEN;

/*
 * For code of ours that makes calls in the program's name: until thread_leave_own() its calls are recorded apart, where nobody
 * sees them. One thread at a time may be there, with all signals blocked. Returns what thread_leave_own() needs.
 */
struct thread_cache *thread_enter_own(void) HIDDEN;
void thread_leave_own(struct thread_cache *before) HIDDEN;

/* The same for good, of a thread of ours, with memory of its own: any number may do so. */
void thread_become_own(void) HIDDEN;

/* The next of the thread's random numbers. */
uint64_t thread_next_random(struct thread_cache *thread) HIDDEN;

#endif
