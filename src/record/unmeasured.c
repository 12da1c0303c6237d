// SPDX-License-Identifier: MIT
/*
 * The blocks stand in tables of private memory, by address. A table is there as soon as a block belongs into it; a forked
 * child has copies. No lock: an entry belongs to whoever has put BUSY into it, and a block is freed by one thread.
 */
#include "config.h"

#include "record/unmeasured.h"

#include "record/heap-samples.h"
#include "record/private-memory.h"

#include <stdint.h>

enum {
	TABLE_BITS = 4,
	ENTRY_BITS = 12,
	ENTRIES = 1 << ENTRY_BITS,
	ENTRIES_TRIED = 64, /* from the one on that the address hashes to */
};

/* What stands in the place of a block. Once used, an entry is never UNUSED again: a search may end at the first that is. */
enum { UNUSED, BUSY, GONE };

struct entry {
	uintptr_t block;
	size_t requested;
};

_Static_assert(ENTRIES * sizeof(struct entry) <= PRIVATE_SIZE_MAX, "a table can be taken");

bool unmeasured_has_any;

static struct entry *tables[1 << TABLE_BITS];

static struct entry **table_of(uint32_t hash)
{
	return &tables[hash >> (32 - TABLE_BITS)];
}

static struct entry *entry_at(struct entry *table, uint32_t hash, uint32_t i)
{
	return &table[((hash >> (32 - TABLE_BITS - ENTRY_BITS)) + i) % ENTRIES];
}

/* The table is the first one that a thread has made. NULL: no memory. */
static struct entry *make_table(struct entry **place)
{
	/* Acquire: pairs with the release of who made it. */
	struct entry *known = __atomic_load_n(place, __ATOMIC_ACQUIRE);

	if (known)
		return known;
	struct entry *made = private_take(ENTRIES * sizeof(*made));
	bool is_first = made && __atomic_compare_exchange_n(place, &known, made, false, __ATOMIC_RELEASE,
							    __ATOMIC_ACQUIRE);

	return is_first ? made : known;
}

/* Acquire: pairs with the release of who filled or emptied the entry. */
static bool occupy(struct entry *entry, uintptr_t seen)
{
	return __atomic_compare_exchange_n(&entry->block, &seen, BUSY, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

bool unmeasured_add(const void *block, size_t requested)
{
	uint32_t hash = heap_hash(block);
	struct entry *table = make_table(table_of(hash));

	for (uint32_t i = 0; table && i < ENTRIES_TRIED; i++) {
		struct entry *entry = entry_at(table, hash, i);
		uintptr_t seen = __atomic_load_n(&entry->block, __ATOMIC_RELAXED);

		if ((seen != UNUSED && seen != GONE) || !occupy(entry, seen))
			continue;
		entry->requested = requested;
		__atomic_store_n(&entry->block, (uintptr_t)block, __ATOMIC_RELEASE);
		__atomic_store_n(&unmeasured_has_any, true, __ATOMIC_RELAXED);
		return true;
	}
	return false;
}

bool unmeasured_take(const void *block, size_t *ret_requested)
{
	uint32_t hash = heap_hash(block);
	/* Acquire: pairs with the release in make_table(). */
	struct entry *table = __atomic_load_n(table_of(hash), __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; table && i < ENTRIES_TRIED; i++) {
		struct entry *entry = entry_at(table, hash, i);
		uintptr_t seen = __atomic_load_n(&entry->block, __ATOMIC_RELAXED);

		if (seen == UNUSED)
			return false;
		if (seen != (uintptr_t)block || !occupy(entry, seen))
			continue;
		*ret_requested = entry->requested;
		__atomic_store_n(&entry->block, GONE, __ATOMIC_RELEASE);
		return true;
	}
	return false;
}
