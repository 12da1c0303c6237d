// SPDX-License-Identifier: MIT
/*
 * An allocator that a program (or a library preloaded before or after us) brings along: it looks its own helpers up
 * with dlsym() while it is asked for memory for the first time, one of them in vain, which asks for memory again; and
 * it reads a file, by calls that reach us before our constructor has run.
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { HEAP = 64 << 20, HEADER = 16 };

static char heap[HEAP] __attribute__((aligned(16)));
static size_t used;
static int is_begun;

static void begin(void)
{
	char line[64];

	if (__atomic_exchange_n(&is_begun, 1, __ATOMIC_RELAXED))
		return;
	dlsym(RTLD_NEXT, "a_function_that_nobody_has");
	dlerror();
	int fd = open("/proc/self/stat", O_RDONLY);

	read(fd, line, sizeof(line));
	close(fd);
}

void *memalign(size_t alignment, size_t size)
{
	begin();
	size_t total = size + HEADER + alignment;
	size_t start = __atomic_fetch_add(&used, (total + 15) / 16 * 16, __ATOMIC_RELAXED);

	if (size > HEAP || start + total > HEAP) {
		errno = ENOMEM;
		return NULL;
	}
	uintptr_t block = ((uintptr_t)heap + start + HEADER + alignment - 1) / alignment * alignment;

	((size_t *)block)[-1] = size;
	return (void *)block;
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int posix_memalign(void **ret_block, size_t alignment, size_t size)
{
	*ret_block = memalign(alignment, size);
	return *ret_block ? 0 : ENOMEM;
}

void *malloc(size_t size)
{
	return memalign(16, size);
}

void *calloc(size_t n, size_t size)
{
	return memalign(16, n * size); /* fresh memory of the kernel's */
}

void *realloc(void *block, size_t size)
{
	void *moved = memalign(16, size);

	if (block && moved) {
		size_t kept = ((size_t *)block)[-1];

		memcpy(moved, block, kept < size ? kept : size);
	}
	return moved;
}

/* Nothing is used again; a block of another allocator's is an end with a message. */
void free(void *block)
{
	if (block && ((char *)block < heap || (char *)block >= heap + HEAP)) {
		write(2, "a foreign block\n", 16);
		_exit(55);
	}
}

size_t malloc_usable_size(void *block)
{
	return block ? ((size_t *)block)[-1] : 0;
}
