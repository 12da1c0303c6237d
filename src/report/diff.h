// SPDX-License-Identifier: MIT
/*
 * diff.h - a comparison for people: as a table on a terminal, or in Markdown for a pull request.
 */
#ifndef SONDE_REPORT_DIFF_H
#define SONDE_REPORT_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "model/comparison.h"

struct diff_options {
	unsigned int width; /* columns: TEXT_WIDTH_MIN to TEXT_WIDTH_MAX */
	bool has_colour;
	size_t max_rows; /* 0: all */
	bool has_times;	 /* they were compared */
	struct named_side before;
	struct named_side after;
};

/*
 * Writes what is compared, and the changes, or a line that says that there are none. Markdown has all of them, however wide.
 * 0 or the errno of the stream.
 */
int diff_text(const struct comparison *comparison, const struct diff_options *options, FILE *stream);
int diff_markdown(const struct comparison *comparison, const struct diff_options *options, FILE *stream);

/* "open.errors.ENOENT", "read/socket.bytes": as a rule would name it. Returns ret_name. */
enum { DIFF_NAME_SIZE = 640 };
const char *diff_name(const struct measure *metric, char ret_name[DIFF_NAME_SIZE]);

/* A value as people read it: a duration, an amount of memory, a count. */
const char *diff_value(const struct spread *spread, enum measure_figure figure, char *ret_text);

/* "+100", "-12.3MiB", and "+5.0 %", "new", "gone". */
const char *diff_amount(const struct change *change, char *ret_text);
const char *diff_ratio(const struct change *change, char *ret_text);

#endif
