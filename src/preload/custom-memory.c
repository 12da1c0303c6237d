// SPDX-License-Identifier: MIT
/*
 * Allocating and freeing. Each wrapper does what a generated one would, and one branch more: where the session
 * accounts for memory, it asks the allocator how large the block is, after it was given and before it is freed.
 */
#include "config.h"

#include "preload/wrapper.h"

#include "record/memory.h"
#include "record/startup.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>

/*
 * The calls whose blocks are the allocator's own, a bit each: those that come from the object that has malloc(), if
 * it tells the sizes of its blocks; another object's blocks are not its to measure. libc's reallocarray() calls
 * realloc(), which comes to us by itself.
 */
enum {
	OWN_MALLOC = 1 << 0, /* and calloc, realloc, free: who replaces the one replaces all */
	OWN_MEMALIGN = 1 << 1,
	OWN_ALIGNED_ALLOC = 1 << 2,
	OWN_POSIX_MEMALIGN = 1 << 3,
	OWN_VALLOC = 1 << 4,
	OWN_PVALLOC = 1 << 5,
	OWN_REALLOCARRAY = 1 << 6,
	HAVE_ASKED = 1 << 7,
};

static unsigned int own_calls;

static bool is_in(const char *name, const struct link_map *object)
{
	struct link_map *owner = NULL;

	startup_find_symbol(startup_own_object(), name, &owner);
	return owner == object;
}

static unsigned int find_own_calls(void)
{
	struct link_map *allocator = NULL;
	unsigned int found = HAVE_ASKED;

	startup_find_symbol(startup_own_object(), "malloc", &allocator);
	if (allocator && is_in("malloc_usable_size", allocator)) {
		found |= OWN_MALLOC;
		found |= is_in("memalign", allocator) ? OWN_MEMALIGN : 0;
		found |= is_in("aligned_alloc", allocator) ? OWN_ALIGNED_ALLOC : 0;
		found |= is_in("posix_memalign", allocator) ? OWN_POSIX_MEMALIGN : 0;
		found |= is_in("valloc", allocator) ? OWN_VALLOC : 0;
		found |= is_in("pvalloc", allocator) ? OWN_PVALLOC : 0;
		if (is_in("reallocarray", allocator) && !is_in("__libc_start_main", allocator))
			found |= OWN_REALLOCARRAY;
	}
	__atomic_store_n(&own_calls, found, __ATOMIC_RELAXED);
	return found;
}

static bool is_own(unsigned int call)
{
	unsigned int own = __atomic_load_n(&own_calls, __ATOMIC_RELAXED);

	return (own ? own : find_own_calls()) & call;
}

static inline bool accounts(unsigned int call)
{
	return unlikely(recorder_session.settings.accounts_memory) && is_own(call);
}

static size_t usable_size(void *block)
{
	return block ? REAL(malloc_usable_size)(block) : 0;
}

/* A block that is NULL although one `is_wanted` is a failure. */
static inline void *finish(const struct probe *probe, unsigned int call, void *result,
			   size_t requested, bool is_wanted)
{
	if (!result && is_wanted)
		probe_failed(probe, errno);
	else
		probe_succeeded(probe, requested);
	if (accounts(call) && result)
		memory_account(usable_size(result), 0);
	return result;
}

EXPORT void *malloc(size_t size)
{
	struct probe probe = probe_begin(CALL_malloc);

	return finish(&probe, OWN_MALLOC, REAL(malloc)(size), size, size);
}

EXPORT void *calloc(size_t n, size_t size)
{
	struct probe probe = probe_begin(CALL_calloc);

	return finish(&probe, OWN_MALLOC, REAL(calloc)(n, size), n * size, n && size);
}

EXPORT void *memalign(size_t alignment, size_t size)
{
	struct probe probe = probe_begin(CALL_memalign);

	return finish(&probe, OWN_MEMALIGN, REAL(memalign)(alignment, size), size, size);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
	struct probe probe = probe_begin(CALL_aligned_alloc);

	return finish(&probe, OWN_ALIGNED_ALLOC, REAL(aligned_alloc)(alignment, size), size, size);
}

EXPORT void *valloc(size_t size)
{
	struct probe probe = probe_begin(CALL_valloc);

	return finish(&probe, OWN_VALLOC, REAL(valloc)(size), size, size);
}

EXPORT void *pvalloc(size_t size)
{
	struct probe probe = probe_begin(CALL_pvalloc);

	return finish(&probe, OWN_PVALLOC, REAL(pvalloc)(size), size, size);
}

EXPORT int posix_memalign(void **ret_block, size_t alignment, size_t size)
{
	struct probe probe = probe_begin(CALL_posix_memalign);
	int result = REAL(posix_memalign)(ret_block, alignment, size);

	if (result != 0)
		probe_failed(&probe, result);
	else
		probe_succeeded(&probe, size);
	if (accounts(OWN_POSIX_MEMALIGN) && result == 0)
		memory_account(usable_size(*ret_block), 0);
	return result;
}

/*
 * The old block has gone when there is a new one, and when none was wanted: then some allocators free it and
 * return nothing.
 */
static inline void *finish_change(const struct probe *probe, unsigned int call, void *result,
				  size_t requested, bool is_wanted, size_t old_size)
{
	if (!result && is_wanted)
		probe_failed(probe, errno);
	else
		probe_succeeded(probe, requested);
	if (accounts(call) && (result || !is_wanted))
		memory_account(usable_size(result), old_size);
	return result;
}

EXPORT void *realloc(void *block, size_t size)
{
	struct probe probe = probe_begin(CALL_realloc);
	size_t old_size = accounts(OWN_MALLOC) ? usable_size(block) : 0;

	return finish_change(&probe, OWN_MALLOC, REAL(realloc)(block, size), size, size, old_size);
}

EXPORT void *reallocarray(void *block, size_t n, size_t size)
{
	struct probe probe = probe_begin(CALL_reallocarray);
	size_t old_size = accounts(OWN_REALLOCARRAY) ? usable_size(block) : 0;

	return finish_change(&probe, OWN_REALLOCARRAY, REAL(reallocarray)(block, n, size),
			     n * size, n && size, old_size);
}

EXPORT void free(void *block)
{
	struct probe probe = probe_begin(CALL_free);

	/* Before: another thread may get the block as soon as it is free. */
	if (accounts(OWN_MALLOC) && block)
		memory_account(0, usable_size(block));
	REAL(free)(block);
	probe_succeeded(&probe, 0);
}
