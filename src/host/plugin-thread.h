// SPDX-License-Identifier: MIT
/*
 * plugin-thread.h - threads for plugins' code, and for what else may run beside the rest: no signal is delivered to
 * them.
 */
#ifndef SONDE_HOST_PLUGIN_THREAD_H
#define SONDE_HOST_PLUGIN_THREAD_H

#include <pthread.h>
#include <stddef.h>

/* A thread with all signals blocked and a small stack. 0 or a negative errno. */
int plugin_thread_start(const char *name, size_t stack_size, void *(*run)(void *argument),
			void *argument, pthread_t *ret_thread);

#endif
