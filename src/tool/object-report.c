// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/object-report.h"

#include <errno.h>
#include <string.h>

#include "format/object-table.h"
#include "report/text-objects.h"

struct object_report {
	const char *name;
	const char *title;
	size_t offset; /* of the list in a recording */
};

static const struct object_report reports[] = {
	{"file", "FILE", offsetof(struct recording, files)},
	{"peer", "PEER", offsetof(struct recording, peers)},
};

const struct object_report *object_report_from_name(const char *name)
{
	for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++)
		if (strcmp(reports[i].name, name) == 0)
			return &reports[i];
	return NULL;
}

const char *object_report_name(const struct object_report *report)
{
	return report->name;
}

bool object_report_has_format(report_format format)
{
	return strcmp(format, REPORT_TEXT) == 0 || strcmp(format, "json") == 0 || strcmp(format, "csv") == 0;
}

int object_report_write(const struct recording *recording, const struct object_report *report, report_format format,
			const struct text_options *options, FILE *file)
{
	const struct object_list *list =
		(const struct object_list *)((const char *)recording + report->offset);

	if (strcmp(format, "json") == 0)
		return object_table_json(list, report->name, file);
	if (strcmp(format, "csv") == 0)
		return object_table_csv(list, report->name, file);
	return text_object_table(list, report->title, options, file);
}
