// SPDX-License-Identifier: MIT
/*
 * report.h - the formats that commands report in.
 */
#ifndef SONDE_TOOL_REPORT_H
#define SONDE_TOOL_REPORT_H

#include <stdio.h>

#include "model/recording.h"
#include "report/text.h"

/* "text"; "json", the recording; "none"; or a format of format/snapshot-format.h. */
typedef const char *report_format;

#define REPORT_TEXT "text"
#define REPORT_NONE "none"

/* The format of a name, or NULL. */
report_format report_format_from_name(const char *name);

/* "text, json, csv, ...", without "none"; never NULL. */
const char *report_format_names(void);

/* The options that suit what a descriptor leads to: a terminal's width, colour if it is welcome. */
struct text_options report_text_options(int fd);

/* 0, -ENOMEM, or the errno of the stream. */
int report_write(const struct recording *recording, report_format format,
		 const struct text_options *options, FILE *stream);

#endif
