// SPDX-License-Identifier: MIT
/*
 * attempt.h - when a lock may be tried before it is waited for.
 *
 * Trying must not let a call succeed that libc would have refused, and not skip what libc does first. libc
 * judges clocks always, and times before it looks at a read-write lock or a semaphore. A robust mutex that nobody can
 * recover stays locked when glibc is only to try it: who locks it next would wait for ever.
 */
#ifndef SONDE_PRELOAD_ATTEMPT_H
#define SONDE_PRELOAD_ATTEMPT_H

#include "record/probe.h"

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

enum { MUTEX_IS_ROBUST = 16 }; /* in the kind of a mutex, which is part of glibc's binary interface */

static inline bool is_mutex_tried(const pthread_mutex_t *mutex)
{
	return !(mutex->__data.__kind & MUTEX_IS_ROBUST);
}

static inline bool is_lock_clock(clockid_t clock)
{
	return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
}

static inline bool is_lock_time(const struct timespec *time)
{
	return time && time->tv_nsec >= 0 && time->tv_nsec < 1000000000;
}

/*
 * Some calls act on a pending cancellation also when they need not wait. The thread then does not come back
 * from here; its call was made, and is counted.
 */
void attempt_may_be_cancelled(const struct probe *probe, enum call call)
	__attribute__((visibility("hidden")));

#endif
