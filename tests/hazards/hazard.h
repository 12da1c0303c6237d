// SPDX-License-Identifier: MIT
/*
 * hazard.h - for cases named after a hazard of interposition, "H25 ...": see docs/hazards.md. Each provokes it,
 * checks that the program does not notice us, and states what the report must say (tests/truth/truth.h).
 */
#ifndef SONDE_TESTS_HAZARD_H
#define SONDE_TESTS_HAZARD_H

#include "truth.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ends the case as failed, saying where; the program is as it is in the midst of a hazard. */
#define REQUIRE(condition)                                                                        \
	do {                                                                                      \
		if (!(condition))                                                                 \
			hazard_fail(__FILE__ ": " #condition "\n");                               \
	} while (0)

__attribute__((noreturn)) static inline void hazard_fail(const char *what)
{
	raw_write(2, what, text_length(what));
	raw_syscall(SYS_exit_group, 99, 0, 0, 0, 0, 0);
	__builtin_unreachable();
}

/* Calls that fail at once, so that their number is all that matters. */
static inline void seek(uint64_t n_seeks)
{
	for (uint64_t i = 0; i < n_seeks; i++)
		lseek(-1, 0, SEEK_SET);
}

static inline void give_way(void)
{
	raw_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
}

/* Waits, uncounted, until the number that others change is large enough. */
static inline void await(const int *number, int least)
{
	while (__atomic_load_n(number, __ATOMIC_ACQUIRE) < least)
		give_way();
}

/* The wait status of a child. */
static inline int status_of(pid_t pid)
{
	int status;

	REQUIRE(pid > 0 && waitpid(pid, &status, __WALL) == pid);
	return status;
}

/* A file that lies beside the program, such as a library built for the tests; in static memory. */
static inline const char *beside_program(const char *name)
{
	static char path[4096];
	struct text text = text_init(path, sizeof(path));

	text_add(&text, truth_program);
	text.len = (size_t)(text_file_name(path) - path);
	text_add(&text, name);
	return path;
}

/* Is root, and not of a container that may not do the things that only root may. */
static inline bool is_root(void)
{
	return raw_geteuid() == 0;
}

#endif
