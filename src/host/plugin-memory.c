// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-memory.h"

#include <stdlib.h>

#include "host/plugin-table.h"

/* In front of each piece. */
struct piece {
	_Alignas(max_align_t) size_t size;
};

static size_t *counter(const struct sonde_host *host)
{
	return &((struct plugin_table *)host)->n_bytes;
}

static void give_back(const struct sonde_host *host, size_t size)
{
	__atomic_fetch_sub(counter(host), size, __ATOMIC_RELAXED);
}

/* False: the instance has had its share. */
static bool take(const struct sonde_host *host, size_t size)
{
	if (size <= PLUGIN_MEMORY &&
	    __atomic_add_fetch(counter(host), size, __ATOMIC_RELAXED) <= PLUGIN_MEMORY)
		return true;
	if (size <= PLUGIN_MEMORY)
		give_back(host, size);
	return false;
}

/* The piece in front of what a plugin has. */
static struct piece *piece_of(void *memory)
{
	return memory ? (struct piece *)memory - 1 : NULL;
}

void *plugin_memory_realloc(const struct sonde_host *host, void *memory, size_t size)
{
	struct piece *piece = piece_of(memory);
	size_t old_size = piece ? piece->size : 0;

	if (!take(host, size))
		return NULL;
	piece = realloc(piece, sizeof(*piece) + size);
	give_back(host, piece ? old_size : size);
	if (!piece)
		return NULL;
	piece->size = size;
	return piece + 1;
}

void *plugin_memory_alloc(const struct sonde_host *host, size_t size)
{
	return plugin_memory_realloc(host, NULL, size);
}

void plugin_memory_free(const struct sonde_host *host, void *memory)
{
	struct piece *piece = piece_of(memory);

	if (piece)
		give_back(host, piece->size);
	free(piece);
}
