// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/private-memory.h"

#include "base/raw.h"

#include <stdbool.h>
#include <sys/mman.h>

enum {
	CHUNK_SIZE = 256 * 1024,
	FIRST_SIZE = 16 * 1024, /* as much as most programs need */
	UNIT = 16,
};

/* A piece of memory from which takers cut theirs; of what follows, so many bytes are taken. */
struct chunk {
	size_t used;
	size_t unused;
};

_Static_assert(sizeof(struct chunk) % UNIT == 0, "what follows is aligned");

/* Part of us: to map it would be a system call and a mapping in nearly every process. */
static struct {
	struct chunk head;
	char room[FIRST_SIZE - sizeof(struct chunk)];
} first_chunk __attribute__((aligned(64)));

/* NULL: the first one. */
static KEPT struct chunk *present;
static KEPT bool is_sealed;

static struct chunk *map_chunk(void)
{
	if (is_sealed)
		return NULL;
	long address = raw_mmap(NULL, CHUNK_SIZE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	return raw_failed(address) ? NULL : (struct chunk *)address;
}

static struct chunk *chunk_at(struct chunk *chunk)
{
	return chunk ? chunk : &first_chunk.head;
}

static size_t room_of(const struct chunk *chunk)
{
	return (chunk == &first_chunk.head ? FIRST_SIZE : CHUNK_SIZE) - sizeof(*chunk);
}

/* NULL: it is too full. Asked first, so that the sum stays small. */
static void *take_from(struct chunk *chunk, size_t size)
{
	size_t room = room_of(chunk);

	if (__atomic_load_n(&chunk->used, __ATOMIC_RELAXED) + size > room)
		return NULL;
	size_t offset = __atomic_fetch_add(&chunk->used, size, __ATOMIC_RELAXED);

	return offset + size <= room ? (char *)(chunk + 1) + offset : NULL;
}

/* Puts a new chunk in the place of `seen`, which somebody may have done already. False: there is no
 * memory. */
static bool replace(struct chunk *seen)
{
	struct chunk *made = map_chunk();

	if (!made)
		return false;
	if (!__atomic_compare_exchange_n(&present, &seen, made, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		raw_munmap(made, CHUNK_SIZE);
	return true;
}

void *private_take(size_t size)
{
	size = (size + UNIT - 1) / UNIT * UNIT;
	for (;;) {
		struct chunk *seen = __atomic_load_n(&present, __ATOMIC_RELAXED);
		void *memory = take_from(chunk_at(seen), size);

		if (memory || !replace(seen))
			return memory;
	}
}

void private_prepare(void)
{
	struct chunk *seen = __atomic_load_n(&present, __ATOMIC_RELAXED);
	const struct chunk *chunk = chunk_at(seen);

	if (__atomic_load_n(&chunk->used, __ATOMIC_RELAXED) + CHUNK_SIZE / 2 > room_of(chunk))
		replace(seen);
}

void private_seal(void)
{
	is_sealed = true;
}
