// SPDX-License-Identifier: MIT
/*
 * text.h - the report for people: one screen that says where a run spent its time in libc, what
 * failed, and what could not be seen.
 *
 * No line is longer than the width; what does not fit ends in "...". No control character of a
 * command or a name reaches the terminal. A time marked "~" is scaled up from the calls that were
 * timed.
 */
#ifndef SONDE_REPORT_TEXT_H
#define SONDE_REPORT_TEXT_H

#include "model/recording.h"

#include <stdbool.h>
#include <stdio.h>

/* What comes first in the table of calls; all but the name in descending order. */
enum text_sort {
	TEXT_SORT_TIME,
	TEXT_SORT_COUNT,
	TEXT_SORT_ERRORS,
	TEXT_SORT_BYTES,
	TEXT_SORT_NAME,
	TEXT_SORTS,
};

struct text_options {
	unsigned int width;	/* columns, at least TEXT_WIDTH_MIN */
	unsigned int max_lines; /* 0: as many as there are */
	enum text_sort sort;
	bool has_colour;
};

enum {
	TEXT_WIDTH_MIN = 80,
	TEXT_WIDTH_MAX = 200,
};

#define TEXT_OPTIONS_DEFAULT                                                                       \
	{                                                                                          \
		.width = 80, .max_lines = 40, .sort = TEXT_SORT_TIME, .has_colour = false,         \
	}

/* "time", "count", "errors", "bytes", "name". 0, or -EINVAL for another name. */
int text_sort_from_name(const char *name, enum text_sort *ret_sort);
const char *text_sort_name(enum text_sort sort);

/* Whether colour is welcome on a descriptor: a terminal, TERM not "dumb", and no NO_COLOR. */
bool text_colour_is_wanted(int fd);

/* Writes the report. 0, -ENOMEM, or the errno of the stream. */
int text_report(const struct recording *recording, const struct text_options *options, FILE *file);

/* All sites that calls came from, each with the way to it; at most so many sites as options say lines. The same. */
int text_report_sites(const struct recording *recording, const struct text_options *options, FILE *file);

#endif
