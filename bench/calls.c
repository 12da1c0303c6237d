// SPDX-License-Identifier: MIT
/*
 * calls OPERATION THREADS - prints the nanoseconds that one call takes: of many short batches the lowest tenth,
 * the mean of the threads. Each thread stays on a processor of its own. On a rented machine a processor is half
 * as fast for fractions of a second while a neighbour uses its other hardware thread: a median would tell how often
 * that was the case.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BATCHES = 400, ROUNDS = 5000, THREADS_MAX = 64, DEPTH = 20 };

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void allocate_and_free(void)
{
	for (int i = 0; i < ROUNDS; i++)
		free(malloc(64));
}

/* More than PTRDIFF_MAX: refused without asking the kernel. */
static volatile size_t too_much = SIZE_MAX / 2 + 64;

static void fail_to_allocate(void)
{
	for (int i = 0; i < ROUNDS; i++)
		if (malloc(too_much))
			abort();
}

static void lock_and_unlock(void)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		pthread_mutex_unlock(&mutex);
	}
}

static int zeros = -1;

static void read_byte(void)
{
	char byte;

	if (zeros < 0)
		zeros = open("/dev/zero", O_RDONLY);
	for (int i = 0; i < ROUNDS; i++)
		if (read(zeros, &byte, 1) != 1)
			abort();
}

/* From so deep that a stack has its usual length. */
static __attribute__((noinline)) void read_from(int depth)
{
	if (depth == 0)
		read_byte();
	else
		read_from(depth - 1);
	/* The call is no jump: each has a frame. */
	__asm__ volatile("" : : : "memory");
}

static void read_deep(void)
{
	read_from(DEPTH);
}

static void get_character(void)
{
	static FILE *stream;

	if (!stream)
		stream = fopen("/dev/zero", "r");
	for (int i = 0; i < ROUNDS; i++)
		if (fgetc(stream) != 0)
			abort();
}

static void read_counter_twice(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t start = __builtin_ia32_rdtsc();

		__asm__ volatile("" : : "r"(start) : "memory");
		uint64_t end = __builtin_ia32_rdtsc();
		__asm__ volatile("" : : "r"(end) : "memory");
	}
}

static void read_clock_twice(void)
{
	struct timespec start, end;

	for (int i = 0; i < ROUNDS; i++) {
		clock_gettime(CLOCK_MONOTONIC, &start);
		clock_gettime(CLOCK_MONOTONIC, &end);
	}
}

static const struct operation {
	const char *name;
	void (*run)(void);
	int n_calls; /* in a round */
} operations[] = {
	{"malloc", allocate_and_free, 2},
	{"malloc-failing", fail_to_allocate, 1},
	{"mutex", lock_and_unlock, 2},
	{"read", read_byte, 1},
	{"read-deep", read_deep, 1},
	{"fgetc", get_character, 1},
	{"rdtsc-pair", read_counter_twice, 1},
	{"clock_gettime-pair", read_clock_twice, 1},
};

static const struct operation *operation;
static pthread_barrier_t barrier;

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* The index-th processor that we may run on. */
static void stay_on_processor(int index)
{
	cpu_set_t may, chosen;

	sched_getaffinity(0, sizeof(may), &may);
	index %= CPU_COUNT(&may);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &may) || index-- > 0)
			continue;
		CPU_ZERO(&chosen);
		CPU_SET(cpu, &chosen);
		sched_setaffinity(0, sizeof(chosen), &chosen);
		return;
	}
}

struct worker {
	pthread_t thread;
	int index;
	double ns; /* of a call */
};

static void *measure(void *argument)
{
	struct worker *worker = argument;
	double batch_ns[BATCHES];

	stay_on_processor(worker->index);
	operation->run();
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < BATCHES; i++) {
		double start = now_ns();

		operation->run();
		batch_ns[i] = now_ns() - start;
	}
	qsort(batch_ns, BATCHES, sizeof(double), compare_doubles);
	worker->ns = batch_ns[BATCHES / 10] / ROUNDS / operation->n_calls;
	return NULL;
}

static const struct operation *find_operation(const char *name)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (strcmp(operations[i].name, name) == 0)
			return &operations[i];
	return NULL;
}

int main(int argc, char **argv)
{
	static struct worker workers[THREADS_MAX];
	int n_threads = argc > 2 ? atoi(argv[2]) : 1;
	double sum_ns = 0;

	operation = argc > 1 ? find_operation(argv[1]) : NULL;
	if (!operation || n_threads < 1 || n_threads > THREADS_MAX) {
		fprintf(stderr, "usage: calls OPERATION [THREADS]\n");
		return 2;
	}
	pthread_barrier_init(&barrier, NULL, (unsigned int)n_threads);
	for (int i = 0; i < n_threads; i++) {
		workers[i].index = i;
		pthread_create(&workers[i].thread, NULL, measure, &workers[i]);
	}
	for (int i = 0; i < n_threads; i++) {
		pthread_join(workers[i].thread, NULL);
		sum_ns += workers[i].ns;
	}
	printf("%.2f\n", sum_ns / n_threads);
	return 0;
}
