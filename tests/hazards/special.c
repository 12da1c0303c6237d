// SPDX-License-Identifier: MIT
/*
 * A subject to be built in special ways, by the shell tests: with a sanitizer, with another allocator, bound at once.
 * MALLOC_IS_SEEN: its calls of malloc reach us; where another allocator comes first they do not.
 */
#include "config.h"

#include "hazard.h"

#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <string.h>

#ifndef MALLOC_IS_SEEN
#define MALLOC_IS_SEEN 0
#endif

enum { THREADS = 8, BLOCKS = 500 };

static char *child_arguments[] = {"special", "child", "13", NULL};

static int run_child(char **arguments)
{
	uint64_t n_seeks = (uint64_t)atoi(arguments[0]);

	seek(n_seeks);
	truth_count("lseek", n_seeks);
	return 0;
}

static int run_calls(char **arguments)
{
	char buf[64];
	int fd = open("/dev/zero", O_RDONLY);
	FILE *file = fopen("/dev/null", "w");

	(void)arguments;
	for (int i = 0; i < 300; i++)
		REQUIRE(pread(fd, buf, sizeof(buf), i) == sizeof(buf));
	for (int i = 0; i < 200; i++)
		REQUIRE(fputc('x', file) == 'x');
	REQUIRE(fclose(file) == 0);
	truth_count("pread", 300);
	truth_bytes("pread", 300 * sizeof(buf));
	truth_count("fputc", 200);
	truth_count("fclose", 1);
	return 0;
}

/* Blocks of every size, freed by another thread than the one that asked for them. */
static void *allocate(void *blocks)
{
	for (int i = 0; i < BLOCKS; i++) {
		char *block = i % 3 ? malloc((size_t)i * 7) : calloc((size_t)i + 1, 9);

		REQUIRE(block);
		if (i % 5 == 0)
			block = realloc(block, 10000);
		memset(block, i, (size_t)i * 7);
		((char **)blocks)[i] = block;
	}
	seek(10);
	return blocks;
}

static int run_memory(char **arguments)
{
	static char *blocks[THREADS][BLOCKS];
	pthread_t threads[THREADS];
	void *aligned;

	(void)arguments;
	for (int i = 0; i < THREADS; i++)
		REQUIRE(pthread_create(&threads[i], NULL, allocate, blocks[i]) == 0);
	for (int i = 0; i < THREADS; i++)
		REQUIRE(pthread_join(threads[i], NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		for (int j = 0; j < BLOCKS; j++)
			free(blocks[i][j]);
	REQUIRE(posix_memalign(&aligned, 4096, 100) == 0 && (uintptr_t)aligned % 4096 == 0);
	free(aligned);
	truth_count("lseek", 10 * THREADS);
	if (MALLOC_IS_SEEN) {
		enum { MALLOCS = THREADS * (BLOCKS - (BLOCKS + 2) / 3), REALLOCS = THREADS * BLOCKS / 5 };

		/* The allocator's libraries make a few calls of their own. */
		truth_between("malloc", MALLOCS, MALLOCS + 20);
		truth_between("realloc", REALLOCS, REALLOCS + 20);
	}
	return 0;
}

/* Children by every kind of exec: of this program, which is special, and of one that is not. */
static int run_children(char **arguments)
{
	char *nothing[] = {NULL}, *plain[] = {"true", NULL};
	char command[4200];
	pid_t pid;

	(void)arguments;
	for (int i = 0; i < 4; i++) {
		pid = i % 2 ? fork() : vfork();
		if (pid == 0) {
			if (i < 2)
				execve(truth_program, child_arguments, nothing);
			else
				execve("/bin/true", plain, environ);
			_exit(1);
		}
		REQUIRE(status_of(pid) == 0);
	}
	REQUIRE(posix_spawn(&pid, truth_program, NULL, NULL, child_arguments, environ) == 0);
	REQUIRE(status_of(pid) == 0);
	snprintf(command, sizeof(command), "/bin/true && %s child 4", truth_program);
	REQUIRE(system(command) == 0);
	/* Two are the shell's. */
	truth_count("execve", 4 + 2);
	truth_count("posix_spawn", 1);
	truth_count("system", 1);
	return 0;
}

static const struct truth_case special_cases[] = {
	{"calls", "its calls count", run_calls, 0},
	{"memory", "its memory is its allocator's", run_memory, 0},
	{"children", "its children are watched, and run as they would", run_children, 0},
	{"child", NULL, run_child, 0},
	{0},
};

const struct truth_table truth_tables[] = {{.cases = special_cases}, {0}};
