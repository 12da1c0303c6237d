// SPDX-License-Identifier: MIT
/*
 * heap-samples.h - blocks of memory that are followed from their allocation to their end: drawn ones, or all.
 *
 * Where a session draws blocks (MODE_DRAWN), malloc() and its kin tell of each block here, and free() of each that goes. Both are
 * a few instructions unless a block is drawn: a countdown of bytes, and a look at one byte that says whether there may be
 * such a block.
 */
#ifndef SONDE_RECORD_HEAP_SAMPLES_H
#define SONDE_RECORD_HEAP_SAMPLES_H

#include "record/probe.h"

#include <stddef.h>

struct heap_entry;

/* Blocks whose addresses hash to one group are looked for there and in the next ones. */
enum { HEAP_GROUP = 8 };

/* The blocks that are followed. */
struct heap_blocks {
	const uint8_t *n_in_group; /* of 1 << bits groups: blocks that belong there */
	struct heap_entry *entries;
	unsigned int shift;        /* 64 - bits */
};

extern struct heap_blocks heap_blocks HIDDEN;

static inline size_t heap_group(const void *block, unsigned int shift)
{
	return (size_t)(((uintptr_t)block >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> shift);
}

/* A block of a call was allocated, and is drawn. */
void heap_draw(void *block, size_t size, enum call call) HIDDEN;

static inline void heap_allocated(void *block, size_t size, enum call call)
{
	struct thread_cache *thread = recorder_thread;

	if (likely(thread)) {
		thread->until_drawn -= (int64_t)size;
		if (likely(thread->until_drawn > 0))
			return;
	}
	heap_draw(block, size, call);
}

/*
 * The same before the block is there, where nothing else is to be done about it. True: it is drawn, and was not counted
 * down; heap_allocated() is to be called when it is there. The calling thread has a cache.
 */
static inline bool heap_counts_down(size_t size)
{
	struct thread_cache *thread = recorder_thread;
	int64_t left = thread->until_drawn - (int64_t)size;

	if (unlikely(left <= 0))
		return true;
	thread->until_drawn = left;
	return false;
}

/* Whether a block may be one that is followed. */
static inline bool heap_may_follow(const void *block)
{
	const uint8_t *n_in_group = __atomic_load_n(&heap_blocks.n_in_group, __ATOMIC_ACQUIRE);

	return n_in_group &&
	       __atomic_load_n(&n_in_group[heap_group(block, heap_blocks.shift)], __ATOMIC_RELAXED);
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
