// SPDX-License-Identifier: MIT
/*
 * When a thread is new, it first looks whether a cache's owner has ended, and goes on with that cache and
 * the block behind it; so the memory of a process follows its number of living threads. No thread-exit hook
 * is needed, and a call that a thread makes in its last destructor still finds its block.
 *
 * Every function here can be interrupted by a signal handler that enters it again on the same thread: a
 * record is complete before one instruction publishes it, and at worst some memory is wasted.
 *
 * The handler may also fork, and the child return from it. What the child had in hand is its parent's then, so what
 * is stored in its state is looked at once more afterwards: is the region still the one that it was made for?
 */
#include "config.h"

#include "record/thread.h"

#include "base/raw.h"
#include "record/private-memory.h"
#include "record/process.h"
#include "record/recorder.h"
#include "record/region-writer.h"
#include "record/startup.h"

#include <errno.h>
#include <sys/mman.h>

enum {
	RECORD_UNIT = 64,  /* records start on cache lines */
	CACHE_ARENAS = 16, /* each twice as large as the one before */
	SANDBOX_ROOM = 256 * 1024, /* some hundred calls of one thread, all with many durations */
	OWN_TID = -1,      /* no thread's, so that no thread goes on with the cache */
	BLOCK_SIZE = (sizeof(struct thread_block) + RECORD_UNIT - 1) / RECORD_UNIT * RECORD_UNIT,
	REUSE_PROBES = 4,  /* caches that a new thread looks at before it takes a new one */
};

/* Memory of one thread, part of the region; records follow, `used` of `size` bytes in all. */
struct slab {
	uint32_t used;
	uint32_t size;
	uint8_t unused[RECORD_UNIT - 2 * sizeof(uint32_t)];
};

/* Further caches. Their memory is wiped at fork, but stays mapped and is used again by the child. */
static KEPT struct thread_cache *arenas[CACHE_ARENAS];

__thread struct thread_cache *recorder_thread;

static struct thread_cache *map_arena(struct thread_cache **arena, uint32_t n_caches)
{
	struct thread_cache *none = NULL;
	size_t size = n_caches * sizeof(struct thread_cache);
	long address = raw_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (raw_failed(address))
		return NULL;
	raw_madvise((void *)address, size, MADV_WIPEONFORK);
	if (__atomic_compare_exchange_n(arena, &none, (struct thread_cache *)address, false,
					__ATOMIC_RELEASE, __ATOMIC_ACQUIRE))
		return (struct thread_cache *)address;
	raw_munmap((void *)address, size);
	return none;
}

/* The cache with a number. NULL: no memory for it. */
static struct thread_cache *cache_at(uint32_t number)
{
	uint32_t n_caches = CACHES_AT_FIRST;

	if (number == 0)
		return &process.first_cache;
	if (number < n_caches)
		return &process.caches[number - 1];
	number -= n_caches;
	for (int i = 0; i < CACHE_ARENAS; i++, number -= n_caches) {
		n_caches *= 2;
		if (number >= n_caches)
			continue;
		struct thread_cache *arena = __atomic_load_n(&arenas[i], __ATOMIC_ACQUIRE);

		if (!arena)
			arena = map_arena(&arenas[i], n_caches);
		return arena ? &arena[number] : NULL;
	}
	return NULL;
}

static bool thread_has_ended(int pid, int tid)
{
	return tid > 0 && raw_tgkill(pid, tid, 0) == -ESRCH;
}

/*
 * That a thread has ended the kernel tells, which ThreadSanitizer does not know: it would take who goes on with a cache
 * for a second user of it.
 */
#ifdef __SANITIZE_THREAD__
enum { REUSES_CACHES = 0 };
#else
enum { REUSES_CACHES = 1 };
#endif

/* What was found out of a stack is of no other one. */
static void forget_stack(struct thread_cache *cache)
{
	cache->stack_to = 0;
	cache->usual_from = cache->usual_to = 0;
}

/* The cache of a thread that has ended, now ours; or our own, when the loader has reset our pointer. */
static struct thread_cache *reuse_cache(const struct region_header *region, int tid)
{
	uint32_t n_caches = __atomic_load_n(&process.n_caches, __ATOMIC_RELAXED);
	int pid = region->pid;

	for (uint32_t i = 0; i < n_caches && i < REUSE_PROBES; i++) {
		uint32_t number = __atomic_fetch_add(&process.reuse_cursor, 1, __ATOMIC_RELAXED);
		struct thread_cache *cache = cache_at(number % n_caches);
		int owner = cache ? __atomic_load_n(&cache->tid, __ATOMIC_ACQUIRE) : 0;

		/* Or that of one whose number we have by now, which had another stack. */
		if (owner != 0 && owner == tid) {
			forget_stack(cache);
			return cache;
		}
		/*
		 * What the main thread spent its time on is a figure of its own. Its number lives as long as
		 * the process, so nobody goes on with its block either.
		 */
		if (tid == pid)
			continue;
		if (REUSES_CACHES && thread_has_ended(pid, owner) &&
		    __atomic_compare_exchange_n(&cache->tid, &owner, tid, false, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED)) {
			forget_stack(cache);
			return cache;
		}
	}
	return NULL;
}

static struct slab *take_slab(struct region_header *region)
{
	uint32_t size;
	struct slab *slab = region ? region_take_slab(region, &size) : NULL;

	if (slab) {
		slab->used = sizeof(*slab);
		slab->size = size;
	}
	return slab;
}

void *thread_make_record(struct thread_cache *thread, uint32_t size)
{
	size = (size + RECORD_UNIT - 1) / RECORD_UNIT * RECORD_UNIT;
	struct slab *slab = thread->slab;

	/* Asked first, for a full region is tried again at every call: the sum must not wrap around. */
	if (slab && __atomic_load_n(&slab->used, __ATOMIC_RELAXED) + size <= slab->size) {
		uint32_t offset = owner_fetch_add(&slab->used, size);

		if (offset + size <= slab->size)
			return (char *)slab + offset;
	}
	slab = take_slab(process_find_region());
	if (!slab)
		return NULL;
	slab->used += size;
	thread->slab = slab;
	if (likely(process_owns_new_region(slab)))
		return (char *)slab + sizeof(*slab);
	thread->slab = NULL;
	return NULL;
}

/* A forked child finds its parent's pointers in a cache that the kernel did not wipe. */
static void clear_cache(struct thread_cache *cache)
{
	for (int slot = 0; slot < SLOT_COUNT; slot++)
		cache->stats[slot] = NULL;
	cache->block = NULL;
	cache->slab = NULL;
	cache->left_workspace = NULL;
	cache->cells = NULL;
	cache->objects = NULL;
	forget_stack(cache);
}

/* Gives a cache that nobody has used to a thread. */
static void fill_cache(struct thread_cache *cache, struct slab *slab, struct thread_block *block)
{
	if (!process_is_wiped_by_kernel())
		clear_cache(cache);
	/* A cache has two pages, of which calls read before they write: so each faults once. */
	cache->stats[SLOT_COUNT - 1] = NULL;
	cache->slab = slab;
	cache->block = block;
	cache->random = (clock_last_ticks(&recorder_session.settings.clock) ^ (uint64_t)block->tid << 32) | 1;
	/* Release: pairs with the acquire of whoever goes on with the cache. */
	__atomic_store_n(&cache->tid, block->tid, __ATOMIC_RELEASE);
}

/* It was given to a thread of the parent, in a child that perhaps had it in use: nobody's from now on. */
static void spoil_cache(struct thread_cache *cache)
{
	__atomic_store_n(&cache->tid, OWN_TID, __ATOMIC_RELAXED);
	cache->block = NULL;
	cache->slab = NULL;
}

/*
 * A cache with a block of its own, which stands in the region's list unless it is nobody's (OWN_TID). NULL: no
 * memory; then no number is used up, for the thread will ask again at its next call.
 */
static struct thread_cache *make_cache(struct region_header *region, int tid)
{
	struct slab *slab = cache_at(__atomic_load_n(&process.n_caches, __ATOMIC_RELAXED))
				    ? take_slab(region)
				    : NULL;

	if (!slab)
		return NULL;
	uint32_t number = __atomic_fetch_add(&process.n_caches, 1, __ATOMIC_RELAXED);
	struct thread_cache *cache = cache_at(number);

	if (!cache)
		return NULL;
	struct thread_block *block = (struct thread_block *)(slab + 1);

	slab->used += BLOCK_SIZE;
	block->tid = tid;
	if (recorder_region() != region)
		return NULL;
	/* First into the list: a thread that jumps away from here, out of a handler, may find the cache to be its own. */
	if (tid != OWN_TID)
		region_add_thread(region, block);
	fill_cache(cache, slab, block);
	if (recorder_region() != region) {
		spoil_cache(cache);
		return NULL;
	}
	return cache;
}

/* A thread that goes on with its own block is no new one. */
static void own_block(struct region_header *region, struct thread_block *block, int tid)
{
	if (block->n_owners && block->tid == tid)
		return;
	block->tid = tid;
	block->n_owners++;
	__atomic_fetch_add(&region->n_threads, 1, __ATOMIC_RELAXED);
}

struct thread_cache *thread_find(void)
{
	for (;;) {
		struct thread_cache *seen = recorder_thread;

		if (seen && seen->block)
			return seen;
		struct region_header *region = process_find_region();

		if (!region)
			return NULL;
		int tid = raw_gettid();
		struct thread_cache *thread = reuse_cache(region, tid);

		if (!thread)
			thread = make_cache(region, tid);
		struct thread_block *block = thread ? thread->block : NULL;

		if (recorder_region() != region)
			continue;
		if (!block)
			return NULL;
		/* A signal handler may have been here meanwhile: then the thread has its cache already. */
		if (__atomic_compare_exchange_n(&recorder_thread, &seen, thread, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			own_block(region, block, tid);
	}
}

void *calling_thread_make_record(uint32_t size)
{
	struct thread_cache *thread = thread_find();

	return thread ? thread_make_record(thread, size) : NULL;
}

bool thread_is_in(const struct thread_cache *thread, const struct region_header *region)
{
	return recorder_thread == thread && thread->block && recorder_region() == region;
}

struct thread_cache *thread_enter_own(void)
{
	struct thread_cache *before = recorder_thread;
	struct region_header *region = process_find_region();

	if (!process.own_cache && region)
		process.own_cache = make_cache(region, OWN_TID);
	if (process.own_cache)
		recorder_thread = process.own_cache;
	return before;
}

void thread_leave_own(struct thread_cache *before)
{
	recorder_thread = before;
}

void thread_become_own(void)
{
	struct region_header *region = process_find_region();
	struct thread_cache *cache = region ? make_cache(region, OWN_TID) : NULL;

	if (cache)
		recorder_thread = cache;
}

void recorder_lend_memory(void)
{
	if (!startup_is_relocated())
		return;
	recorder_start();
	process.lends_memory = 1;
	if (!recorder_session.settings.version)
		return;
	if (recorder_session.settings.state == SESSION_OPEN && thread_find())
		__atomic_fetch_or(&recorder_region()->flags, REGION_LENT, __ATOMIC_RELAXED);
}

struct region_header *recorder_prepare_for_sandbox(void)
{
	recorder_start();
	if (recorder_session.settings.state != SESSION_OPEN || !thread_find())
		return NULL;
	struct region_header *region = recorder_own_region();

	private_prepare();
	if (region)
		region_prepare(region, SANDBOX_ROOM);
	return region;
}

uint64_t thread_next_random(struct thread_cache *thread)
{
	/* Marsaglia's xorshift, 2003 */
	uint64_t x = thread->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return thread->random = x;
}
