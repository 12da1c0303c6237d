// SPDX-License-Identifier: MIT
/*
 * A region's place in the session's file is mapped once, as a whole: to keep what has no memory yet out of reach
 * would be a system call more, of 8 us, in every process. Memory comes behind it in steps, by MADV_POPULATE_WRITE,
 * which needs no descriptor, works after chroot() and when no descriptor is free, and fails with an error when the
 * filesystem is full. Kernels before 5.14 do not know it: there the file is opened again and posix_fallocate's
 * system call does the same.
 */
#include "config.h"

#include "record/region-writer.h"

#include "base/raw.h"
#include "record/identity.h"
#include "record/inheritance.h"
#include "record/marks.h"
#include "record/memory.h"
#include "record/recorder.h"

#include <errno.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

enum {
	/* Records start on cache lines. */
	RECORD_UNIT = 64,
	HEADER_SIZE = (sizeof(struct region_header) + RECORD_UNIT - 1) / RECORD_UNIT * RECORD_UNIT,
	MARKS_SIZE_MAX = sizeof(struct region_marks) + REGION_LABELS_SIZE + REGION_TEST_SIZE,
	LEAST_FIRST_SLAB = 256, /* what a thread makes of it at once, and a call */
	LIMIT_SHARE = 64,       /* of an address space so many times as large a region may have one part */
};

_Static_assert((int)HEADER_SIZE + (int)MARKS_SIZE_MAX + (int)LEAST_FIRST_SLAB < (int)REGION_SLAB,
	       "header and marks leave room in their page");

static int allocate_by_descriptor(uint64_t offset, uint64_t size)
{
	int fd = session_open_file(recorder_session_directory());

	if (fd < 0)
		return fd;
	int result = raw_fallocate(fd, (long)offset, (long)size);

	raw_close(fd);
	return result;
}

/* An error where a store would end the process: the filesystem is full, or the file too short. */
static int populate(char *memory, uint64_t size)
{
	return raw_madvise(memory, size, MADV_POPULATE_WRITE);
}

/*
 * Twice as much each time, up to a step: of the processes of a configure script one in five needs one page, three two.
 * A page costs about as much as asking for it.
 */
static uint64_t round_up(uint64_t end)
{
	uint64_t step = REGION_COMMIT_FIRST;

	while (step < end && step < REGION_COMMIT_STEP)
		step *= 2;
	return (end + step - 1) / step * step;
}

/* Puts memory behind the first `end` bytes. */
static int region_commit(struct region_header *region, uint64_t end)
{
	uint64_t from = __atomic_load_n(&region->committed, __ATOMIC_RELAXED);
	uint64_t capacity = __atomic_load_n(&region->capacity, __ATOMIC_RELAXED);

	if (end > capacity)
		return -ENOSPC;
	end = round_up(end);
	if (end > capacity)
		end = capacity;
	/* Another thread has been here meanwhile. */
	if (end <= from)
		return 0;
	inheritance_cover(region, end);
	int result = populate((char *)region + from, end - from);

	if (result == -EINVAL)
		result = allocate_by_descriptor(region->offset, end);
	if (result < 0)
		return result;
	while (from < end &&
	       !__atomic_compare_exchange_n(&region->committed, &from, end, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
	return 0;
}

/* Populates the first pages of a mapping that has no header yet. */
static int commit_first(char *memory, int fd, uint64_t offset, uint64_t size)
{
	int result = populate(memory, size);

	return result == -EINVAL ? raw_fallocate(fd, (long)offset, (long)size) : result;
}

/* A forked child may only execute a program; of programs, four in five need more than a page. */
static uint64_t first_size(const struct parentage *parent)
{
	return parent ? REGION_COMMIT_FIRST : 2 * REGION_COMMIT_FIRST;
}

/* Maps a place in the session's file; the mapping has no header yet. NULL: there is no memory. */
static struct region_header *map_place(int fd, uint64_t offset, uint64_t capacity, void *where, uint64_t committed)
{
	long address = raw_mmap_file(where, capacity, fd, offset);

	if (raw_failed(address))
		return NULL;
	if (commit_first((char *)address, fd, offset, committed) == 0)
		return (struct region_header *)address;
	/* Who says where gives back, or uses, what is there. */
	if (!where)
		raw_munmap((void *)address, capacity);
	return NULL;
}

static struct region_header *map_private(uint64_t capacity)
{
	long address = raw_mmap(NULL, capacity, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	return raw_failed(address) ? NULL : (struct region_header *)address;
}

/* They stand right behind the header. Returns where the next record may stand. */
static uint64_t fill_marks(struct region_header *region)
{
	uint32_t size = marks_size();

	if (size)
		marks_write(region, HEADER_SIZE);
	return HEADER_SIZE + (size + RECORD_UNIT - 1) / RECORD_UNIT * RECORD_UNIT;
}

static void fill_header(struct region_header *region, uint64_t capacity,
			const struct parentage *parent, struct session_settings *settings)
{
	region->version = REGION_VERSION;
	region->header_size = sizeof(*region);
	region->capacity = capacity;
	region->used = fill_marks(region);
	region->clock = settings->clock;
	identity_fill(region, parent, settings);
	memory_inherit(region);
	/* Release: a reader that sees the magic, with acquire, sees the header. */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	__builtin_memcpy(region->magic, REGION_MAGIC, sizeof(region->magic));
}

/*
 * Of limited address space a small part, so that the program finds the rest: a power of two. A test of coreutils leaves
 * a program a million bytes more than it found that it needs.
 */
static uint64_t share_of(uint64_t limit, uint64_t capacity)
{
	while (capacity > REGION_CAPACITY_LEAST && capacity > limit / LIMIT_SHARE)
		capacity /= 2;
	return capacity;
}

/* Children of children have a little less each time. */
static bool is_large(uint64_t size, uint64_t capacity)
{
	return size >= capacity / 2;
}

/*
 * As large as there is room for. Where we go on with addresses that we have, nothing has to be asked; and a forked child
 * has the limits of its parent, which found out, or gave way to one since.
 */
static uint64_t choose_capacity(const struct session_settings *settings, const struct parentage *parent,
				const struct address_range *room)
{
	uint64_t capacity = settings->region_capacity;

	if (is_large(room->size, capacity))
		return room->size;
	if (parent && parent->capacity >= capacity)
		return capacity;
	capacity = share_of(raw_limit(RLIMIT_AS), capacity);
	return is_large(room->size, capacity) ? room->size : capacity;
}

/* Maps a place there if it has the room's size, which is empty then. NULL: there is no memory. */
static struct region_header *map_in(struct address_range *room, int fd, uint64_t offset, uint64_t capacity,
				    uint64_t committed)
{
	void *where = capacity == room->size ? room->address : NULL;
	struct region_header *region = map_place(fd, offset, capacity, where, committed);

	if (where && region)
		*room = (struct address_range){0};
	return region;
}

struct region_header *region_make(int fd, struct session_file *session,
				  const struct parentage *parent, bool is_small, struct address_range *room)
{
	uint64_t offset = fd >= 0 ? session_take_region(&session->settings, fd) : 0;
	uint64_t capacity = is_small ? REGION_SMALL_CAPACITY : choose_capacity(&session->settings, parent, room);
	uint64_t committed = first_size(parent);
	struct region_header *region = offset ? map_in(room, fd, offset, capacity, committed) : NULL;

	if (offset && !region)
		session_release_region(&session->settings, session->settings.region_capacity, offset);
	if (region) {
		region->committed = committed;
		region->offset = offset;
	} else {
		session_note(session, NOTE_NO_REGION, raw_getpid(), identity_executable());
		if (capacity > REGION_SMALL_CAPACITY)
			capacity = REGION_SMALL_CAPACITY;
		region = map_private(capacity);
		if (!region)
			return NULL;
		region->committed = capacity;
	}
	fill_header(region, capacity, parent, &session->settings);
	return region;
}

void region_discard(struct region_header *region, struct session_settings *settings)
{
	uint64_t capacity = region->capacity;
	uint64_t offset = region->offset;

	if (offset && raw_madvise(region, region->committed, MADV_REMOVE) == 0)
		session_release_region(settings, settings->region_capacity, offset);
	raw_munmap(region, capacity);
}

/* What the header leaves of its page, for who comes first: a process that does little has one page. */
static void *take_rest_of_header(struct region_header *region, uint32_t *ret_size)
{
	uint64_t offset = __atomic_load_n(&region->used, __ATOMIC_RELAXED);

	if (offset >= REGION_SLAB || !__atomic_compare_exchange_n(&region->used, &offset, REGION_SLAB, false,
								  __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return NULL;
	*ret_size = (uint32_t)(REGION_SLAB - offset);
	return (char *)region + offset;
}

void *region_take(struct region_header *region, uint64_t size)
{
	size = (size + REGION_SLAB - 1) / REGION_SLAB * REGION_SLAB;
	uint64_t offset = __atomic_fetch_add(&region->used, size, __ATOMIC_RELAXED);
	uint64_t end = offset + size;

	if (end > __atomic_load_n(&region->capacity, __ATOMIC_RELAXED))
		return NULL;
	if (end > __atomic_load_n(&region->committed, __ATOMIC_RELAXED) &&
	    region_commit(region, end) < 0)
		return NULL;
	return (char *)region + offset;
}

void *region_take_slab(struct region_header *region, uint32_t *ret_size)
{
	void *slab = take_rest_of_header(region, ret_size);

	if (slab)
		return slab;
	slab = region_take(region, REGION_SLAB);
	if (slab)
		*ret_size = REGION_SLAB;
	return slab;
}

/*
 * A thread that is about to take a slab may have seen the old capacity. It takes the next one, so it
 * stays below what is kept.
 */
void region_shrink(struct region_header *region, uint64_t limit, uint64_t most)
{
	uint64_t capacity = __atomic_load_n(&region->capacity, __ATOMIC_RELAXED);
	uint64_t kept;

	/* Another thread or a handler may do the same: each gives back what lies between. */
	do {
		kept = __atomic_load_n(&region->committed, __ATOMIC_RELAXED) + share_of(limit, most);
		if (kept >= capacity)
			return;
	} while (!__atomic_compare_exchange_n(&region->capacity, &capacity, kept, false, __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
	inheritance_limit(region, kept);
	raw_munmap((char *)region + kept, capacity - kept);
}

void region_prepare(struct region_header *region, uint64_t room)
{
	uint64_t end = __atomic_load_n(&region->used, __ATOMIC_RELAXED) + room;
	uint64_t capacity = __atomic_load_n(&region->capacity, __ATOMIC_RELAXED);

	if (end > capacity)
		end = capacity;
	if (end > __atomic_load_n(&region->committed, __ATOMIC_RELAXED))
		region_commit(region, end);
}

void region_seal(struct region_header *region)
{
	__atomic_store_n(&region->capacity, __atomic_load_n(&region->committed, __ATOMIC_RELAXED),
			 __ATOMIC_RELAXED);
}

void region_add_thread(struct region_header *region, struct thread_block *block)
{
	relative head = __atomic_load_n(&region->threads, __ATOMIC_RELAXED);

	do {
		block->next = relative_to(&block->next, relative_follow(&region->threads, head));
		/* Release: a reader that follows the list, with acquire, sees a complete block. */
	} while (!__atomic_compare_exchange_n(&region->threads, &head,
					      relative_to(&region->threads, block), false,
					      __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

void region_mark_end(struct region_header *region, enum region_state state)
{
	/* Not from the kernel: a sandbox may kill those who ask it for anything new. 0: nor from the counter. */
	uint64_t ticks = clock_ticks(&region->clock);

	if (ticks)
		region->ended_ns =
			region->started_ns + (int64_t)clock_interval_ns(&region->clock,
									region->started_ticks, ticks);
	__atomic_store_n(&region->state, (uint32_t)state, __ATOMIC_RELAXED);
}

void region_unmark_end(struct region_header *region)
{
	__atomic_store_n(&region->state, REGION_RUNNING, __ATOMIC_RELAXED);
	region->ended_ns = 0;
}
