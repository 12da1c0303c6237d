// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/private-memory.h"

#include "base/raw.h"

#include <stdbool.h>
#include <sys/mman.h>

enum {
	CHUNK_SIZE = 256 * 1024,
	UNIT = 16,
};

/* A piece of memory from which takers cut theirs; `used` of its bytes are taken, itself included.
 */
struct chunk {
	size_t used;
	size_t unused;
};

_Static_assert(sizeof(struct chunk) % UNIT == 0, "what follows is aligned");

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

/* NULL: it is too full. Asked first, so that the sum stays small. */
static void *take_from(struct chunk *chunk, size_t size)
{
	if (__atomic_load_n(&chunk->used, __ATOMIC_RELAXED) + size > CHUNK_SIZE)
		return NULL;
	size_t offset = __atomic_fetch_add(&chunk->used, size, __ATOMIC_RELAXED);

	return offset + size <= CHUNK_SIZE ? (char *)chunk + offset : NULL;
}

/* Puts a new chunk in the place of `seen`, which somebody may have done already. False: there is no
 * memory. */
static bool replace(struct chunk *seen)
{
	struct chunk *made = map_chunk();

	if (!made)
		return false;
	made->used = sizeof(*made);
	/* Release: who finds it finds it filled in. */
	if (!__atomic_compare_exchange_n(&present, &seen, made, false, __ATOMIC_RELEASE,
					 __ATOMIC_RELAXED))
		raw_munmap(made, CHUNK_SIZE);
	return true;
}

void *private_take(size_t size)
{
	size = (size + UNIT - 1) / UNIT * UNIT;
	for (;;) {
		/* Acquire: pairs with the release in replace(). */
		struct chunk *chunk = __atomic_load_n(&present, __ATOMIC_ACQUIRE);
		void *memory = chunk ? take_from(chunk, size) : NULL;

		if (memory || !replace(chunk))
			return memory;
	}
}

void private_prepare(void)
{
	struct chunk *chunk = __atomic_load_n(&present, __ATOMIC_ACQUIRE);

	if (!chunk || __atomic_load_n(&chunk->used, __ATOMIC_RELAXED) > CHUNK_SIZE / 2)
		replace(chunk);
}

void private_seal(void)
{
	is_sealed = true;
}
