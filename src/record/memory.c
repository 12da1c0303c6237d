// SPDX-License-Identifier: MIT
/*
 * What is live is counted in memory of the process's own, which a forked child gets a copy of at the very moment
 * of the fork, whoever else was allocating; the region gets the same additions, apart by direction. A vfork
 * child has its parent's memory, and so counts for it.
 */
#include "config.h"

#include "record/memory.h"

#include "record/inheritance.h"
#include "record/process.h"

static KEPT int64_t live __attribute__((aligned(64)));

/* Blocks were freed that nobody saw allocated. */
static void note_unseen(struct region_memory *memory)
{
	int64_t now = __atomic_load_n(&live, __ATOMIC_RELAXED);

	while (now < 0)
		if (__atomic_compare_exchange_n(&live, &now, 0, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED)) {
			__atomic_fetch_add(&memory->before, (uint64_t)-now, __ATOMIC_RELAXED);
			return;
		}
}

static void raise_peak(struct region_memory *memory, uint64_t now)
{
	uint64_t peak = __atomic_load_n(&memory->peak, __ATOMIC_RELAXED);

	while (now > peak &&
	       !__atomic_compare_exchange_n(&memory->peak, &peak, now, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
}

void memory_account(uint64_t allocated, uint64_t freed)
{
	/* First: a region that is made now begins with what is live without this change. */
	struct region_header *region = process_find_region();

	if (!region)
		return;
	if (unlikely(!(__atomic_load_n(&region->flags, __ATOMIC_RELAXED) & REGION_MEMORY_KNOWN))) {
		__atomic_fetch_or(&region->flags, REGION_MEMORY_KNOWN, __ATOMIC_RELAXED);
		inheritance_add_flag(region, REGION_MEMORY_KNOWN);
	}
	int64_t now = __atomic_add_fetch(&live, (int64_t)(allocated - freed), __ATOMIC_RELAXED);

	if (allocated)
		__atomic_fetch_add(&region->memory.allocated, allocated, __ATOMIC_RELAXED);
	if (freed)
		__atomic_fetch_add(&region->memory.freed, freed, __ATOMIC_RELAXED);
	if (now < 0)
		note_unseen(&region->memory);
	else if (allocated)
		raise_peak(&region->memory, (uint64_t)now);
}

void memory_inherit(struct region_header *region)
{
	region->memory.inherited = (uint64_t)__atomic_load_n(&live, __ATOMIC_RELAXED);
	region->memory.peak = region->memory.inherited;
}
