// SPDX-License-Identifier: MIT
/*
 * Open addressing with linear probing, at most half full. Hashes are kept beside the positions, so
 * that the index grows without asking for them again.
 */
#include "config.h"

#include "model/hash-index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_PLACES = 64 };

uint64_t hash_string(uint64_t hash, const char *string)
{
	const unsigned char *byte = (const unsigned char *)string;

	do {
		hash = (hash ^ *byte) * 0x100000001b3;
	} while (*byte++);
	return hash;
}

/* FNV's low bits depend on the low bits of the text only. */
static size_t first_place(const struct hash_index *index, uint64_t hash)
{
	return (hash ^ (hash >> 32)) & (index->n_places - 1);
}

static void put(struct hash_index *index, struct hash_place place)
{
	size_t i = first_place(index, place.hash);

	while (index->places[i].item)
		i = (i + 1) & (index->n_places - 1);
	index->places[i] = place;
}

static int grow(struct hash_index *index)
{
	struct hash_index larger = {
		.n_places = index->n_places ? 2 * index->n_places : FIRST_PLACES,
		.n_items = index->n_items,
	};

	larger.places = calloc(larger.n_places, sizeof(*larger.places));
	if (!larger.places)
		return -ENOMEM;
	for (size_t i = 0; i < index->n_places; i++)
		if (index->places[i].item)
			put(&larger, index->places[i]);
	free(index->places);
	*index = larger;
	return 0;
}

int hash_index_add(struct hash_index *index, uint64_t hash, size_t position)
{
	if (2 * (index->n_items + 1) > index->n_places && grow(index))
		return -ENOMEM;
	put(index, (struct hash_place){hash, position + 1});
	index->n_items++;
	return 0;
}

bool hash_index_next(const struct hash_index *index, uint64_t hash, size_t *cursor,
		     size_t *ret_position)
{
	if (!index->n_places)
		return false;
	for (size_t i = (first_place(index, hash) + *cursor) & (index->n_places - 1);
	     index->places[i].item; i = (i + 1) & (index->n_places - 1)) {
		++*cursor;
		if (index->places[i].hash == hash) {
			*ret_position = index->places[i].item - 1;
			return true;
		}
	}
	return false;
}

void hash_index_clear(struct hash_index *index)
{
	if (index->n_places)
		memset(index->places, 0, index->n_places * sizeof(*index->places));
	index->n_items = 0;
}

void hash_index_deinit(struct hash_index *index)
{
	free(index->places);
	*index = (struct hash_index){0};
}
