// SPDX-License-Identifier: MIT
/* Allocates in every way from several threads, and tells whose malloc it uses. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *allocate_much(void *argument)
{
	char *blocks[200] = {0};

	for (int i = 0; i < 20000; i++) {
		char **block = &blocks[i % 200];

		switch (i % 5) {
		case 0:
			free(*block);
			*block = calloc(3, (size_t)(i % 777) + 1);
			break;
		case 1:
			free(*block);
			if (posix_memalign((void **)block, 256, 100) != 0)
				abort();
			break;
		case 2:
			free(*block);
			*block = strdup("a string");
			break;
		default:
			*block = realloc(*block, (size_t)(i % 5000) + 16);
		}
		memset(*block, 1, 1);
	}
	for (int i = 0; i < 200; i++)
		free(blocks[i]);
	return argument;
}

int main(void)
{
	pthread_t threads[4];
	void *result;

	for (long i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, allocate_much, (void *)i);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		printf("thread %ld\n", (long)result);
	}
	printf("jemalloc %s\n", dlsym(RTLD_DEFAULT, "mallctl") ? "is here" : "is not here");
	void *block = malloc(100);
	printf("%zu usable bytes\n", malloc_usable_size(block));
	free(block);
	printf("too much: %p\n", malloc((size_t)-1 / 2));
	return 0;
}
