// SPDX-License-Identifier: MIT
#include "config.h"

#include "report/diff.h"

#include "report/line.h"
#include "report/off-calls.h"
#include "report/units.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	VALUE_COLUMNS = 11,
	RATIO_COLUMNS = 10,
	NAME_COLUMNS_LEAST = 20,
	COUNT_DIGITS = 10,
	NOT_COMPARED_SIZE = 512,
	INDENT_COLUMNS = 2,
	GAP = 2,
	SIDE_COLUMNS = 8,
	DATE_SIZE = 24,
	DATE_COLUMNS = 23, /* with a gap on both sides */
	COMMAND_COLUMNS_LEAST = 16,
};

#define DIFFERENT_COMMANDS "the commands are not the same"

const char *diff_name(const struct measure *metric, char ret_name[DIFF_NAME_SIZE])
{
	const char *subject = metric->call ? metric->call : metric->group ? metric->group : "";
	const char *kind = metric->kind ? metric->kind : "";

	const char *scope = metric->test ? metric->test : metric->program ? metric->program : "";
	const char *of = metric->test ? "test:" : metric->program ? "program:" : "";

	snprintf(ret_name, DIFF_NAME_SIZE, "%s%s%s%s%s%s%s%s%s%s", of, scope, *of ? "/" : "", subject, *kind ? "/" : "", kind,
		 *subject ? "." : "", measure_figure_name(metric->figure), metric->symbol ? "." : "",
		 metric->symbol ? metric->symbol : "");
	return ret_name;
}

static const char *amount_text(uint64_t amount, enum measure_figure figure, char *ret_text)
{
	if (measure_is_time(figure))
		return units_duration(amount, ret_text);
	if (figure == MEASURE_BYTES || figure == MEASURE_PEAK)
		return units_bytes(amount, ret_text);
	return units_count(amount, COUNT_DIGITS, ret_text);
}

const char *diff_value(const struct spread *spread, enum measure_figure figure, char *ret_text)
{
	if (!spread->n_values)
		return "-";
	return amount_text(spread->median, figure, ret_text);
}

const char *diff_amount(const struct change *change, char *ret_text)
{
	uint64_t before = change->before.median;
	uint64_t after = change->after.median;

	*ret_text = after < before ? '-' : '+';
	char text[UNITS_SIZE];

	strcpy(ret_text + 1, amount_text(after < before ? before - after : after - before, change->metric.figure, text));
	return ret_text;
}

const char *diff_ratio(const struct change *change, char *ret_text)
{
	double before = (double)change->before.median;
	double after = (double)change->after.median;

	if (before == 0)
		return "new";
	if (after == 0)
		return "gone";
	double percent = (after - before) / before * 100;

	if (fabs(percent) < 1000)
		snprintf(ret_text, UNITS_SIZE, "%+.1f %%", percent);
	else
		snprintf(ret_text, UNITS_SIZE, "x %.3g", after / before);
	return ret_text;
}

/* -- What is compared ------------------------------------------------------------------------------ */

/* A line about a side. */
struct side_row {
	const struct named_side *side;
	const char *title;
	char *name;
};

/* "before.json", or "3 recordings, first before.json"; to be freed. NULL without memory. */
static char *side_name(const struct named_side *side)
{
	char *name = NULL;
	size_t n = side->side.n_recordings;

	if (n == 1)
		return strdup(side->names[0]);
	return asprintf(&name, "%zu recordings, first %s", n, side->names[0]) < 0 ? NULL : name;
}

/* When the first of them began, as a clock on the wall had it. */
static const char *side_date(const struct named_side *side, char ret_text[DATE_SIZE])
{
	time_t seconds = (time_t)(side->side.recordings[0].started_ns / 1000000000);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(ret_text, DATE_SIZE, "%Y-%m-%d %H:%M:%S", &tm))
		*ret_text = '\0';
	return ret_text;
}

static void add_command(struct line *line, const struct named_side *side)
{
	line_add_command(line, side->side.recordings[0].command, "command unknown");
}

/* As wide as the widest name, but not so that nothing of the command is left. */
static unsigned int side_name_columns(const struct side_row rows[2], const struct diff_options *options)
{
	size_t before = strlen(rows[0].name);
	size_t after = strlen(rows[1].name);
	size_t widest = before > after ? before : after;
	size_t most = options->width - SIDE_COLUMNS - DATE_COLUMNS - COMMAND_COLUMNS_LEAST;

	return (unsigned int)(widest < most ? widest : most);
}

static void write_side(const struct side_row *row, unsigned int name_columns, const struct diff_options *options,
		       FILE *stream)
{
	char date[DATE_SIZE];
	struct line line;

	line_init(&line, options->width, options->has_colour);
	line_add(&line, STYLE_TITLE, row->title, 0);
	line_pad(&line, SIDE_COLUMNS);
	line_add(&line, STYLE_PLAIN, row->name, name_columns);
	line_pad(&line, SIDE_COLUMNS + name_columns + GAP);
	line_add(&line, STYLE_PLAIN, side_date(row->side, date), 0);
	line_pad(&line, SIDE_COLUMNS + name_columns + DATE_COLUMNS);
	add_command(&line, row->side);
	line_write(&line, stream);
}

static int write_sides(const struct diff_options *options, FILE *stream)
{
	const struct side_row rows[] = {
		{&options->before, "before", side_name(&options->before)},
		{&options->after, "after", side_name(&options->after)},
	};
	int result = rows[0].name && rows[1].name ? 0 : -ENOMEM;

	for (int i = 0; i < 2 && result == 0; i++)
		write_side(&rows[i], side_name_columns(rows, options), options, stream);
	if (!sides_have_one_command(&options->before.side, &options->after.side))
		fputs(DIFFERENT_COMMANDS "\n", stream);
	fputc('\n', stream);
	free(rows[0].name);
	free(rows[1].name);
	return result;
}

/* -- Changes --------------------------------------------------------------------------------------- */

/* More of a thing is trouble, less of it is not. */
static enum style style_of(const struct change *change)
{
	return change->after.median > change->before.median ? STYLE_ERROR : STYLE_PLAIN;
}

static void write_row(const struct change *change, const struct diff_options *options, FILE *stream)
{
	unsigned int name_columns = options->width - 3 * VALUE_COLUMNS - RATIO_COLUMNS;
	struct measure metric = change->metric;
	char name[DIFF_NAME_SIZE];
	char text[UNITS_SIZE + 1];
	struct line line;

	line_init(&line, options->width, options->has_colour);
	if (metric.test)
		line_add(&line, STYLE_PLAIN, "  ", 0);
	metric.test = NULL;
	line_add(&line, STYLE_PLAIN, diff_name(&metric, name), name_columns - line.columns);
	line_pad(&line, name_columns);
	line_add_right(&line, STYLE_PLAIN, diff_value(&change->before, change->metric.figure, text), VALUE_COLUMNS);
	line_add_right(&line, STYLE_PLAIN, diff_value(&change->after, change->metric.figure, text), VALUE_COLUMNS);
	line_add_right(&line, style_of(change), diff_amount(change, text), VALUE_COLUMNS);
	line_add_right(&line, STYLE_PLAIN, diff_ratio(change, text), RATIO_COLUMNS);
	line_write(&line, stream);
}

static void write_title(const struct diff_options *options, FILE *stream)
{
	unsigned int name_columns = options->width - 3 * VALUE_COLUMNS - RATIO_COLUMNS;
	struct line line;

	line_init(&line, options->width, options->has_colour);
	line_add(&line, STYLE_TITLE, "CHANGED", name_columns);
	line_pad(&line, name_columns);
	line_add_right(&line, STYLE_TITLE, "BEFORE", VALUE_COLUMNS);
	line_add_right(&line, STYLE_TITLE, "AFTER", VALUE_COLUMNS);
	line_add_right(&line, STYLE_TITLE, "CHANGE", VALUE_COLUMNS);
	line_add_right(&line, STYLE_TITLE, "", RATIO_COLUMNS);
	line_write(&line, stream);
}

/* Rows of one test stand below its name. */
static void write_test(const char *test, const struct diff_options *options, FILE *stream)
{
	struct line line;

	line_init(&line, options->width, options->has_colour);
	line_add(&line, STYLE_TITLE, "test ", 0);
	line_add(&line, STYLE_TITLE, test, 0);
	line_write(&line, stream);
}

static bool begins_test(const struct comparison *comparison, size_t i)
{
	const char *test = comparison->changes[i].metric.test;
	const char *before = i ? comparison->changes[i - 1].metric.test : NULL;

	return test && (!before || strcmp(test, before) != 0);
}

static const char *not_compared_text(const struct comparison *comparison, char ret_text[NOT_COMPARED_SIZE])
{
	static const char words[] = "not compared, as not all recordings have counted it: ";

	memcpy(ret_text, words, sizeof(words));
	off_calls_text(&comparison->not_compared, ret_text + strlen(words), NOT_COMPARED_SIZE - strlen(words));
	return ret_text;
}

static void write_not_compared(const struct comparison *comparison, const struct diff_options *options, FILE *stream)
{
	char text[NOT_COMPARED_SIZE];
	const char *rest = comparison->not_compared.n_items ? not_compared_text(comparison, text) : "";
	int indent = 0;

	while (*rest) {
		const char *start = rest;
		size_t length = line_take(&rest, options->width - (unsigned int)indent);

		fprintf(stream, "%*s%.*s\n", indent, "", (int)length, start);
		indent = INDENT_COLUMNS;
	}
}

int diff_text(const struct comparison *comparison, const struct diff_options *options, FILE *stream)
{
	size_t n = comparison->n_changes;
	size_t n_shown = options->max_rows && n > options->max_rows ? options->max_rows : n;
	int result = write_sides(options, stream);

	if (result < 0)
		return result;
	if (n == 0)
		fputs("no difference\n", stream);
	else
		write_title(options, stream);
	for (size_t i = 0; i < n_shown; i++) {
		if (begins_test(comparison, i))
			write_test(comparison->changes[i].metric.test, options, stream);
		write_row(&comparison->changes[i], options, stream);
	}
	if (n_shown < n)
		fprintf(stream, "(%zu more)\n", n - n_shown);
	write_not_compared(comparison, options, stream);
	if (!options->has_times)
		fprintf(stream, "times are not compared: that takes %d recordings of each side\n", COMPARISON_TIMES_LEAST);
	return ferror(stream) ? -errno : 0;
}

/* -- Markdown -------------------------------------------------------------------------------------- */

static void write_escaped(FILE *stream, const char *text)
{
	for (; *text; text++)
		fprintf(stream, strchr("|\\`*_<>", *text) ? "\\%c" : "%c", *text);
}

/* In a cell of Markdown a bar would begin another one. */
static void write_cell(FILE *stream, const char *text)
{
	fputs(" ", stream);
	write_escaped(stream, text);
	fputs(" |", stream);
}

/* A line harms Markdown as little as a terminal. */
static int write_markdown_side(const struct named_side *side, const char *title, FILE *stream)
{
	char *name = side_name(side);
	char date[DATE_SIZE];
	struct line line;

	if (!name)
		return -ENOMEM;
	line_init(&line, LINE_COLUMNS_MAX, false);
	line_print(&line, STYLE_PLAIN, "%s, %s, ", name, side_date(side, date));
	add_command(&line, side);
	fprintf(stream, "- %s: ", title);
	write_escaped(stream, line.text);
	fputc('\n', stream);
	free(name);
	return 0;
}

static int write_markdown_sides(const struct diff_options *options, FILE *stream)
{
	int result = write_markdown_side(&options->before, "before", stream);

	if (result == 0)
		result = write_markdown_side(&options->after, "after", stream);
	if (!sides_have_one_command(&options->before.side, &options->after.side))
		fputs("- " DIFFERENT_COMMANDS "\n", stream);
	fputc('\n', stream);
	return result;
}

int diff_markdown(const struct comparison *comparison, const struct diff_options *options, FILE *stream)
{
	int result = write_markdown_sides(options, stream);
	char name[DIFF_NAME_SIZE];
	char text[UNITS_SIZE + 1];
	char not_compared[NOT_COMPARED_SIZE];

	if (result < 0)
		return result;
	if (comparison->n_changes == 0)
		fputs("No difference.\n", stream);
	else
		fputs("| changed | before | after | change | |\n|---|--:|--:|--:|--:|\n", stream);
	for (size_t i = 0; i < comparison->n_changes; i++) {
		const struct change *change = &comparison->changes[i];

		fputs("|", stream);
		write_cell(stream, diff_name(&change->metric, name));
		write_cell(stream, diff_value(&change->before, change->metric.figure, text));
		write_cell(stream, diff_value(&change->after, change->metric.figure, text));
		write_cell(stream, diff_amount(change, text));
		write_cell(stream, diff_ratio(change, text));
		fputs("\n", stream);
	}
	if (comparison->not_compared.n_items)
		fprintf(stream, "\n%s\n", not_compared_text(comparison, not_compared));
	return ferror(stream) ? -errno : 0;
}
