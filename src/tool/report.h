// SPDX-License-Identifier: MIT
/*
 * report.h - the formats that commands report in.
 */
#ifndef SONDE_TOOL_REPORT_H
#define SONDE_TOOL_REPORT_H

#include <stdio.h>

#include "model/recording.h"
#include "report/text.h"

enum report_format {
	REPORT_TEXT,
	REPORT_JSON,
	REPORT_NONE,
};

/* 0, or -EINVAL for another name. */
int report_format_from_name(const char *name, enum report_format *ret_format);

/* The options that suit what a descriptor leads to: a terminal's width, colour if it is welcome. */
struct text_options report_text_options(int fd);

/* 0, -ENOMEM, or the errno of the stream. */
int report_write(const struct recording *recording, enum report_format format,
		 const struct text_options *options, FILE *stream);

#endif
