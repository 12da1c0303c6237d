// SPDX-License-Identifier: MIT
/*
 * breakdown.h - a divided run for people: a table, one row for each test, program, process, ...
 */
#ifndef SONDE_REPORT_BREAKDOWN_H
#define SONDE_REPORT_BREAKDOWN_H

#include <stdio.h>

#include "model/breakdown.h"
#include "report/text.h"

/* At most max_lines rows of it, 0: all. 0 or the errno of the stream. */
int breakdown_text(const struct breakdown *breakdown, const char *label, const struct text_options *options,
		   FILE *stream);

#endif
