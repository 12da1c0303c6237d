// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/inheritance.h"

#include <stddef.h>

KEPT struct inheritance inherited;

static bool is_of(const struct region_header *region)
{
	return __atomic_load_n(&inherited.region, __ATOMIC_ACQUIRE) == region;
}

static void raise_in_use(uint64_t end)
{
	uint64_t in_use = __atomic_load_n(&inherited.in_use, __ATOMIC_RELAXED);

	while (in_use < end && !__atomic_compare_exchange_n(&inherited.in_use, &in_use, end, false,
							    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		continue;
}

/* What was there before has been ended: nobody looks until the region stands there. */
void inheritance_give(struct region_header *region)
{
	inherited.size = region->capacity;
	inherited.parent = (struct parentage){
		.pid = region->pid,
		.flags = __atomic_load_n(&region->flags, __ATOMIC_RELAXED),
		.capacity = region->capacity,
	};
	raise_in_use(__atomic_load_n(&region->committed, __ATOMIC_RELAXED));
	/* Release: pairs with the acquire in is_of(), and with a child that is forked by a handler. */
	__atomic_store_n(&inherited.region, region, __ATOMIC_RELEASE);
}

void inheritance_end(void)
{
	__atomic_store_n(&inherited.region, NULL, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	inherited.in_use = 0;
}

void inheritance_cover(const struct region_header *region, uint64_t end)
{
	if (is_of(region))
		raise_in_use(end);
}

void inheritance_limit(const struct region_header *region, uint64_t size)
{
	if (!is_of(region))
		return;
	__atomic_store_n(&inherited.size, size, __ATOMIC_RELAXED);
	inherited.parent.capacity = size;
}

void inheritance_note_flags(const struct region_header *region)
{
	if (is_of(region))
		inherited.parent.flags = __atomic_load_n(&region->flags, __ATOMIC_RELAXED);
}
