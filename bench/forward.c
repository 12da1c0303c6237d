// SPDX-License-Identifier: MIT
/*
 * forward.c - finds the functions that the stubs of emit-forward.awk forward to, when they are
 * first called.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

extern void *forward_table[] __attribute__((visibility("hidden")));
extern const char forward_names[] __attribute__((visibility("hidden")));

void *forward_resolve(size_t i) __attribute__((visibility("hidden")));

static const char *find_name(size_t i)
{
	const char *name = forward_names;

	while (i-- > 0)
		name += strlen(name) + 1;
	return name;
}

void *forward_resolve(size_t i)
{
	int code = errno;
	void *function = dlsym(RTLD_NEXT, find_name(i));

	__atomic_store_n(&forward_table[i], function, __ATOMIC_RELAXED);
	errno = code;
	return function;
}
