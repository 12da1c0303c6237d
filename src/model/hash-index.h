// SPDX-License-Identifier: MIT
/*
 * hash-index.h - finds items of an array by a hash of theirs. The items stay the caller's.
 *
 * All zero is an empty index.
 *
 *     size_t cursor = 0;
 *     size_t position;
 *
 *     while (hash_index_next(&index, hash, &cursor, &position))
 *             if (is_it(items[position]))
 *                     ...
 */
#ifndef SONDE_MODEL_HASH_INDEX_H
#define SONDE_MODEL_HASH_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash_place {
	uint64_t hash;
	size_t item; /* 1 + its position; 0: free */
};

struct hash_index {
	struct hash_place *places;
	size_t n_places; /* a power of two, or 0 */
	size_t n_items;
};

#define HASH_START 0xcbf29ce484222325 /* of FNV-1a, 64 bits */

/* Goes on with a hash over a string and the NUL that ends it. */
uint64_t hash_string(uint64_t hash, const char *string);

/* 0 or -ENOMEM. */
int hash_index_add(struct hash_index *index, uint64_t hash, size_t position);

/* The next item with this hash; begins where *cursor is 0. False: there is no more. */
bool hash_index_next(const struct hash_index *index, uint64_t hash, size_t *cursor,
		     size_t *ret_position);

/* Forgets all items and keeps the memory. */
void hash_index_clear(struct hash_index *index);
void hash_index_deinit(struct hash_index *index);

#endif
