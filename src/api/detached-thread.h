// SPDX-License-Identifier: MIT
/*
 * detached-thread.h - a thread that nobody waits for.
 */
#ifndef SONDE_API_DETACHED_THREAD_H
#define SONDE_API_DETACHED_THREAD_H

#include <stddef.h>

/* With a stack of so many bytes; 0: of as many as usual. It has the signal mask of the caller. 0 or an errno. */
int detached_thread_start(void *(*run)(void *argument), void *argument, size_t stack_size);

#endif
