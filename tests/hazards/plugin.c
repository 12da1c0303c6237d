// SPDX-License-Identifier: MIT
/*
 * A library that programs load at run time. Its thread-local memory is initial-exec: the loader takes it from
 * the little that it keeps for libraries loaded late.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int plugin_seek(int n_seeks);
int plugin_thread_memory(void);
char *plugin_copy(const char *text);

static __thread char memory[400] __attribute__((tls_model("initial-exec")));

int plugin_seek(int n_seeks)
{
	int n_failed = 0;

	for (int i = 0; i < n_seeks; i++)
		n_failed += lseek(-1, 0, SEEK_SET) < 0;
	return n_failed;
}

/* How much of the calling thread's memory is not zero, before it is filled. */
int plugin_thread_memory(void)
{
	int n_dirty = 0;

	for (size_t i = 0; i < sizeof(memory); i++)
		n_dirty += memory[i] != 0;
	memset(memory, 1, sizeof(memory));
	return n_dirty;
}

/* The caller frees it, perhaps by another free() than ours belongs to. */
char *plugin_copy(const char *text)
{
	return strdup(text);
}
