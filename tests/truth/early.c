// SPDX-License-Identifier: MIT
/*
 * A library that the subject is linked with: its constructor runs before that of a preloaded object
 * that was initialised later, and makes calls that have to count.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EARLY_READS = 3, EARLY_SEEKS = 4 };

int early_reads(void);
int early_seeks(void);

static int n_reads, n_seeks;

/* The arguments are those of main(); only the case that states them makes the calls. */
__attribute__((constructor)) static void seek_early(int n_arguments, char **arguments)
{
	if (n_arguments < 2 || strcmp(arguments[1], "early-and-late") != 0)
		return;
	/* The very first call is one that is told apart by its descriptor. */
	for (char byte; n_reads < EARLY_READS; n_reads++)
		if (read(-1, &byte, 1) != -1)
			abort();
	for (; n_seeks < EARLY_SEEKS; n_seeks++)
		lseek(-1, 0, SEEK_SET);
}

int early_reads(void)
{
	return n_reads;
}

int early_seeks(void)
{
	return n_seeks;
}
