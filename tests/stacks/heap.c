// SPDX-License-Identifier: MIT
/*
 * heap SEED N [alone] - makes N allocations of all sizes in two threads at once (or one after the other), by several calls and
 * from several places, and frees most of them. Says what it allocated and what it kept, in all and at one place.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define NOINLINE __attribute__((noinline, noclone))

struct worker {
	uint64_t random;
	long n;
	size_t allocated;
	size_t kept;
	size_t kept_often; /* at the place that keeps most */
	void *last[64];
	size_t last_size[64];
};

static uint64_t next(struct worker *worker)
{
	worker->random ^= worker->random << 13;
	worker->random ^= worker->random >> 7;
	worker->random ^= worker->random << 17;
	return worker->random;
}

/* From a few bytes to some hundred thousand; small ones are most. */
static size_t draw_size(struct worker *worker)
{
	unsigned int bits = (unsigned int)(next(worker) % 13 + next(worker) % 6);

	return 1 + next(worker) % ((size_t)2 << bits);
}

NOINLINE static void *keep_often(size_t size)
{
	void *volatile block = malloc(size);

	return block;
}

NOINLINE static void *keep_seldom(size_t size)
{
	void *volatile block = calloc(1, size);

	return block;
}

NOINLINE static void *borrow(size_t size)
{
	void *volatile block = malloc(size);

	return block;
}

static void replace(struct worker *worker, size_t size)
{
	unsigned int i = next(worker) % 64;

	if (next(worker) % 4 == 0) {
		worker->last[i] = realloc(worker->last[i], size);
	} else {
		free(worker->last[i]);
		worker->last[i] = borrow(size);
	}
	worker->last_size[i] = size;
}

/* Nothing that was not given may move where the next sample is taken. */
static void ask_for_too_much(void)
{
	volatile size_t size = ((size_t)1 << 63) + ((size_t)1 << 40);

	free(malloc(size));
	free(realloc(NULL, size));
	free(calloc(1, size));
}

static void *work(void *argument)
{
	struct worker *worker = argument;

	ask_for_too_much();
	for (long i = 0; i < worker->n; i++) {
		size_t size = draw_size(worker);
		unsigned int choice = next(worker) % 100;

		worker->allocated += size;
		if (choice < 6) {
			keep_often(size);
			worker->kept_often += size;
			worker->kept += size;
		} else if (choice < 9) {
			keep_seldom(size);
			worker->kept += size;
		} else {
			replace(worker, size);
		}
	}
	for (int i = 0; i < 64; i++)
		free(worker->last[i]);
	return NULL;
}

int main(int argc, char **argv)
{
	static struct worker workers[2];
	static char buf[BUFSIZ];
	pthread_t thread;

	if (argc < 3)
		return 2;
	setvbuf(stdout, buf, _IOFBF, sizeof(buf));
	for (int i = 0; i < 2; i++) {
		workers[i].random = (uint64_t)(2 * atol(argv[1]) + i + 1) * UINT64_C(0x9e3779b97f4a7c15);
		workers[i].n = atol(argv[2]) / 2;
	}
	if (argc > 3)
		work(&workers[0]);
	else if (pthread_create(&thread, NULL, work, &workers[0]) != 0)
		return 1;
	work(&workers[1]);
	if (argc == 3)
		pthread_join(thread, NULL);
	printf("%zu %zu %zu\n", workers[0].allocated + workers[1].allocated, workers[0].kept + workers[1].kept,
	       workers[0].kept_often + workers[1].kept_often);
	return 0;
}
