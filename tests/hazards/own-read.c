// SPDX-License-Identifier: MIT
/*
 * A program that exports a read() and a dup() of its own. Its own calls never reach us; what it passes on, by
 * RTLD_NEXT, comes to us before libc. OWN_LIBRARY: the same from a library that is linked before libc.
 */
#include "config.h"

#include "hazard.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>

static int n_own_reads;

ssize_t read(int fd, void *buf, size_t size)
{
	static ssize_t (*next)(int, void *, size_t);

	n_own_reads++;
	if (!next)
		next = (ssize_t (*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
	return next(fd, buf, size);
}

/* Passes nothing on. */
int dup(int fd)
{
	(void)fd;
	errno = EXDEV;
	return -1;
}

static int run_own_functions(char **arguments)
{
	int fd = open("/dev/zero", O_RDONLY);
	char byte;

	(void)arguments;
	for (int i = 0; i < 40; i++)
		REQUIRE(read(fd, &byte, 1) == 1);
	for (int i = 0; i < 10; i++)
		REQUIRE(dup(fd) == -1 && errno == EXDEV);
	REQUIRE(n_own_reads == 40);
	pid_t pid = fork();

	if (pid == 0) {
		seek(3);
		_exit(read(fd, &byte, 1) != 1);
	}
	REQUIRE(status_of(pid) == 0);
	truth_count("read", 41);
	truth_count("dup", 0);
	truth_count("lseek", 3);
	return 0;
}

static const struct truth_case own_cases[] = {
	{"own-functions", "what it passes on counts, and nothing calls itself", run_own_functions, 0},
	{0},
};

const struct truth_table truth_tables[] = {{.cases = own_cases}, {0}};
