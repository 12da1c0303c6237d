// SPDX-License-Identifier: MIT
/*
 * The file is made with its full, sparse size and mapped once, out of reach. Memory comes behind it in
 * steps, by MADV_POPULATE_WRITE, which needs no descriptor, works after chroot() and when no descriptor
 * is free, and fails with an error when the filesystem is full. Kernels before 5.14 do not know it: there
 * the file is opened again and posix_fallocate's system call does the same.
 */
#include "config.h"

#include "record/region-writer.h"

#include "base/compiler.h"
#include "base/raw.h"
#include "base/text.h"
#include "record/identity.h"
#include "record/memory.h"

#include <errno.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* Path of the file behind the process's region, for kernels that cannot populate without opening it. */
static KEPT char region_path[REGION_PATH_SIZE];

enum {
	/* Rounded up to a cache line, which is where records start. */
	HEADER_SIZE = (sizeof(struct region_header) + 63) / 64 * 64,
};

_Static_assert((int)HEADER_SIZE < (int)REGION_SLAB, "the header leaves room in its page");

static void region_file_name(const char *directory, struct text *ret_name)
{
	text_add(ret_name, directory);
	text_add_char(ret_name, '/');
	text_add_number(ret_name, (uint64_t)raw_getpid());
	text_add_char(ret_name, '-');
	text_add_number(ret_name, (uint64_t)clock_kernel_ns(CLOCK_MONOTONIC));
	text_add(ret_name, REGION_SUFFIX);
}

static int allocate_by_descriptor(uint64_t size)
{
	int fd = raw_open(region_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0);

	if (fd < 0)
		return fd;
	int result = raw_fallocate(fd, 0, (long)size);

	raw_close(fd);
	return result;
}

/*
 * Makes a part of a mapping usable. The rest is not, so that mlockall(), which touches what it can, does
 * not fill the file.
 */
static int populate(char *memory, uint64_t size)
{
	int result = raw_mprotect(memory, size, PROT_READ | PROT_WRITE);

	return result < 0 ? result : raw_madvise(memory, size, MADV_POPULATE_WRITE);
}

/* Puts memory behind the first `end` bytes. */
static int region_commit(struct region_header *region, uint64_t end)
{
	uint64_t from = __atomic_load_n(&region->committed, __ATOMIC_RELAXED);
	uint64_t capacity = __atomic_load_n(&region->capacity, __ATOMIC_RELAXED);
	uint64_t step = end <= REGION_COMMIT_STEP / 2 ? REGION_COMMIT_STEP / 2 : REGION_COMMIT_STEP;

	if (end > capacity)
		return -ENOSPC;
	end = (end + step - 1) / step * step;
	if (end > capacity)
		end = capacity;
	int result = populate((char *)region + from, end - from);

	if (result == -EINVAL)
		result = allocate_by_descriptor(end);
	if (result < 0)
		return result;
	while (from < end &&
	       !__atomic_compare_exchange_n(&region->committed, &from, end, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
	return 0;
}

/* As large as the process's limits allow: past RLIMIT_FSIZE the kernel would send SIGXFSZ. */
static uint64_t choose_capacity(void)
{
	uint64_t capacity = REGION_CAPACITY;
	uint64_t file_limit = raw_limit(RLIMIT_FSIZE);

	if (raw_limit(RLIMIT_AS) != RLIM_INFINITY)
		capacity = REGION_SMALL_CAPACITY;
	return capacity <= file_limit ? capacity : file_limit / REGION_SLAB * REGION_SLAB;
}

/* Populates the first step of a mapping that has no header yet. */
static int commit_first(char *memory, int fd)
{
	int result = populate(memory, REGION_COMMIT_FIRST);

	return result == -EINVAL ? raw_fallocate(fd, 0, REGION_COMMIT_FIRST) : result;
}

static struct region_header *map_file(const char *path, uint64_t capacity)
{
	int fd = raw_open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return NULL;
	long address = raw_ftruncate(fd, (long)capacity);

	if (address == 0)
		address = raw_mmap(NULL, capacity, PROT_NONE, MAP_SHARED, fd);
	if (!raw_failed(address) && commit_first((char *)address, fd) < 0) {
		raw_munmap((void *)address, capacity);
		address = -ENOSPC;
	}
	raw_close(fd);
	if (!raw_failed(address))
		return (struct region_header *)address;
	raw_unlink(path);
	return NULL;
}

static struct region_header *map_private(void)
{
	long address = raw_mmap(NULL, REGION_SMALL_CAPACITY, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	return raw_failed(address) ? NULL : (struct region_header *)address;
}

static void fill_header(struct region_header *region, uint64_t capacity,
			const struct region_header *parent, struct session_settings *settings)
{
	region->version = REGION_VERSION;
	region->header_size = sizeof(*region);
	region->capacity = capacity;
	region->used = HEADER_SIZE;
	region->clock = settings->clock;
	identity_fill(region, parent, settings);
	memory_inherit(region);
	/* Release: a reader that sees the magic, with acquire, sees the header. */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	__builtin_memcpy(region->magic, REGION_MAGIC, sizeof(region->magic));
}

/* The file of the calling process's region, without a header; NULL: it cannot be had. */
static struct region_header *make_file(const char *directory, uint64_t capacity, char *ret_path)
{
	struct text path = text_init(ret_path, REGION_PATH_SIZE);
	struct region_header *region = NULL;

	if (*directory && capacity >= REGION_COMMIT_FIRST) {
		region_file_name(directory, &path);
		region = map_file(ret_path, capacity);
	}
	if (!region)
		*ret_path = '\0';
	return region;
}

struct region_header *region_make(const char *directory, struct session_file *session,
				  const struct region_header *parent,
				  char ret_path[REGION_PATH_SIZE])
{
	uint64_t capacity = choose_capacity();
	struct region_header *region = make_file(directory, capacity, ret_path);

	if (region) {
		region->committed = REGION_COMMIT_FIRST;
	} else {
		session_note(session, NOTE_NO_REGION, raw_getpid(), identity_executable(parent));
		capacity = REGION_SMALL_CAPACITY;
		region = map_private();
		if (!region)
			return NULL;
		region->committed = capacity;
	}
	fill_header(region, capacity, parent, &session->settings);
	return region;
}

void region_adopt(const char *path)
{
	struct text text = text_init(region_path, sizeof(region_path));

	text_add(&text, path);
}

void region_discard(struct region_header *region, const char *path)
{
	if (*path)
		raw_unlink(path);
	raw_munmap(region, region->capacity);
}

/* What the header leaves of its page, for who comes first: a process that does little has one page. */
static void *take_rest_of_header(struct region_header *region, uint32_t *ret_size)
{
	uint64_t offset = HEADER_SIZE;

	if (!__atomic_compare_exchange_n(&region->used, &offset, REGION_SLAB, false,
					 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return NULL;
	*ret_size = REGION_SLAB - HEADER_SIZE;
	return (char *)region + HEADER_SIZE;
}

void *region_take_slab(struct region_header *region, uint32_t *ret_size)
{
	void *rest = take_rest_of_header(region, ret_size);

	if (rest)
		return rest;
	uint64_t offset = __atomic_fetch_add(&region->used, REGION_SLAB, __ATOMIC_RELAXED);
	uint64_t end = offset + REGION_SLAB;

	if (end > __atomic_load_n(&region->capacity, __ATOMIC_RELAXED))
		return NULL;
	if (end > __atomic_load_n(&region->committed, __ATOMIC_RELAXED) &&
	    region_commit(region, end) < 0)
		return NULL;
	*ret_size = REGION_SLAB;
	return (char *)region + offset;
}

/*
 * A thread that is about to take a slab may have seen the old capacity. It takes the next one, so it
 * stays below what is kept.
 */
void region_shrink(struct region_header *region)
{
	uint64_t capacity = region->capacity;
	uint64_t kept = __atomic_load_n(&region->committed, __ATOMIC_RELAXED) + REGION_SMALL_CAPACITY;

	if (kept >= capacity)
		return;
	__atomic_store_n(&region->capacity, kept, __ATOMIC_RELAXED);
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
	/* Not from the kernel: a sandbox may kill those who ask it for anything new. */
	region->ended_ns = region->started_ns +
			   (int64_t)clock_interval_ns(&region->clock, region->started_ticks,
						      clock_ticks(&region->clock));
	__atomic_store_n(&region->state, (uint32_t)state, __ATOMIC_RELAXED);
}

void region_unmark_end(struct region_header *region)
{
	__atomic_store_n(&region->state, REGION_RUNNING, __ATOMIC_RELAXED);
	region->ended_ns = 0;
}
