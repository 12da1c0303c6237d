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
	BITS_OF_SAMPLE = HEAP_SIGN_BITS, /* 65536 blocks: 32 GiB that are live, at 512 KiB for each */
	BITS_OF_ALL = 18,                /* 2 million blocks */
	HEAP_GROUP = 8, /* blocks whose addresses hash to one group are looked for there and in the next ones */
	GROUPS_TRIED = 8,
};

#define BUSY ((uintptr_t)1)

struct heap_entry {
	uintptr_t block; /* 0: free */
	struct heap_block what;
};

struct heap_signs heap_signs;

static KEPT struct heap_entry *known_entries;

static bool is_each_followed(void)
{
	return recorder_session.settings.stacks.allocated == 1;
}

static unsigned int group_bits(void)
{
	return is_each_followed() ? BITS_OF_ALL : BITS_OF_SAMPLE;
}

static size_t group_of(const void *block)
{
	return heap_hash(block) >> (32 - group_bits());
}

static bool is_in_sandbox(void)
{
	const struct region_header *region = recorder_region();

	return region && (__atomic_load_n(&region->flags, __ATOMIC_RELAXED) & REGION_SANDBOXED);
}

/* The table is the first one that a thread has made: none may go on without, and not follow a block. NULL: no memory. */
static struct heap_entry *find_entries(void)
{
	/* Acquire: pairs with the release of who made them. */
	struct heap_entry *known = __atomic_load_n(&known_entries, __ATOMIC_ACQUIRE);
	size_t size = (((size_t)1 << group_bits()) + GROUPS_TRIED) * HEAP_GROUP * sizeof(*known);

	if (known || !process_is_wiped_by_kernel() || is_in_sandbox())
		return known;
	long address = raw_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	if (raw_failed(address))
		return NULL;
	raw_madvise((void *)address, size, MADV_WIPEONFORK);
	raw_madvise(&heap_signs, sizeof(heap_signs), MADV_WIPEONFORK);
	if (__atomic_compare_exchange_n(&known_entries, &known, (struct heap_entry *)address, false, __ATOMIC_RELEASE,
					__ATOMIC_ACQUIRE))
		return (struct heap_entry *)address;
	raw_munmap((void *)address, size);
	return known;
}

void heap_prepare(void)
{
	if (recorder_session.settings.stacks.allocated)
		find_entries();
}

/* An entry, of the group or one behind it, that holds `wanted`, for whose turn it is to have it. NULL: there is none. */
static struct heap_entry *take_entry(struct heap_entry *entries, size_t group, uintptr_t wanted)
{
	struct heap_entry *entry = &entries[group * HEAP_GROUP];

	for (int i = 0; i < GROUPS_TRIED * HEAP_GROUP; i++, entry++) {
		uintptr_t seen = __atomic_load_n(&entry->block, __ATOMIC_RELAXED);

		/* Acquire: pairs with the release of who filled or emptied it. */
		if (seen == wanted && __atomic_compare_exchange_n(&entry->block, &seen, BUSY, false, __ATOMIC_ACQUIRE,
								  __ATOMIC_RELAXED))
			return entry;
	}
	return NULL;
}

/* Where each block is followed there would be too many to be counted: any block may be one. */
static void put_up_sign(const void *block)
{
	uint8_t *sign = &heap_signs.of[heap_sign(block)];

	if (is_each_followed())
		__atomic_store_n(sign, 1, __ATOMIC_RELAXED);
	else
		__atomic_fetch_add(sign, 1, __ATOMIC_RELAXED);
}

static void take_down_sign(const void *block)
{
	if (!is_each_followed())
		__atomic_fetch_sub(&heap_signs.of[heap_sign(block)], 1, __ATOMIC_RELAXED);
}

static void follow(const void *block, const struct heap_block *what)
{
	struct heap_entry *entries = find_entries();
	struct heap_entry *entry = entries ? take_entry(entries, group_of(block), 0) : NULL;

	if (!entry) {
		stacks_note_shortage(STACK_UNFOLLOWED);
		return;
	}
	entry->what = *what;
	__atomic_store_n(&entry->block, (uintptr_t)block, __ATOMIC_RELEASE);
	put_up_sign(block);
}

/* Whether a point falls on the last of the bytes. At its first allocation a call has none yet. */
static bool reaches_point(struct thread_cache *thread, struct call_stats *stats, size_t size, uint64_t period)
{
	if (!stats->next_drawn && period > 1)
		stats->next_drawn = stats->bytes - size + sampling_gap(thread_next_random(thread), period);
	return stats->bytes >= stats->next_drawn;
}

void heap_draw(void *block, size_t size, struct thread_cache *thread, struct call_stats *stats)
{
	uint64_t period = recorder_session.settings.stacks.allocated;

	if (!period || !reaches_point(thread, stats, size, period))
		return;
	/* How far the next point is does not depend on how far behind the last one the block ends. */
	if (period > 1)
		stats->next_drawn = stats->bytes + sampling_gap(thread_next_random(thread), period);
	uint64_t random = thread_next_random(thread);
	struct heap_block what = {
		.count = sampling_weight(size, period, STACK_SCALE, random),
		.bytes = sampling_weight(size, period, size, random),
	};

	what.figures = stacks_allocated(stats, what.count, what.bytes);
	if (what.figures)
		follow(block, &what);
}

struct heap_block heap_forget(const void *block)
{
	struct heap_entry *entries = find_entries();
	struct heap_entry *entry = entries ? take_entry(entries, group_of(block), (uintptr_t)block) : NULL;
	struct heap_block what = {.figures = NULL};

	if (!entry)
		return what;
	what = entry->what;
	/* Release: pairs with the acquire of who takes it next. */
	__atomic_store_n(&entry->block, 0, __ATOMIC_RELEASE);
	take_down_sign(block);
	return what;
}

void heap_remember(const void *block, const struct heap_block *forgotten)
{
	if (forgotten->figures)
		follow(block, forgotten);
}

void heap_end(const struct heap_block *forgotten)
{
	if (forgotten->figures)
		stacks_freed(forgotten->figures, forgotten->count, forgotten->bytes);
}
