// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/process.h"

#include "base/raw.h"
#include "base/signals.h"
#include "record/descriptor.h"
#include "record/filter.h"
#include "record/identity.h"
#include "record/inheritance.h"
#include "record/region-writer.h"

#include <sys/mman.h>

struct process_state process;

_Static_assert(sizeof(process) % 4096 == 0, "only the state itself is wiped");

static KEPT bool is_wiped_by_kernel;

/* A region that is made from now on is a forked child's. */
static KEPT bool has_begun;

static KEPT uint64_t n_early_calls;

/* Stands for the region of a parent that found no memory for one. */
static const struct parentage unknown_parent;

/* A page that is read before it is written faults twice. */
static void write_first(void)
{
	__atomic_store_n(&process.reuse_cursor, 0, __ATOMIC_RELAXED);
}

void process_start(void)
{
	is_wiped_by_kernel = raw_madvise(&process, sizeof(process), MADV_WIPEONFORK) == 0;
	write_first();
}

bool process_is_wiped_by_kernel(void)
{
	return is_wiped_by_kernel;
}

struct region_header *recorder_region(void)
{
	return __atomic_load_n(&process.region, __ATOMIC_ACQUIRE);
}

int process_number(void)
{
	return filter_forbids(FILTER_NUMBER) ? 0 : raw_getpid();
}

struct region_header *recorder_own_region(void)
{
	struct region_header *region = recorder_region();

	/* Asked for when the process ends: a sandbox may kill those who ask the kernel for their number. */
	if (is_wiped_by_kernel && !process.lends_memory)
		return region;
	return region && region->pid == process_number() ? region : NULL;
}

/*
 * A forked child may return from a call that its parent's thread had begun: out of a signal handler, or
 * of a function that pthread_once() called. That call's record lies in the parent's region, which the
 * child has mapped too and must not write to. Private memory takes the place of what was in use; what nobody can
 * have written to is given back, or is where the child's own region is mapped.
 */
struct left_region {
	struct region_header *region; /* NULL: there is none to be left */
	uint64_t in_use;
	struct address_range rest;
	struct parentage parent;
};

/*
 * The region of the process that we were forked from, as long as we have it mapped. (Its number would not tell:
 * in a new pid namespace it may be ours.)
 */
static struct region_header *parent_region(void)
{
	struct region_header *region = __atomic_load_n(&inheritance_now()->region, __ATOMIC_RELAXED);

	return region != recorder_region() ? region : NULL;
}

/* How much of the region nobody can have written to. It is the caller's from now on: there is none the next time. */
static uint64_t take_rest(uint64_t size, uint64_t in_use)
{
	return __atomic_exchange_n(&process.has_taken_rest, 1, __ATOMIC_RELAXED) ? 0 : size - in_use;
}

/* Signals are held, but another thread may be doing the same: then it is no more to be left, or has no rest. */
static struct left_region begin_to_leave(void)
{
	struct left_region left = {.region = parent_region()};
	const struct inheritance *now = inheritance_now();

	if (!left.region)
		return left;
	uint64_t size = __atomic_load_n(&now->size, __ATOMIC_RELAXED);

	left.in_use = __atomic_load_n(&now->in_use, __ATOMIC_RELAXED);
	/* It was to be used up to there, but there was no memory, and the addresses have been given back since. */
	if (left.in_use > size)
		left.in_use = size;
	left.parent = now->parent;
	left.rest.address = (char *)left.region + left.in_use;
	/* What was read of it is true if it is still the one. */
	if (left.region != parent_region())
		return (struct left_region){0};
	/* Nobody else's from here on. */
	left.rest.size = take_rest(size, left.in_use);
	return left;
}

static void leave_region(const struct left_region *left)
{
	if (!left->region)
		return;
	inheritance_limit(left->region, left->in_use);
	if (left->rest.size)
		raw_munmap(left->rest.address, left->rest.size);
	/* Another thread may have done it meanwhile, which does no harm. */
	if (left->region == parent_region())
		raw_mmap(left->region, left->in_use, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1);
}

/*
 * A handler may fork, and the child come back to what its parent was making: to a region whose place the parent may give
 * away, or to addresses where its own region lies by now. One may close all descriptors, ours too, and open others with
 * their numbers; or jump away. So none comes in the midst of it. (But for the signals of what a thread does itself, faults
 * and traps; that a handler of one of these does so in there is not provided for.)
 */
static struct signals_held hold_signals(void)
{
	return filter_forbids(FILTER_HOLD) ? (struct signals_held){0} : signals_hold(signals_from_elsewhere());
}

static void leave_parent_region(void)
{
	if (!parent_region() || filter_forbids(FILTER_CHANGE))
		return;
	struct signals_held signals = hold_signals();
	struct left_region left = begin_to_leave();

	leave_region(&left);
	if (left.region)
		inheritance_end(left.region);
	signals_release(signals);
}

/* The thread that made the region may not have come to say that it is mapped. */
bool process_owns_new_region(const void *record)
{
	struct region_header *region = recorder_region();

	return region && (uintptr_t)record - (uintptr_t)region < region->capacity;
}

struct region_header *process_make_region(int fd)
{
	struct left_region left = begin_to_leave();
	const struct parentage *parent = left.region ? &left.parent : NULL;
	struct region_header *none = NULL;

	if (!parent && has_begun)
		parent = &unknown_parent;
	has_begun = true;
	struct region_header *region = region_make(fd, &recorder_session, parent, process.locks_memory, &left.rest);

	/* Not before: the kernel would give addresses that were given back to somebody else. */
	leave_region(&left);
	if (!region) {
		if (left.region)
			inheritance_end(left.region);
		process.has_no_region = 1;
		return NULL;
	}
	/* Release: pairs with the acquire in recorder_region(). */
	if (__atomic_compare_exchange_n(&process.region, &none, region, false, __ATOMIC_RELEASE,
					__ATOMIC_ACQUIRE)) {
		process.mapped.size = region->capacity;
		__atomic_store_n(&process.mapped.region, region, __ATOMIC_RELEASE);
		inheritance_give(region);
		return region;
	}
	region_discard(region, &recorder_session.settings);
	return none;
}

/* A forked child that a filter of its parent's would kill for what it takes to make a region. */
static void do_without_region(void)
{
	process.has_no_region = 1;
	if (!parent_region())
		return;
	session_note(&recorder_session, NOTE_SANDBOX, process_number(), identity_executable());
	leave_parent_region();
}

/* Signals are held. */
static struct region_header *open_and_make_region(void)
{
	const char *directory = recorder_session_directory();
	int fd = *directory ? session_open_file(directory) : -1;
	struct region_header *region = process_make_region(fd);

	if (fd >= 0)
		raw_close(fd);
	return region;
}

struct region_header *process_find_region(void)
{
	struct region_header *region = recorder_region();

	if (region || process.has_no_region)
		return region;
	if (filter_forbids(FILTER_ARRIVAL)) {
		do_without_region();
		return NULL;
	}
	struct signals_held signals = hold_signals();

	/* A handler that came just before has made it. */
	region = recorder_region();
	if (!region && !process.has_no_region)
		region = open_and_make_region();
	signals_release(signals);
	return region;
}

static void shrink(uint64_t limit, uint64_t most)
{
	struct region_header *region = recorder_own_region();

	if (!region)
		return;
	region_shrink(region, limit, most);
	process.mapped.size = region->capacity;
}

void recorder_give_way(uint64_t limit)
{
	shrink(limit, recorder_session.settings.region_capacity);
}

void recorder_lock_memory(void)
{
	process.locks_memory = 1;
	shrink(UINT64_MAX, REGION_SMALL_CAPACITY);
}

void process_count_early_call(void)
{
	__atomic_fetch_add(&n_early_calls, 1, __ATOMIC_RELAXED);
}

static void report_early_calls(void)
{
	struct region_header *region = recorder_region();
	uint64_t n_calls = region ? __atomic_exchange_n(&n_early_calls, 0, __ATOMIC_RELAXED) : 0;

	if (n_calls)
		__atomic_fetch_add(&region->lost[LOSS_EARLY], n_calls, __ATOMIC_RELAXED);
}

void recorder_begin_process(void)
{
	if (recorder_session.settings.state == SESSION_OPEN)
		process_find_region();
	else
		leave_parent_region();
	report_early_calls();
}

void process_count_loss(enum region_loss reason)
{
	struct region_header *region = recorder_region();

	if (region)
		__atomic_fetch_add(&region->lost[reason], 1, __ATOMIC_RELAXED);
}

bool recorder_note_sandbox(struct region_header *region)
{
	uint32_t before = __atomic_fetch_or(&region->flags, REGION_SANDBOXED, __ATOMIC_RELAXED);

	inheritance_add_flag(region, REGION_SANDBOXED);
	return before & REGION_SANDBOXED;
}

void recorder_unnote_sandbox(struct region_header *region)
{
	__atomic_fetch_and(&region->flags, ~(uint32_t)REGION_SANDBOXED, __ATOMIC_RELAXED);
	inheritance_take_flag(region, REGION_SANDBOXED);
}

static void forget(void)
{
	process.region = NULL;
	process.mapped = (struct mapped_region){0};
	process.has_taken_rest = 0;
	process.n_caches = 0;
	process.has_no_region = 0;
	process.lends_memory = 0;
	process.ends_its_host = 0;
	process.locks_memory = 0;
	process.own_cache = NULL;
	process.n_objects[0] = process.n_objects[1] = 0;
	for (int i = 0; i < SLOT_COUNT; i++)
		process.info[i] = 0;
	descriptor_closed_range(0, -1);
	process.has_connections = 0;
	recorder_thread = NULL;
}

void recorder_after_fork(void)
{
	write_first();
	if (!is_wiped_by_kernel)
		forget();
	/* They are the parent's. */
	n_early_calls = 0;
	recorder_begin_process();
}
