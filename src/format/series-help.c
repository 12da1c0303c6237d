// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/series-help.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct help {
	const char *name;
	const char *text;
} helps[] = {
	{"libc.calls", "Calls of libc's functions, by how they came out."},
	{"libc.errors", "Calls that failed, by errno."},
	{"libc.call.duration", "How long successful calls took, of those that were timed."},
	{"libc.io", "Bytes that calls moved."},
	{"libc.memory.requested", "Bytes that the allocator was asked for."},
	{"sonde.calls.lost", "Calls, or details of calls, that were not recorded."},
	{"sonde.metrics.refused", "What was to be recorded, and was not."},
	{"sonde.metrics.overflowed", "Records in series of overflow: their names had too many sets of tags."},
	{"sonde.metrics.respelled", "Names that were used in another case of letters as well."},
	{"sonde.metrics.series", "Sets of tags that a name has."},
	{"sonde.notes.lost", "Unwatched programs of which no note was kept."},
	{"sonde.regions.damaged", "Records of processes that could not be read, or only in part."},
	{"sonde.processes.unwatched", "Processes that were not watched."},
};

static const char *find_help(const char *name)
{
	for (size_t i = 0; i < sizeof(helps) / sizeof(helps[0]); i++)
		if (strcmp(helps[i].name, name) == 0)
			return helps[i].text;
	return NULL;
}

const char *series_help(const struct series *series, char ret_text[SERIES_HELP_SIZE])
{
	const char *help = find_help(series->name);

	if (help)
		return help;
	snprintf(ret_text, SERIES_HELP_SIZE, "%.512s, in %.128s", series->name,
		 *series->unit ? series->unit : "no unit");
	return ret_text;
}
