// SPDX-License-Identifier: MIT
#include "config.h"

#include "report/breakdown.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "report/line.h"
#include "report/units.h"

enum { COUNT_DIGITS = 9, ERRORS_DIGITS = 6, INDENT = 2, DEPTH_SHOWN = 8 };

static const char *write_processes(const struct breakdown_row *row, char *ret_text)
{
	return units_count(row->n_processes, ERRORS_DIGITS, ret_text);
}

static const char *write_calls(const struct breakdown_row *row, char *ret_text)
{
	return units_count(row->calls, COUNT_DIGITS, ret_text);
}

static const char *write_failures(const struct breakdown_row *row, char *ret_text)
{
	return row->failures ? units_count(row->failures, ERRORS_DIGITS, ret_text) : "-";
}

static const char *write_errors(const struct breakdown_row *row, char *ret_text)
{
	return row->errors ? units_count(row->errors, ERRORS_DIGITS, ret_text) : "-";
}

static const char *write_bytes(const struct breakdown_row *row, char *ret_text)
{
	return row->bytes ? units_bytes(row->bytes, ret_text) : "-";
}

static const char *write_time(const struct breakdown_row *row, char *ret_text)
{
	return row->time_ns ? units_duration(row->time_ns, ret_text) : "-";
}

static const char *write_wall(const struct breakdown_row *row, char *ret_text)
{
	return units_duration(row->ended_ns > row->started_ns ? (uint64_t)(row->ended_ns - row->started_ns) : 0, ret_text);
}

struct column {
	const char *title;
	unsigned int columns; /* with the space before it */
	bool is_of_processes; /* calls and errnos do not have it */
	enum style style;
	const char *(*write)(const struct breakdown_row *row, char *ret_text);
};

static const struct column columns[] = {
	{"PROCS", 7, true, STYLE_PLAIN, write_processes}, {"CALLS", 10, false, STYLE_PLAIN, write_calls},
	{"FAILED", 7, false, STYLE_PLAIN, write_failures}, {"ERRORS", 7, false, STYLE_ERROR, write_errors},
	{"BYTES", 8, false, STYLE_PLAIN, write_bytes},	   {"TIME", 7, false, STYLE_PLAIN, write_time},
	{"WALL", 7, true, STYLE_PLAIN, write_wall},
};

enum { N_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static bool has_column(const struct breakdown *breakdown, const struct column *column)
{
	return !column->is_of_processes || (breakdown->by != BY_CALL && breakdown->by != BY_ERRNO);
}

static unsigned int name_columns(const struct breakdown *breakdown, const struct line *line)
{
	unsigned int left = line->width;

	for (int i = 0; i < N_COLUMNS; i++)
		if (has_column(breakdown, &columns[i]))
			left -= columns[i].columns;
	return left;
}

static void write_title(const struct breakdown *breakdown, const char *label, const struct text_options *options,
			FILE *stream)
{
	static const char *const titles[BREAKDOWNS] = {
		[BY_TEST] = "TEST",  [BY_PROGRAM] = "PROGRAM", [BY_PROCESS] = "PROCESS",
		[BY_LABEL] = "",     [BY_CALL] = "CALL",       [BY_ERRNO] = "ERRNO",
	};
	struct line line;

	line_init(&line, options->width, options->has_colour);
	unsigned int n_columns = name_columns(breakdown, &line);

	line_add(&line, STYLE_TITLE, breakdown->by == BY_LABEL ? label : titles[breakdown->by], n_columns);
	line_pad(&line, n_columns);
	for (int i = 0; i < N_COLUMNS; i++)
		if (has_column(breakdown, &columns[i]))
			line_add_right(&line, STYLE_TITLE, columns[i].title, columns[i].columns);
	line_write(&line, stream);
}

/* What has none is told by what it lacks. */
static const char *name_of(const struct breakdown *breakdown, const struct breakdown_row *row)
{
	if (row->name)
		return row->name;
	return breakdown->by == BY_TEST ? "(no test)" : breakdown->by == BY_LABEL ? "(no label)" : "(several)";
}

/* Tests of one file, and programs of one folder, begin with the same words. */
static bool has_telling_end(const struct breakdown *breakdown)
{
	return breakdown->by == BY_TEST || breakdown->by == BY_PROGRAM;
}

static void write_row(const struct breakdown *breakdown, const struct breakdown_row *row, const char *name,
		      const struct text_options *options, FILE *stream)
{
	unsigned int depth = row->depth < DEPTH_SHOWN ? row->depth : DEPTH_SHOWN;
	char text[UNITS_SIZE];
	struct line line;

	line_init(&line, options->width, options->has_colour);
	unsigned int n_columns = name_columns(breakdown, &line);

	line_pad(&line, depth * INDENT);
	if (row->pid)
		line_print(&line, STYLE_DIM, "%d ", row->pid);
	if (row->name && has_telling_end(breakdown))
		line_add_end(&line, name, n_columns - line.columns);
	else
		line_add(&line, row->name ? STYLE_PLAIN : STYLE_DIM, name, n_columns - line.columns);
	line_pad(&line, n_columns);
	for (int i = 0; i < N_COLUMNS; i++)
		if (has_column(breakdown, &columns[i]))
			line_add_right(&line, columns[i].style, columns[i].write(row, text), columns[i].columns);
	line_write(&line, stream);
}

int breakdown_text(const struct breakdown *breakdown, const char *label, const struct text_options *options,
		   FILE *stream)
{
	size_t n = breakdown->n_rows;
	size_t n_shown = options->max_lines && n > options->max_lines ? options->max_lines : n;

	write_title(breakdown, label, options, stream);
	for (size_t i = 0; i < n_shown; i++)
		write_row(breakdown, &breakdown->rows[i], name_of(breakdown, &breakdown->rows[i]), options, stream);
	if (n_shown < n)
		fprintf(stream, "(%zu more)\n", n - n_shown);
	write_row(breakdown, &breakdown->total, "total", options, stream);
	if (breakdown->n_not_kept)
		fprintf(stream, "%" PRIu64 " process images are not kept one by one\n", breakdown->n_not_kept);
	return ferror(stream) ? -EIO : 0;
}
