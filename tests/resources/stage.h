// SPDX-License-Identifier: MIT
/*
 * stage.h - a tree of made-up files for readers of /proc and /sys, and a host that they emit to.
 */
#ifndef SONDE_TESTS_STAGE_H
#define SONDE_TESTS_STAGE_H

#include "resources/emission.h"
#include "resources/machine.h"
#include "resources/plain-host.h"

struct stage {
	char root[64];
	struct machine machine;
	struct text text;
	struct plain_host plain;
	struct emission emission;
};

struct stage *make_stage(void);
/* Removes the files; waits for threads that were made. */
void end_stage(struct stage *stage);

/* Writes a file below the root, with the folders on the way to it. */
void write_file(const struct stage *stage, const char *name, const char *contents);

/* What was emitted under a key, NAME{KEY="VALUE",...}; NAN: nothing. */
double number(const struct stage *stage, const char *key);

/* An instant so far from now, CLOCK_MONOTONIC. */
int64_t in_ms(const struct stage *stage, int64_t ms);

#endif
