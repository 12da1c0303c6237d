// SPDX-License-Identifier: MIT
/*
 * Allocating and freeing. Each pair of wrappers does what a generated one would. Where the session accounts for
 * memory, the general ones also ask the allocator how large the block is, after it was given and before it is freed.
 * Where the session draws blocks, to say where they came from, the short one of the most frequent calls is there twice,
 * the other time with a look at whether this block is one. That one, unusual_NAME(), also hands calls that are not
 * simply counted on: so the usual way is all that stands in NAME(), and what is off saves no register.
 */
#include "config.h"

#include "preload/wrapper.h"

#include "record/heap-samples.h"
#include "record/memory.h"
#include "record/startup.h"
#include "record/unmeasured.h"

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

static inline bool accounts(enum call call, unsigned int own)
{
	return (probe_mode(call) & MODE_ACCOUNTED) && is_own(own);
}

/* malloc() and its three are one allocator's, whatever it can tell of its blocks. */
static inline bool draws(enum call call, unsigned int own)
{
	return (probe_mode(call) & MODE_DRAWN) && (own == OWN_MALLOC || is_own(own));
}

/* Whether a fast call whose blocks may be drawn is on, and how. */
static inline bool is_usual_but_drawn(unsigned int mode)
{
	return unlikely(mode == (MODE_KNOWN | MODE_DRAWN));
}

static size_t usable_size(void *block)
{
	return block ? REAL(malloc_usable_size)(block) : 0;
}

/* What a block that came to be counts with. */
static size_t size_of_new(void *block, size_t requested)
{
	size_t size = usable_size(block);

	if (likely(size || !block))
		return size;
	return unmeasured_add(block, requested) ? requested : 0;
}

/* What a block counts with that is about to go. */
struct old_size {
	size_t size;
	bool was_requested; /* it is not what the allocator says */
};

static struct old_size size_of_old(void *block)
{
	struct old_size old = {.size = 0};

	if (unlikely(__atomic_load_n(&unmeasured_has_any, __ATOMIC_RELAXED)) && block)
		old.was_requested = unmeasured_take(block, &old.size);
	if (!old.was_requested)
		old.size = usable_size(block);
	return old;
}

/* Nothing has come of it: the block is still there. */
static void keep_size(const void *block, const struct old_size *old)
{
	if (old->was_requested)
		unmeasured_add(block, old->size);
}

/*
 * The same value, but not to the compiler: what is needed of an argument after the call is so saved where the call is
 * counted, and not at the start, where one that is switched off only passes through.
 */
static inline size_t apart(size_t value)
{
	__asm__("" : "+r"(value));
	return value;
}

/* A block that is NULL although one `is_wanted` is a failure. */
static GENERAL void *finish_without_block(struct call_stats *stats, size_t is_wanted)
{
	if (is_wanted)
		recorder_add_failure(stats, 0, errno);
	return NULL;
}

static inline void *finish_counted(struct call_stats *stats, void *result, size_t requested, size_t is_wanted)
{
	if (unlikely(!result))
		return finish_without_block(stats, is_wanted);
	owner_add(&stats->bytes, requested);
	return result;
}

/* Whether anything is to be done about a block beyond counting its call. */
static inline bool is_noted(enum call call)
{
	return unlikely(probe_mode(call) & (MODE_ACCOUNTED | MODE_DRAWN));
}

static GENERAL void note_new_block(enum call call, unsigned int own, void *block, size_t requested)
{
	if (accounts(call, own))
		memory_account(size_of_new(block, requested), 0);
	if (draws(call, own) && block)
		heap_allocated(block, requested, call);
}

/* A block came to be. */
static inline void note_block(enum call call, unsigned int own, void *block, size_t requested)
{
	if (is_noted(call))
		note_new_block(call, own, block, requested);
}

static inline void *finish(const struct probe *probe, void *result, size_t requested, size_t is_wanted)
{
	if (unlikely(!result && is_wanted))
		probe_failed(probe, errno);
	else
		probe_succeeded(probe, requested);
	return result;
}

static GENERAL void *general_malloc(size_t size)
{
	struct probe probe = probe_begin(CALL_malloc);
	void *result = finish(&probe, REAL(malloc)(size), size, size);

	note_block(CALL_malloc, OWN_MALLOC, result, size);
	return result;
}

static inline __attribute__((always_inline)) void *count_malloc(size_t size, bool is_drawn)
{
	struct call_stats *stats = probe_find_untimed(CALL_malloc);
	void *(*real)(size_t) = RESOLVED(malloc);

	if (unlikely(!stats || !real || (is_drawn && heap_will_draw(stats, size))))
		return general_malloc(size);
	size_t requested = apart(size);

	owner_add(&stats->count, 1);
	return finish_counted(stats, real(size), requested, requested);
}

static GENERAL void *unusual_malloc(size_t size)
{
	unsigned int mode = probe_mode(CALL_malloc);

	return is_usual_but_drawn(mode) ? count_malloc(size, true) : OTHERWISE_IN(mode, malloc)(size);
}

EXPORT void *malloc(size_t size)
{
	return probe_is_usual(CALL_malloc) ? count_malloc(size, false) : unusual_malloc(size);
}

static GENERAL void *general_calloc(size_t n, size_t size)
{
	struct probe probe = probe_begin(CALL_calloc);
	void *result = finish(&probe, REAL(calloc)(n, size), n * size, n && size);

	note_block(CALL_calloc, OWN_MALLOC, result, n * size);
	return result;
}

static inline __attribute__((always_inline)) void *count_calloc(size_t n, size_t size, bool is_drawn)
{
	struct call_stats *stats = probe_find_untimed(CALL_calloc);
	void *(*real)(size_t, size_t) = RESOLVED(calloc);

	if (unlikely(!stats || !real || (is_drawn && heap_will_draw(stats, n * size))))
		return general_calloc(n, size);
	size_t requested = apart(n * size);
	size_t is_wanted = apart(n && size);

	owner_add(&stats->count, 1);
	return finish_counted(stats, real(n, size), requested, is_wanted);
}

static GENERAL void *unusual_calloc(size_t n, size_t size)
{
	unsigned int mode = probe_mode(CALL_calloc);

	return is_usual_but_drawn(mode) ? count_calloc(n, size, true) : OTHERWISE_IN(mode, calloc)(n, size);
}

EXPORT void *calloc(size_t n, size_t size)
{
	return probe_is_usual(CALL_calloc) ? count_calloc(n, size, false) : unusual_calloc(n, size);
}

static GENERAL void *general_memalign(size_t alignment, size_t size)
{
	struct probe probe = probe_begin(CALL_memalign);
	void *result = finish(&probe, REAL(memalign)(alignment, size), size, size);

	note_block(CALL_memalign, OWN_MEMALIGN, result, size);
	return result;
}

EXPORT void *memalign(size_t alignment, size_t size)
{
	if (!probe_is_usual(CALL_memalign))
		return OTHERWISE(memalign, CALL_memalign)(alignment, size);
	struct call_stats *stats = probe_find_untimed(CALL_memalign);
	void *(*real)(size_t, size_t) = RESOLVED(memalign);

	if (unlikely(!stats || !real))
		return general_memalign(alignment, size);
	owner_add(&stats->count, 1);
	return finish_counted(stats, real(alignment, size), size, size);
}

static GENERAL void *general_aligned_alloc(size_t alignment, size_t size)
{
	struct probe probe = probe_begin(CALL_aligned_alloc);
	void *result = finish(&probe, REAL(aligned_alloc)(alignment, size), size, size);

	note_block(CALL_aligned_alloc, OWN_ALIGNED_ALLOC, result, size);
	return result;
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
	if (!probe_is_usual(CALL_aligned_alloc))
		return OTHERWISE(aligned_alloc, CALL_aligned_alloc)(alignment, size);
	struct call_stats *stats = probe_find_untimed(CALL_aligned_alloc);
	void *(*real)(size_t, size_t) = RESOLVED(aligned_alloc);

	if (unlikely(!stats || !real))
		return general_aligned_alloc(alignment, size);
	owner_add(&stats->count, 1);
	return finish_counted(stats, real(alignment, size), size, size);
}

static GENERAL void *general_valloc(size_t size)
{
	struct probe probe = probe_begin(CALL_valloc);
	void *result = finish(&probe, REAL(valloc)(size), size, size);

	note_block(CALL_valloc, OWN_VALLOC, result, size);
	return result;
}

EXPORT void *valloc(size_t size)
{
	if (!probe_is_usual(CALL_valloc))
		return OTHERWISE(valloc, CALL_valloc)(size);
	struct call_stats *stats = probe_find_untimed(CALL_valloc);
	void *(*real)(size_t) = RESOLVED(valloc);

	if (unlikely(!stats || !real))
		return general_valloc(size);
	owner_add(&stats->count, 1);
	return finish_counted(stats, real(size), size, size);
}

static GENERAL void *general_pvalloc(size_t size)
{
	struct probe probe = probe_begin(CALL_pvalloc);
	void *result = finish(&probe, REAL(pvalloc)(size), size, size);

	note_block(CALL_pvalloc, OWN_PVALLOC, result, size);
	return result;
}

EXPORT void *pvalloc(size_t size)
{
	if (!probe_is_usual(CALL_pvalloc))
		return OTHERWISE(pvalloc, CALL_pvalloc)(size);
	struct call_stats *stats = probe_find_untimed(CALL_pvalloc);
	void *(*real)(size_t) = RESOLVED(pvalloc);

	if (unlikely(!stats || !real))
		return general_pvalloc(size);
	owner_add(&stats->count, 1);
	return finish_counted(stats, real(size), size, size);
}

static GENERAL int general_posix_memalign(void **ret_block, size_t alignment, size_t size)
{
	struct probe probe = probe_begin(CALL_posix_memalign);
	int result = REAL(posix_memalign)(ret_block, alignment, size);

	if (result != 0)
		probe_failed(&probe, result);
	else
		probe_succeeded(&probe, size);
	if (is_noted(CALL_posix_memalign) && result == 0)
		note_new_block(CALL_posix_memalign, OWN_POSIX_MEMALIGN, *ret_block, size);
	return result;
}

EXPORT int posix_memalign(void **ret_block, size_t alignment, size_t size)
{
	if (!probe_is_usual(CALL_posix_memalign))
		return OTHERWISE(posix_memalign, CALL_posix_memalign)(ret_block, alignment, size);
	struct call_stats *stats = probe_find_untimed(CALL_posix_memalign);
	int (*real)(void **, size_t, size_t) = RESOLVED(posix_memalign);

	if (unlikely(!stats || !real))
		return general_posix_memalign(ret_block, alignment, size);
	owner_add(&stats->count, 1);
	int result = real(ret_block, alignment, size);

	if (unlikely(result != 0))
		recorder_add_failure(stats, 0, result);
	else
		probe_add_bytes(stats, size);
	return result;
}

/*
 * Where blocks change, the old one has gone when there is a new one, and when none was wanted: then some allocators
 * free it and return nothing.
 */
static struct heap_block forget_block(enum call call, unsigned int own, const void *block)
{
	return draws(call, own) && block && heap_may_follow(block) ? heap_forget(block) : (struct heap_block){0};
}

static void note_moved(enum call call, const struct heap_block *followed, const void *old, void *block, size_t size)
{
	if (!block && size) {
		heap_remember(old, followed);
		return;
	}
	heap_end(followed);
	if (block)
		heap_allocated(block, size, call);
}

static GENERAL void *general_realloc(void *block, size_t size)
{
	struct probe probe = probe_begin(CALL_realloc);
	bool is_accounted = accounts(CALL_realloc, OWN_MALLOC);
	struct old_size old = is_accounted ? size_of_old(block) : (struct old_size){0};
	struct heap_block followed = forget_block(CALL_realloc, OWN_MALLOC, block);
	void *result = finish(&probe, REAL(realloc)(block, size), size, size);

	if (is_accounted && (result || !size))
		memory_account(size_of_new(result, size), old.size);
	else if (is_accounted)
		keep_size(block, &old);
	if (draws(CALL_realloc, OWN_MALLOC))
		note_moved(CALL_realloc, &followed, block, result, size);
	return result;
}

static inline __attribute__((always_inline)) void *count_realloc(void *block, size_t size, bool is_drawn)
{
	struct call_stats *stats = probe_find_untimed(CALL_realloc);
	void *(*real)(void *, size_t) = RESOLVED(realloc);

	if (unlikely(!stats || !real || (is_drawn && (heap_may_follow(block) || heap_will_draw(stats, size)))))
		return general_realloc(block, size);
	size_t requested = apart(size);

	owner_add(&stats->count, 1);
	return finish_counted(stats, real(block, size), requested, requested);
}

static GENERAL void *unusual_realloc(void *block, size_t size)
{
	unsigned int mode = probe_mode(CALL_realloc);

	return is_usual_but_drawn(mode) ? count_realloc(block, size, true) : OTHERWISE_IN(mode, realloc)(block, size);
}

EXPORT void *realloc(void *block, size_t size)
{
	return probe_is_usual(CALL_realloc) ? count_realloc(block, size, false) : unusual_realloc(block, size);
}

static GENERAL void *general_reallocarray(void *block, size_t n, size_t size)
{
	struct probe probe = probe_begin(CALL_reallocarray);
	bool is_accounted = accounts(CALL_reallocarray, OWN_REALLOCARRAY);
	struct old_size old = is_accounted ? size_of_old(block) : (struct old_size){0};
	struct heap_block followed = forget_block(CALL_reallocarray, OWN_REALLOCARRAY, block);
	void *result = finish(&probe, REAL(reallocarray)(block, n, size), n * size, n && size);

	if (is_accounted && (result || !(n && size)))
		memory_account(size_of_new(result, n * size), old.size);
	else if (is_accounted)
		keep_size(block, &old);
	if (draws(CALL_reallocarray, OWN_REALLOCARRAY))
		note_moved(CALL_reallocarray, &followed, block, result, n * size);
	return result;
}

EXPORT void *reallocarray(void *block, size_t n, size_t size)
{
	if (!probe_is_usual(CALL_reallocarray))
		return OTHERWISE(reallocarray, CALL_reallocarray)(block, n, size);
	struct call_stats *stats = probe_find_untimed(CALL_reallocarray);
	void *(*real)(void *, size_t, size_t) = RESOLVED(reallocarray);

	if (unlikely(!stats || !real))
		return general_reallocarray(block, n, size);
	owner_add(&stats->count, 1);
	return finish_counted(stats, real(block, n, size), n * size, n && size);
}

static GENERAL void note_end_of_block(void *block)
{
	if (accounts(CALL_free, OWN_MALLOC))
		memory_account(0, size_of_old(block).size);
	if (draws(CALL_free, OWN_MALLOC))
		heap_freed(block);
}

static GENERAL void general_free(void *block)
{
	struct probe probe = probe_begin(CALL_free);

	/* Before: another thread may get the block as soon as it is free. */
	if (is_noted(CALL_free) && block)
		note_end_of_block(block);
	REAL(free)(block);
	probe_succeeded(&probe, 0);
}

static inline __attribute__((always_inline)) void count_free(void *block, bool is_drawn)
{
	struct call_stats *stats = probe_find_untimed(CALL_free);
	void (*real)(void *) = RESOLVED(free);

	if (unlikely(!stats || !real || (is_drawn && heap_may_follow(block)))) {
		general_free(block);
		return;
	}
	owner_add(&stats->count, 1);
	real(block);
}

static GENERAL void unusual_free(void *block)
{
	unsigned int mode = probe_mode(CALL_free);

	if (is_usual_but_drawn(mode))
		count_free(block, true);
	else
		OTHERWISE_IN(mode, free)(block);
}

EXPORT void free(void *block)
{
	if (probe_is_usual(CALL_free))
		count_free(block, false);
	else
		unusual_free(block);
}
