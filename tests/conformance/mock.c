// SPDX-License-Identifier: MIT
/*
 * mock.c - an allocator for code that runs before the mocks are armed: it only ever moves forward.
 */
#include "config.h"

#include "mock.h"

static char arena[1024 * 1024] __attribute__((aligned(64)));
static size_t used;

void *mock_allocate(size_t alignment, size_t size)
{
	size_t start = (used + alignment - 1) / alignment * alignment;

	if (size > sizeof(arena) - start)
		return NULL;
	used = start + size;
	return arena + start;
}

/* How long the old block is is not known; what follows it is copied too, and does no harm. */
void *mock_reallocate(void *old, size_t size)
{
	char *block = mock_allocate(16, size);

	if (!block || !old)
		return block;
	size_t rest = (size_t)(arena + sizeof(arena) - (char *)old);

	return memmove(block, old, size < rest ? size : rest);
}
