// SPDX-License-Identifier: MIT
/*
 * directory.h - a directory of the program's own, and statements about the files in it.
 */
#ifndef SONDE_TESTS_TRUTH_DIRECTORY_H
#define SONDE_TESTS_TRUTH_DIRECTORY_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "truth.h"

static char directory[] = "/tmp/sonde-object-XXXXXX";

static inline bool enter_directory(void)
{
	return mkdtemp(directory) && chdir(directory) == 0;
}

/* The path of a file in the directory. */
static inline const char *path_of(const char *name, char buf[64])
{
	snprintf(buf, 64, "%s/%s", directory, name);
	return buf;
}

static inline void state(const char *what, const char *name, uint64_t number)
{
	char path[64];

	truth_state(what, path_of(name, path), NULL, number);
}

static inline int leave_directory(bool is_done)
{
	char command[64];

	if (chdir("/") != 0)
		return 1;
	snprintf(command, sizeof(command), "rm -r %s", directory);
	return !is_done || system(command) != 0;
}

static inline int make_file(const char *name)
{
	return open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
}

#endif
