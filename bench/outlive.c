// SPDX-License-Identifier: MIT
/*
 * outlive.c - with the stubs of emit-forward.awk, the least that a preload can do that loses nothing when its process is
 * killed: it forwards, and each process, started or forked, has a page of its own in a file that all of them map. No
 * figure is kept there. Floor FP.
 *
 * The file is $BENCH_OUTLIVE: a counter at its start, and behind that the places, each as large as a region's. Places
 * are used again, so that those who come late find memory there.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

enum { HEAD_SIZE = 64 * 1024, PLACE_SIZE = 64 * 1024 * 1024, PAGE_SIZE = 4096, N_PLACES = 200 };

static const char *path;
static uint64_t *counter;

/* A process that finds no place goes on without one, and makes the floor look lower than it is: never higher. */
static void take_place(void)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	if (!counter) {
		void *head = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

		counter = head == MAP_FAILED ? NULL : head;
	}
	if (counter) {
		uint64_t place = __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED) % N_PLACES;
		void *page = mmap(NULL, PLACE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
				  (off_t)(HEAD_SIZE + place * PLACE_SIZE));

		if (page != MAP_FAILED)
			madvise(page, PAGE_SIZE, MADV_POPULATE_WRITE);
	}
	close(fd);
}

__attribute__((constructor)) static void start(void)
{
	path = getenv("BENCH_OUTLIVE");
	if (!path)
		return;
	take_place();
	pthread_atfork(NULL, NULL, take_place);
}
