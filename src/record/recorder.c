// SPDX-License-Identifier: MIT
/*
 * The slow paths of recording: what happens when a process, a thread or a call is new.
 *
 * A thread takes memory from the region a slab at a time and makes its records from that, so that no two
 * threads write to one cache line. When a thread is new, it first looks whether a cache's owner has ended,
 * and goes on with that cache and the block behind it; so the memory of a process follows its number of
 * living threads. No thread-exit hook is needed, and a call that a thread makes in its last destructor
 * still finds its block.
 *
 * Every function here can be interrupted by a signal handler that enters it again on the same thread:
 * a record is complete before one instruction publishes it, and at worst some memory is wasted.
 */
#include "config.h"

#include "record/recorder.h"

#include "base/raw.h"
#include "base/text.h"
#include "record/region-writer.h"
#include "record/startup.h"

#include <errno.h>
#include <sys/mman.h>

enum {
	RECORD_UNIT = 64, /* records start on cache lines */
	CACHES_AT_FIRST = 16,
	CACHE_ARENAS = 16, /* each twice as large as the one before */
	REUSE_PROBES = 4,  /* caches that a new thread looks at before it takes a new one */
	BARE_CALIBRATION_NS = 2000000,
};

/* Memory of one thread, part of the region; records follow, `used` bytes in all. */
struct slab {
	uint32_t used;
	uint8_t unused[RECORD_UNIT - sizeof(uint32_t)];
};

/*
 * What belongs to this process image alone, with the first caches. Whole pages, for the kernel wipes
 * whole pages at fork: nothing that a child is to inherit may share one.
 */
static struct process_state {
	struct region_header *region;
	struct call_info_record *info[CALL_COUNT];
	uint32_t n_caches;
	uint32_t reuse_cursor;
	uint32_t has_no_region;
	struct thread_cache caches[CACHES_AT_FIRST] __attribute__((aligned(64)));
} __attribute__((aligned(4096))) process;

_Static_assert(sizeof(process) % 4096 == 0, "only the state itself is wiped");

/* Further caches. Their memory is wiped at fork, but stays mapped and is used again by the child. */
static struct thread_cache *arenas[CACHE_ARENAS];

__thread struct thread_cache *recorder_thread;
struct session_file recorder_session;

static char session_directory[SESSION_PATH_SIZE];
static bool is_started;
static bool is_wiped_by_kernel;

/* The region mapped last, by this process or the one it was forked from. */
static struct region_header *mapped_region;
static uint64_t mapped_size;

/* -- Start ------------------------------------------------------------------------------------------ */

/* The vDSO reads the kernel's clocks without a system call. */
static void find_vdso_clock(void)
{
	static const char *const names[] = {"__vdso_clock_gettime", "__kernel_clock_gettime"};
	struct link_map *object = NULL;

	while ((object = startup_next_object(object))) {
		struct elf_object elf;

		if (!text_starts_with(object->l_name, "linux-vdso") ||
		    !elf_object_init(&elf, object->l_addr, object->l_ld))
			continue;
		for (int i = 0; i < 2; i++) {
			void *function = elf_object_find(&elf, names[i], elf_name_hash(names[i]));

			if (function)
				clock_gettime_function = (int (*)(clockid_t, struct timespec *))function;
		}
	}
}

static int join_session(const char *directory)
{
	struct session_file *file;
	struct text path = text_init(session_directory, sizeof(session_directory));
	int result = session_map_file(directory, &recorder_session, &file);

	text_add(&path, directory);
	return path.is_cut ? -ENAMETOOLONG : result;
}

/* A bare LD_PRELOAD run: nobody has made a session for us, so the first process does. */
static int make_session(void)
{
	char path[SESSION_PATH_SIZE];
	struct session_settings settings;
	int result = session_make_directory(startup_environment(), NULL, path);

	if (result < 0)
		return result;
	session_settings_init(&settings);
	settings.pid_namespace = session_pid_namespace();
	clock_calibrate(BARE_CALIBRATION_NS, &settings.clock);
	result = session_write_file(path, &settings);
	return result < 0 ? result : join_session(path);
}

/* Whether an object of our name comes before us: it counts, and we would count everything again. */
static bool is_second_copy(void)
{
	struct link_map *own = startup_own_object();
	struct link_map *object = NULL;

	while (own && (object = startup_next_object(object)) && object != own)
		if (text_equals(text_file_name(object->l_name), text_file_name(own->l_name)))
			return true;
	return false;
}

static void switch_off(void)
{
	for (int call = 0; call < CALL_COUNT; call++)
		recorder_session.settings.is_off[call] = 1;
}

void recorder_start(void)
{
	if (is_started)
		return;
	is_started = true;
	if (is_second_copy()) {
		switch_off();
		return;
	}
	find_vdso_clock();
	is_wiped_by_kernel = raw_madvise(&process, sizeof(process), MADV_WIPEONFORK) == 0;

	const char *directory = environment_find(startup_environment(), SESSION_VARIABLE);
	int result = directory && *directory ? join_session(directory) : make_session();

	if (result < 0) {
		session_directory[0] = '\0';
		session_settings_init(&recorder_session.settings);
	}
}

const char *recorder_session_directory(void)
{
	return session_directory;
}

/* -- Process ---------------------------------------------------------------------------------------- */

struct region_header *recorder_region(void)
{
	return __atomic_load_n(&process.region, __ATOMIC_ACQUIRE);
}

struct region_header *recorder_own_region(void)
{
	struct region_header *region = recorder_region();

	return region && region->pid == raw_getpid() ? region : NULL;
}

/*
 * A forked child may return from a call that its parent's thread had begun: out of a signal handler, or
 * of a function that pthread_once() called. That call's record lies in the parent's region, which the
 * child has mapped too and must not write to. Private memory takes its place.
 */
static void leave_parent_region(void)
{
	struct region_header *region = __atomic_load_n(&mapped_region, __ATOMIC_RELAXED);

	if (!region || region->pid == raw_getpid())
		return;
	raw_mmap(region, mapped_size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1);
	__atomic_store_n(&mapped_region, NULL, __ATOMIC_RELAXED);
}

/* Whether a record lies in the process's region; that of a call begun before a fork does not. */
static bool is_own_record(const void *record)
{
	struct region_header *region = recorder_region();

	return region && (uintptr_t)record - (uintptr_t)region < region->capacity;
}

static struct region_header *find_region(void)
{
	struct region_header *region = recorder_region();
	struct region_header *none = NULL;
	char path[REGION_PATH_SIZE];

	if (region || process.has_no_region)
		return region;
	leave_parent_region();
	region = region_make(session_directory, &recorder_session, path);
	if (!region) {
		process.has_no_region = 1;
		return NULL;
	}
	/* Release: pairs with the acquire in recorder_region(). */
	if (__atomic_compare_exchange_n(&process.region, &none, region, false, __ATOMIC_RELEASE,
					__ATOMIC_ACQUIRE)) {
		region_adopt(path);
		mapped_size = region->capacity;
		__atomic_store_n(&mapped_region, region, __ATOMIC_RELEASE);
		return region;
	}
	region_discard(region, path);
	return none;
}

void recorder_begin_process(void)
{
	find_region();
}

static void count_loss(enum region_loss reason)
{
	struct region_header *region = recorder_region();

	if (region)
		__atomic_fetch_add(&region->lost[reason], 1, __ATOMIC_RELAXED);
}

void recorder_after_fork(void)
{
	leave_parent_region();
	if (is_wiped_by_kernel)
		return;
	process.region = NULL;
	process.n_caches = 0;
	process.has_no_region = 0;
	for (int i = 0; i < CALL_COUNT; i++)
		process.info[i] = NULL;
	recorder_thread = NULL;
}

/* -- Thread ----------------------------------------------------------------------------------------- */

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

	if (number < n_caches)
		return &process.caches[number];
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

/* The cache of a thread that has ended, now ours; or our own, when the loader has reset our pointer. */
static struct thread_cache *reuse_cache(int tid)
{
	uint32_t n_caches = __atomic_load_n(&process.n_caches, __ATOMIC_RELAXED);
	int pid = recorder_region()->pid;

	for (uint32_t i = 0; i < n_caches && i < REUSE_PROBES; i++) {
		uint32_t number = __atomic_fetch_add(&process.reuse_cursor, 1, __ATOMIC_RELAXED);
		struct thread_cache *cache = cache_at(number % n_caches);
		int owner = cache ? __atomic_load_n(&cache->tid, __ATOMIC_ACQUIRE) : 0;

		if (owner != 0 && owner == tid)
			return cache;
		if (thread_has_ended(pid, owner) &&
		    __atomic_compare_exchange_n(&cache->tid, &owner, tid, false, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			return cache;
	}
	return NULL;
}

static struct slab *take_slab(void)
{
	struct region_header *region = find_region();
	struct slab *slab = region ? region_take_slab(region) : NULL;

	if (slab)
		slab->used = sizeof(*slab);
	return slab;
}

/* Zeroed memory of the thread. NULL: the region is full. */
static void *make_record(struct thread_cache *thread, uint32_t size)
{
	size = (size + RECORD_UNIT - 1) / RECORD_UNIT * RECORD_UNIT;
	struct slab *slab = thread->slab;

	/* Asked first, for a full region is tried again at every call: the sum must not wrap around. */
	if (slab && __atomic_load_n(&slab->used, __ATOMIC_RELAXED) + size <= REGION_SLAB) {
		uint32_t offset = owner_fetch_add(&slab->used, size);

		if (offset + size <= REGION_SLAB)
			return (char *)slab + offset;
	}
	slab = take_slab();
	if (!slab)
		return NULL;
	slab->used += size;
	thread->slab = slab;
	return (char *)slab + sizeof(*slab);
}

/* A forked child finds its parent's pointers in a cache that the kernel did not wipe. */
static void clear_cache(struct thread_cache *cache)
{
	for (int call = 0; call < CALL_COUNT; call++)
		cache->stats[call] = NULL;
	cache->block = NULL;
	cache->slab = NULL;
	cache->left_workspace = NULL;
}

/*
 * A cache with a block of its own. NULL: no memory; then no number is used up, for the thread will ask
 * again at its next call.
 */
static struct thread_cache *make_cache(struct region_header *region, int tid)
{
	struct slab *slab = cache_at(__atomic_load_n(&process.n_caches, __ATOMIC_RELAXED))
				    ? take_slab()
				    : NULL;

	if (!slab)
		return NULL;
	uint32_t number = __atomic_fetch_add(&process.n_caches, 1, __ATOMIC_RELAXED);
	struct thread_cache *cache = cache_at(number);

	if (!cache)
		return NULL;
	if (!is_wiped_by_kernel)
		clear_cache(cache);
	cache->slab = slab;
	struct thread_block *block = make_record(cache, sizeof(*block));

	if (!block)
		return NULL;
	block->tid = tid;
	cache->block = block;
	cache->random = (clock_counter() ^ (uint64_t)tid << 32) | 1;
	region_add_thread(region, block);
	/* Release: pairs with the acquire of whoever goes on with the cache. */
	__atomic_store_n(&cache->tid, tid, __ATOMIC_RELEASE);
	return cache;
}

static struct thread_cache *find_thread(void)
{
	struct thread_cache *thread = recorder_thread;
	struct thread_cache *seen = thread;

	if (thread && thread->block)
		return thread;
	struct region_header *region = find_region();

	if (!region)
		return NULL;
	int tid = raw_gettid();

	thread = reuse_cache(tid);
	if (!thread)
		thread = make_cache(region, tid);
	if (!thread)
		return NULL;
	/* A signal handler may have been here meanwhile: then the thread has its cache already. */
	if (!__atomic_compare_exchange_n(&recorder_thread, &seen, thread, false, __ATOMIC_RELAXED,
					 __ATOMIC_RELAXED))
		return seen;
	if (thread->block->n_owners && thread->block->tid == tid)
		return thread;
	thread->block->tid = tid;
	thread->block->n_owners++;
	__atomic_fetch_add(&region->n_threads, 1, __ATOMIC_RELAXED);
	return thread;
}

/* -- Call ------------------------------------------------------------------------------------------- */

static void copy_name(char *field, size_t size, const char *name)
{
	struct text text = text_init(field, size);

	text_add(&text, name);
}

/* One description serves all threads of the process; two that come at once may make two. */
static struct call_info_record *find_info(struct thread_cache *thread, enum call call)
{
	struct call_info_record *info = __atomic_load_n(&process.info[call], __ATOMIC_ACQUIRE);

	if (info)
		return info;
	info = make_record(thread, sizeof(*info));
	if (!info)
		return NULL;
	info->id = call;
	copy_name(info->name, sizeof(info->name), call_table[call].name);
	copy_name(info->group, sizeof(info->group), call_table[call].group);
	/* Release: pairs with the acquire above, in another thread. */
	__atomic_store_n(&process.info[call], info, __ATOMIC_RELEASE);
	return info;
}

static uint64_t next_random(struct thread_cache *thread)
{
	/* Marsaglia's xorshift, 2003 */
	uint64_t x = thread->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return thread->random = x;
}

static struct call_stats *make_stats(struct thread_cache *thread, enum call call)
{
	struct call_info_record *info = find_info(thread, call);
	struct call_stats *stats = info ? make_record(thread, sizeof(*stats)) : NULL;
	uint32_t period = recorder_session.settings.period[call];
	relative head;

	if (!stats)
		return NULL;
	stats->info = relative_to(&stats->info, info);
	stats->min_ns = UINT64_MAX;
	/* Anywhere in the first period, so that short threads are no exception to the sample. */
	stats->countdown = period <= 1 ? 1 : (int32_t)(1 + next_random(thread) % period);
	do {
		head = __atomic_load_n(&thread->block->calls, __ATOMIC_RELAXED);
		stats->next = relative_to(&stats->next,
					  relative_follow(&thread->block->calls, head));
	} while (!relative_publish(&thread->block->calls, head, stats));
	thread->stats[call] = stats;
	return stats;
}

struct call_stats *recorder_find_stats(enum call call)
{
	recorder_start();
	if (recorder_session.settings.is_off[call])
		return NULL;
	struct thread_cache *thread = find_thread();
	struct call_stats *stats = thread ? thread->stats[call] : NULL;

	if (thread && !stats)
		stats = make_stats(thread, call);
	if (!stats)
		count_loss(LOSS_REGION_FULL);
	return stats;
}

/* -- Time and failures ------------------------------------------------------------------------------ */

void recorder_schedule_timing(struct call_stats *stats, uint32_t period)
{
	struct thread_cache *thread = recorder_thread;
	uint64_t random = thread ? next_random(thread) : 0;

	/* Uniform in 1 .. 2 * period - 1: on average one in `period`, and in step with no loop. */
	stats->countdown = (int32_t)(1 + random % (2 * period - 1));
}

/* The counters of an octave, made when the first duration falls into it. NULL: no memory. */
static struct histogram_row *find_row(struct call_stats *stats, unsigned int octave)
{
	struct histogram_row *row = relative_get(&stats->rows[octave]);
	struct thread_cache *thread = recorder_thread;

	if (likely(row))
		return row;
	row = thread && thread->block ? make_record(thread, sizeof(*row)) : NULL;
	if (!row)
		return NULL;
	relative_publish(&stats->rows[octave], 0, row);
	return relative_get(&stats->rows[octave]);
}

void recorder_finish_timing(struct call_stats *stats, uint64_t start_ticks)
{
	const struct clock_calibration *clock = &recorder_session.settings.clock;

	if (unlikely(!is_own_record(stats)))
		return;
	uint64_t ns = clock_interval_ns(clock, start_ticks, clock_ticks(clock));
	unsigned int bucket = histogram_bucket(ns);
	struct histogram_row *row = find_row(stats, bucket / HISTOGRAM_ROW_BUCKETS);

	if (unlikely(!row)) {
		count_loss(LOSS_REGION_FULL);
		return;
	}
	owner_add(&row->count[bucket % HISTOGRAM_ROW_BUCKETS], 1);
	owner_add(&stats->sum_ns, ns);
	owner_min(&stats->min_ns, ns);
	owner_max(&stats->max_ns, ns);
}

/* The record of a code, made when it first occurs. NULL: no memory. */
static struct error_stats *find_error(struct call_stats *stats, int code, uint64_t now_ticks)
{
	struct thread_cache *thread = recorder_thread;
	struct error_stats *made = NULL;

	for (;;) {
		relative head = __atomic_load_n(&stats->errors, __ATOMIC_RELAXED);
		struct error_stats *first = relative_follow(&stats->errors, head);

		for (struct error_stats *error = first; error; error = relative_get(&error->next))
			if (error->code == code)
				return error;
		if (!made)
			made = thread && thread->block ? make_record(thread, sizeof(*made)) : NULL;
		if (!made)
			return NULL;
		made->code = code;
		made->first_ticks = now_ticks;
		made->next = relative_to(&made->next, first);
		if (relative_publish(&stats->errors, head, made))
			return made;
	}
}

void recorder_add_failure(struct call_stats *stats, uint64_t start_ticks, int code)
{
	const struct clock_calibration *clock = &recorder_session.settings.clock;

	if (unlikely(!is_own_record(stats)))
		return;
	uint64_t now_ticks = clock_ticks(clock);
	struct error_stats *error = find_error(stats, code, now_ticks);

	if (unlikely(!error)) {
		count_loss(LOSS_REGION_FULL);
		return;
	}
	owner_add(&error->count, 1);
	error->last_ticks = now_ticks;
	if (start_ticks) {
		owner_add(&error->timed, 1);
		owner_add(&error->sum_ns, clock_interval_ns(clock, start_ticks, now_ticks));
	}
}
