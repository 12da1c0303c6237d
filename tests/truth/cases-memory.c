// SPDX-License-Identifier: MIT
/*
 * A program that knows how many bytes it holds. What libc allocates beside it is the same whatever the argument
 * is, so that the difference of two runs is what is stated here.
 */
#include "config.h"

#include "truth.h"

#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 8, BLOCKS = 200 };

static pthread_barrier_t barrier;
static size_t scale; /* 0: nothing is allocated */
static uint64_t live;
static volatile size_t far_too_much = (size_t)1 << 62;

static void *note(void *block)
{
	__atomic_fetch_add(&live, malloc_usable_size(block), __ATOMIC_RELAXED);
	return block;
}

static void discard(void *block)
{
	__atomic_fetch_sub(&live, malloc_usable_size(block), __ATOMIC_RELAXED);
	free(block);
}

static void *change(void *block, size_t size)
{
	size_t before = block ? malloc_usable_size(block) : 0;
	void *changed = realloc(block, size);

	if (!changed && size)
		return block;
	__atomic_fetch_add(&live, malloc_usable_size(changed) - before, __ATOMIC_RELAXED);
	return changed;
}

/* Every way to get a block, and every way to get none. */
static void use_all_ways(size_t size)
{
	void *block = NULL;
	void *volatile none = NULL;

	free(none);
	discard(note(calloc(size, 3)));
	discard(note(memalign(64, size)));
	discard(note(aligned_alloc(64, 64 * size)));
	discard(note(valloc(size)));
	discard(note(reallocarray(NULL, size, 5)));
	if (posix_memalign(&block, 4096, size) == 0)
		discard(note(block));
	block = change(NULL, size);
	for (size_t i = 1; i < 100; i++)
		block = change(block, i % 7 * 1000 + i);
	block = change(block, far_too_much);
	if (reallocarray(none, far_too_much, far_too_much) || malloc(far_too_much) ||
	    posix_memalign(&block, 3, size) == 0)
		abort();
	block = change(block, 0);
	if (block)
		discard(block);
}

static void *hold(void *unused)
{
	static __thread void *blocks[BLOCKS];

	(void)unused;
	if (scale)
		use_all_ways(scale);
	pthread_barrier_wait(&barrier);
	for (size_t i = 0; scale && i < BLOCKS; i++)
		blocks[i] = note(malloc(scale * (1000 + i)));
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	for (size_t i = 0; scale && i < BLOCKS; i += 2)
		discard(blocks[i]);
	return NULL;
}

static void state(const char *what)
{
	truth_state("memory", what, NULL, __atomic_load_n(&live, __ATOMIC_RELAXED));
}

/* At last a child that frees nothing, and allocates a known block. */
static int fork_holder(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		live = 0;
		if (scale)
			note(malloc(12345));
		state("child");
		_exit(0);
	}
	return waitpid(pid, &status, 0) != pid || status;
}

static int run_live(char **arguments)
{
	pthread_t threads[THREADS];

	scale = (size_t)atol(arguments[0]);
	pthread_barrier_init(&barrier, NULL, THREADS + 1);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, hold, NULL))
			return 1;
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	state("peak");
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	state("live");
	return fork_holder();
}

/* Sampled or not, each byte that is asked for is counted. */
static int run_requested(char **arguments)
{
	uint64_t bytes = 0;

	(void)arguments;
	for (size_t i = 1; i <= 5000; i++) {
		free(malloc(i));
		bytes += i;
	}
	truth_bytes("malloc", bytes);
	free(calloc(7, 11));
	free(reallocarray(realloc(NULL, 100), 3, 50));
	free(memalign(64, 33));
	if (calloc(far_too_much, far_too_much))
		return 1;
	truth_bytes("calloc", 77);
	truth_bytes("realloc", 100 + 150); /* libc's reallocarray() calls it */
	truth_bytes("reallocarray", 150);
	truth_bytes("memalign", 33);
	truth_error("calloc", "ENOMEM", 1);
	return 0;
}

const struct truth_case truth_memory_cases[] = {
	{"requested", "bytes of allocations are those that were asked for", run_requested, 0},
	{"live", NULL, run_live, 0},
	{0},
};
