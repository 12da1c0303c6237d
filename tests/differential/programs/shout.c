// SPDX-License-Identifier: MIT
/* A library to preload: says when it is loaded, and marks what echo prints, each through the next
 * library. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void announce(void)
{
	ssize_t (*next_write)(int fd, const void *buf, size_t count) =
		(ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");

	if (next_write(2, "loaded\n", 7) != 7)
		_exit(99);
}

int fputs_unlocked(const char *text, FILE *file)
{
	int (*next)(const char *text, FILE *file) =
		(int (*)(const char *, FILE *))dlsym(RTLD_NEXT, "fputs_unlocked");

	next("shouted: ", file);
	return next(text, file);
}
