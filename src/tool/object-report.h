// SPDX-License-Identifier: MIT
/*
 * object-report.h - sonde report --by=file and --by=peer.
 */
#ifndef SONDE_TOOL_OBJECT_REPORT_H
#define SONDE_TOOL_OBJECT_REPORT_H

#include "report/text.h"
#include "tool/report.h"

struct object_report;

/* "file" or "peer"; NULL for other names. */
const struct object_report *object_report_from_name(const char *name);
const char *object_report_name(const struct object_report *report);

/* Whether there is such a way to write it: text, json or csv. */
bool object_report_has_format(report_format format);

/* 0 or a negative errno. */
int object_report_write(const struct recording *recording, const struct object_report *report, report_format format,
			const struct text_options *options, FILE *file);

#endif
