// SPDX-License-Identifier: MIT
/*
 * heap-samples.h - blocks of memory that are followed from their allocation to their end: drawn ones, or all.
 *
 * Where a session draws blocks (MODE_DRAWN), malloc() and its kin tell of each block here, and free() of each that goes. Both are
 * a few instructions unless a block is drawn: a comparison of bytes, and a look at one byte that says whether there may be
 * such a block.
 */
#ifndef SONDE_RECORD_HEAP_SAMPLES_H
#define SONDE_RECORD_HEAP_SAMPLES_H

#include "record/probe.h"

#include <stddef.h>

enum { HEAP_SIGN_BITS = 13 };

/* Of the blocks whose addresses hash to a sign: how many are followed, or 1 for some. At a fixed place: each free() looks. */
struct heap_signs {
	uint8_t of[1 << HEAP_SIGN_BITS];
} __attribute__((aligned(4096)));

extern struct heap_signs heap_signs HIDDEN;

/* Its high bits are the good ones. */
static inline uint32_t heap_hash(const void *block)
{
	return (uint32_t)((uintptr_t)block >> 4) * UINT32_C(0x9e3779b1);
}

static inline size_t heap_sign(const void *block)
{
	return heap_hash(block) >> (32 - HEAP_SIGN_BITS);
}

/* A block was allocated with a call that has reached its point, or has none yet. The call's figures have its bytes. */
void heap_draw(void *block, size_t size, struct thread_cache *thread, struct call_stats *stats) HIDDEN;

/*
 * Points lie on the line of all bytes that a thread was ever given by a call. The block that a point falls on is drawn: so
 * nothing is counted for it that is not counted in any case.
 */
static inline void heap_allocated(void *block, size_t size, enum call call)
{
	struct thread_cache *thread = recorder_thread;
	struct call_stats *stats = thread ? thread->stats[call] : NULL;

	if (stats && unlikely(stats->bytes >= stats->next_drawn))
		heap_draw(block, size, thread, stats);
}

/* The same before the block is there, where nothing else is to be done about it. */
static inline bool heap_will_draw(const struct call_stats *stats, size_t size)
{
	return unlikely(stats->bytes + size >= stats->next_drawn);
}

/* Whether a block may be one that is followed. */
static inline bool heap_may_follow(const void *block)
{
	return __atomic_load_n(&heap_signs.of[heap_sign(block)], __ATOMIC_RELAXED);
}

/* What a followed block was, for who cannot say yet whether it will go. */
struct heap_block {
	struct stack_figures *figures; /* NULL: it is not followed */
	uint64_t count;
	uint64_t bytes;
};

/* A block is about to go: it is no longer followed. */
struct heap_block heap_forget(const void *block) HIDDEN;

/* It has not gone after all. */
void heap_remember(const void *block, const struct heap_block *forgotten) HIDDEN;

/* It has gone. */
void heap_end(const struct heap_block *forgotten) HIDDEN;

/* Takes memory for the blocks, so that none is asked for later. */
void heap_prepare(void) HIDDEN;

static inline void heap_freed(const void *block)
{
	if (unlikely(heap_may_follow(block))) {
		struct heap_block forgotten = heap_forget(block);

		heap_end(&forgotten);
	}
}

#endif
