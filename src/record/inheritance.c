// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/inheritance.h"

#include <stddef.h>

/* While one of them holds what is true, the next is prepared in the other. */
static KEPT struct inheritance both[2];
static KEPT uint32_t current;

struct inheritance *inheritance_now(void)
{
	/* Acquire: pairs with the release in inheritance_give(). */
	return &both[__atomic_load_n(&current, __ATOMIC_ACQUIRE)];
}

/* NULL: it is about another region. */
static struct inheritance *find(const struct region_header *region)
{
	struct inheritance *now = inheritance_now();

	return __atomic_load_n(&now->region, __ATOMIC_RELAXED) == region ? now : NULL;
}

static void raise_in_use(struct inheritance *now, uint64_t end)
{
	uint64_t in_use = __atomic_load_n(&now->in_use, __ATOMIC_RELAXED);

	while (in_use < end && !__atomic_compare_exchange_n(&now->in_use, &in_use, end, false,
							    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		continue;
}

static void lower(uint64_t *value, uint64_t most)
{
	uint64_t before = __atomic_load_n(value, __ATOMIC_RELAXED);

	while (before > most && !__atomic_compare_exchange_n(value, &before, most, false, __ATOMIC_RELAXED,
							     __ATOMIC_RELAXED))
		continue;
}

/* Only by who has made the process's region its own: there is no other. */
void inheritance_give(struct region_header *region)
{
	uint32_t next = !__atomic_load_n(&current, __ATOMIC_RELAXED);

	both[next] = (struct inheritance){
		.region = region,
		.size = region->capacity,
		.in_use = __atomic_load_n(&region->committed, __ATOMIC_RELAXED),
		.parent = {
			.pid = region->pid,
			.flags = __atomic_load_n(&region->flags, __ATOMIC_RELAXED),
			.capacity = region->capacity,
		},
	};
	__atomic_store_n(&current, next, __ATOMIC_RELEASE);
	/* What a handler changed before it was given was not said. */
	raise_in_use(&both[next], __atomic_load_n(&region->committed, __ATOMIC_RELAXED));
	__atomic_fetch_or(&both[next].parent.flags, __atomic_load_n(&region->flags, __ATOMIC_RELAXED),
			  __ATOMIC_RELAXED);
}

void inheritance_end(struct region_header *region)
{
	struct inheritance *now = find(region);

	if (now)
		__atomic_store_n(&now->region, NULL, __ATOMIC_RELAXED);
}

void inheritance_cover(const struct region_header *region, uint64_t end)
{
	struct inheritance *now = find(region);

	if (now)
		raise_in_use(now, end);
}

void inheritance_limit(const struct region_header *region, uint64_t size)
{
	struct inheritance *now = find(region);

	if (!now)
		return;
	lower(&now->size, size);
	lower(&now->parent.capacity, size);
}

void inheritance_add_flag(const struct region_header *region, uint32_t flag)
{
	struct inheritance *now = find(region);

	if (now)
		__atomic_fetch_or(&now->parent.flags, flag, __ATOMIC_RELAXED);
}

void inheritance_take_flag(const struct region_header *region, uint32_t flag)
{
	struct inheritance *now = find(region);

	if (now)
		__atomic_fetch_and(&now->parent.flags, ~flag, __ATOMIC_RELAXED);
}
