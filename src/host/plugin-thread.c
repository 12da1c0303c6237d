// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-thread.h"

#include <signal.h>
#include <stdio.h>

enum { NAME_SIZE = 16 }; /* that the kernel keeps */

int plugin_thread_start(const char *name, size_t stack_size, void *(*run)(void *argument),
			void *argument, pthread_t *ret_thread)
{
	char kept[NAME_SIZE];
	pthread_attr_t attributes;
	sigset_t all;
	sigset_t before;

	int result = pthread_attr_init(&attributes);

	if (result)
		return -result;
	pthread_attr_setstacksize(&attributes, stack_size);
	sigfillset(&all);
	/* A thread begins with the mask of the one that makes it. */
	pthread_sigmask(SIG_BLOCK, &all, &before);
	result = pthread_create(ret_thread, &attributes, run, argument);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	snprintf(kept, sizeof(kept), "%s", name);
	if (result == 0)
		pthread_setname_np(*ret_thread, kept);
	return -result;
}
