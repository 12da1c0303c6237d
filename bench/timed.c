// SPDX-License-Identifier: MIT
/*
 * timed.c - floor F1: forwards a few functions through pointers, and reads the processor's counter
 * before and after. Nobody can time a call for less.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static void *(*real_malloc)(size_t size);
static void (*real_free)(void *block);
static int (*real_lock)(pthread_mutex_t *mutex);
static int (*real_unlock)(pthread_mutex_t *mutex);

/* Where the result goes, lest the compiler leave the readings out. */
__thread uint64_t timed_ticks __attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Called by the first malloc, which is before main. */
__attribute__((constructor, cold, noinline)) static void resolve(void)
{
	real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	real_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
	real_lock = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_lock");
	real_unlock = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_unlock");
}

static inline uint64_t counter(void)
{
	return __builtin_ia32_rdtsc();
}

void *malloc(size_t size)
{
	if (__builtin_expect(!real_malloc, 0))
		resolve();
	uint64_t start = counter();
	void *block = real_malloc(size);
	timed_ticks = counter() - start;
	return block;
}

void free(void *block)
{
	if (__builtin_expect(!real_free, 0))
		resolve();
	uint64_t start = counter();
	real_free(block);
	timed_ticks = counter() - start;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	if (__builtin_expect(!real_lock, 0))
		resolve();
	uint64_t start = counter();
	int result = real_lock(mutex);
	timed_ticks = counter() - start;
	return result;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	if (__builtin_expect(!real_unlock, 0))
		resolve();
	uint64_t start = counter();
	int result = real_unlock(mutex);
	timed_ticks = counter() - start;
	return result;
}
