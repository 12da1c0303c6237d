// SPDX-License-Identifier: MIT
/*
 * The blocks stand in a table of private memory, by address; what they come to is in the region at once. No lock: an entry
 * belongs to whoever has put BUSY into it, and a block is freed by one thread. A forked child follows none of its
 * parent's blocks: the kernel wipes the table.
 */
#include "config.h"

#include "record/heap-samples.h"

#include "base/raw.h"
#include "record/process.h"
#include "record/sampling.h"
#include "record/stacks.h"
#include "record/thread.h"

#include <sys/mman.h>

enum {
	BITS_OF_SAMPLE = 13, /* 65536 blocks: 32 GiB that are live, at 512 KiB for each */
	BITS_OF_ALL = 18,    /* 2 million blocks */
	GROUPS_TRIED = 8,
};

#define BUSY ((uintptr_t)1)

struct heap_entry {
	uintptr_t block; /* 0: free */
	struct heap_block what;
};

KEPT struct heap_blocks heap_blocks;

/* NULL: no memory. The address of the counts is stored last: whoever sees it may use the rest. */
static uint8_t *find_blocks(void)
{
	uint8_t *known = (uint8_t *)__atomic_load_n(&heap_blocks.n_in_group, __ATOMIC_ACQUIRE);
	unsigned int bits = recorder_session.settings.stacks.allocated == 1 ? BITS_OF_ALL : BITS_OF_SAMPLE;
	size_t n_groups = ((size_t)1 << bits) + GROUPS_TRIED;
	size_t counts_size = (n_groups + 4095) / 4096 * 4096;
	size_t size = counts_size + n_groups * HEAP_GROUP * sizeof(struct heap_entry);
	static KEPT uintptr_t is_made;
	uintptr_t not_made = 0;

	const struct region_header *region = recorder_region();

	if (known || !process_is_wiped_by_kernel())
		return known;
	if (region && (__atomic_load_n(&region->flags, __ATOMIC_RELAXED) & REGION_SANDBOXED))
		return NULL;
	if (!__atomic_compare_exchange_n(&is_made, &not_made, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return NULL;
	long address = raw_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	if (raw_failed(address))
		return NULL;
	raw_madvise((void *)address, size, MADV_WIPEONFORK);
	heap_blocks.entries = (struct heap_entry *)(address + (long)counts_size);
	heap_blocks.shift = 64 - bits;
	__atomic_store_n(&heap_blocks.n_in_group, (const uint8_t *)address, __ATOMIC_RELEASE);
	return (uint8_t *)address;
}

void heap_prepare(void)
{
	if (recorder_session.settings.stacks.allocated)
		find_blocks();
}

/* An entry, of the group or one behind it, that holds `wanted`, for whose turn it is to have it. NULL: there is none. */
static struct heap_entry *take_entry(size_t group, uintptr_t wanted)
{
	struct heap_entry *entry = &heap_blocks.entries[group * HEAP_GROUP];

	for (int i = 0; i < GROUPS_TRIED * HEAP_GROUP; i++, entry++) {
		uintptr_t seen = __atomic_load_n(&entry->block, __ATOMIC_RELAXED);

		/* Acquire: pairs with the release of who filled or emptied it. */
		if (seen == wanted && __atomic_compare_exchange_n(&entry->block, &seen, BUSY, false, __ATOMIC_ACQUIRE,
								  __ATOMIC_RELAXED))
			return entry;
	}
	return NULL;
}

static void follow(uint8_t *n_in_group, const void *block, const struct heap_block *what)
{
	size_t group = heap_group(block, heap_blocks.shift);
	struct heap_entry *entry = take_entry(group, 0);

	if (!entry) {
		stacks_note_shortage(STACK_UNFOLLOWED);
		return;
	}
	entry->what = *what;
	__atomic_store_n(&entry->block, (uintptr_t)block, __ATOMIC_RELEASE);
	__atomic_fetch_add(&n_in_group[group], 1, __ATOMIC_RELAXED);
}

/* The thread's first allocation does not yet know where the first point is. False: it is behind this block. */
static bool begin_drawing(struct thread_cache *thread, size_t size, uint64_t period)
{
	if (thread->has_begun_drawing)
		return true;
	thread->has_begun_drawing = 1;
	thread->until_drawn = sampling_gap(thread_next_random(thread), period) - (int64_t)size;
	return thread->until_drawn <= 0;
}

void heap_draw(void *block, size_t size, enum call call)
{
	uint64_t period = recorder_session.settings.stacks.allocated;
	struct thread_cache *thread = recorder_thread;
	struct call_stats *stats = thread ? thread->stats[call_table[call].slot] : NULL;

	if (!stats || !period)
		return;
	if (period > 1 && !begin_drawing(thread, size, period))
		return;
	thread->until_drawn = period > 1 ? sampling_gap(thread_next_random(thread), period) : 0;
	if (!block)
		return;
	uint8_t *n_in_group = find_blocks();
	struct heap_block what = {
		.count = sampling_weight(size, period, STACK_SCALE),
		.bytes = sampling_weight(size, period, size),
	};

	what.figures = stacks_allocated(stats, what.count, what.bytes);
	if (!what.figures)
		return;
	if (n_in_group)
		follow(n_in_group, block, &what);
	else
		stacks_note_shortage(STACK_UNFOLLOWED);
}

struct heap_block heap_forget(const void *block)
{
	uint8_t *n_in_group = (uint8_t *)heap_blocks.n_in_group;
	size_t group = heap_group(block, heap_blocks.shift);
	struct heap_entry *entry = take_entry(group, (uintptr_t)block);
	struct heap_block what = {.figures = NULL};

	if (!entry)
		return what;
	what = entry->what;
	/* Release: pairs with the acquire of who takes it next. */
	__atomic_store_n(&entry->block, 0, __ATOMIC_RELEASE);
	__atomic_fetch_sub(&n_in_group[group], 1, __ATOMIC_RELAXED);
	return what;
}

void heap_remember(const void *block, const struct heap_block *forgotten)
{
	if (forgotten->figures)
		follow((uint8_t *)heap_blocks.n_in_group, block, forgotten);
}

void heap_end(const struct heap_block *forgotten)
{
	if (forgotten->figures)
		stacks_freed(forgotten->figures, forgotten->count, forgotten->bytes);
}
