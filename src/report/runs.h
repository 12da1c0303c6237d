// SPDX-License-Identifier: MIT
/*
 * runs.h - a table of runs, one line each: those that go on, and those that are kept.
 */
#ifndef SONDE_REPORT_RUNS_H
#define SONDE_REPORT_RUNS_H

#include "model/recording.h"

#include <stdbool.h>
#include <stdio.h>

struct run_row {
	const char *name; /* by which its report is had: a number, a session's directory */
	const char *end;  /* how it ended, or that it did not; NULL: as the recording says */
	const struct recording *recording; /* NULL: it could not be read, and `end` says why */
};

struct runs_options {
	unsigned int width; /* columns */
	bool has_colour;
};

/* Writes a heading and the rows in their order; nothing where there are none. 0, or the errno of the stream. */
int runs_text(const struct run_row *rows, size_t n_rows, const struct runs_options *options, FILE *file);

/* "exit 1", "SIGKILL", "": how the recorded command ended, in few words. Returns ret_text. */
enum { RUN_END_SIZE = 32 };
const char *run_end(const struct recording *recording, char ret_text[RUN_END_SIZE]);

/* All calls of a recording, and those that failed though nobody expected it. */
void run_sums(const struct recording *recording, uint64_t *ret_calls, uint64_t *ret_failures);

#endif
