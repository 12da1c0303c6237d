// SPDX-License-Identifier: MIT
#include "config.h"

#include "report/runs.h"

#include "report/line.h"
#include "report/units.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum {
	NAME_COLUMNS_LEAST = 4,
	DATE_COLUMNS = 11,
	WALL_COLUMNS = 8,
	END_COLUMNS = 8,
	COUNT_COLUMNS = 9,
	COUNT_DIGITS = 8,
	COMMAND_COLUMNS_LEAST = 12,
	GAP = 2,
};

/* What of a row depends on the others, and on the screen. */
struct layout {
	unsigned int name_columns;
	bool has_date; /* where the command has room beside it */
};

const char *run_end(const struct recording *recording, char ret_text[RUN_END_SIZE])
{
	struct exit_info exit = recording->exit;
	const char *signal = exit.kind == EXIT_SIGNAL ? sigabbrev_np(exit.value) : NULL;

	*ret_text = '\0';
	if (exit.kind == EXIT_STATUS)
		snprintf(ret_text, RUN_END_SIZE, "exit %d", exit.value);
	else if (signal)
		snprintf(ret_text, RUN_END_SIZE, "SIG%s", signal);
	else if (exit.kind == EXIT_SIGNAL)
		snprintf(ret_text, RUN_END_SIZE, "signal %d", exit.value);
	return ret_text;
}

void run_sums(const struct recording *recording, uint64_t *ret_calls, uint64_t *ret_failures)
{
	*ret_calls = *ret_failures = 0;
	for (size_t i = 0; i < recording->calls.n_calls; i++) {
		const struct call_totals *call = &recording->calls.calls[i];

		*ret_calls += call->count;
		*ret_failures += call->failures - call->expected;
	}
}

static unsigned int widest_name(const struct run_row *rows, size_t n_rows)
{
	size_t widest = NAME_COLUMNS_LEAST;

	for (size_t i = 0; i < n_rows; i++)
		if (strlen(rows[i].name) > widest)
			widest = strlen(rows[i].name);
	return (unsigned int)widest;
}

static struct layout lay_out(const struct run_row *rows, size_t n_rows, unsigned int width)
{
	unsigned int name_columns = widest_name(rows, n_rows);
	unsigned int figures = name_columns + GAP + DATE_COLUMNS + WALL_COLUMNS + GAP + END_COLUMNS +
			       2 * COUNT_COLUMNS + GAP;

	return (struct layout){name_columns, width >= figures + COMMAND_COLUMNS_LEAST};
}

static void add_date(struct line *line, int64_t started_ns)
{
	time_t seconds = (time_t)(started_ns / 1000000000);
	char text[DATE_COLUMNS + 1] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%m-%d %H:%M", &tm);
	line_add(line, STYLE_PLAIN, text, DATE_COLUMNS);
}

static void add_figures(struct line *line, const struct run_row *row, const struct layout *layout)
{
	const struct recording *recording = row->recording;
	bool is_bad = recording->exit.kind == EXIT_SIGNAL || recording->exit.value;
	char text[UNITS_SIZE];
	char end[RUN_END_SIZE];
	uint64_t n_calls;
	uint64_t n_failures;

	run_sums(recording, &n_calls, &n_failures);
	if (layout->has_date)
		add_date(line, recording->started_ns);
	line_add_right(line, STYLE_PLAIN, units_duration(recording->wall_ns, text), WALL_COLUMNS);
	line_pad(line, line->columns + GAP);
	unsigned int start = line->columns;

	line_add(line, is_bad ? STYLE_ERROR : STYLE_PLAIN, row->end ? row->end : run_end(recording, end),
		 END_COLUMNS);
	line_pad(line, start + END_COLUMNS);
	line_add_right(line, STYLE_PLAIN, units_count(n_calls, COUNT_DIGITS, text), COUNT_COLUMNS);
	line_add_right(line, n_failures ? STYLE_ERROR : STYLE_PLAIN,
		       units_count(n_failures, COUNT_DIGITS, text), COUNT_COLUMNS);
	line_pad(line, line->columns + GAP);
	line_add_command(line, recording->command, "unknown");
}

static void write_heading(const struct layout *layout, const struct runs_options *options, FILE *file)
{
	struct line line;

	line_init(&line, options->width, options->has_colour);
	line_add(&line, STYLE_TITLE, "NAME", 0);
	line_pad(&line, layout->name_columns + GAP);
	if (layout->has_date) {
		line_add(&line, STYLE_TITLE, "BEGUN", 0);
		line_pad(&line, layout->name_columns + GAP + DATE_COLUMNS);
	}
	line_add_right(&line, STYLE_TITLE, "WALL", WALL_COLUMNS);
	line_pad(&line, line.columns + GAP);
	unsigned int start = line.columns;

	line_add(&line, STYLE_TITLE, "END", 0);
	line_pad(&line, start + END_COLUMNS);
	line_add_right(&line, STYLE_TITLE, "CALLS", COUNT_COLUMNS);
	line_add_right(&line, STYLE_TITLE, "ERRORS", COUNT_COLUMNS);
	line_pad(&line, line.columns + GAP);
	line_add(&line, STYLE_TITLE, "COMMAND", 0);
	line_write(&line, file);
}

int runs_text(const struct run_row *rows, size_t n_rows, const struct runs_options *options, FILE *file)
{
	struct layout layout = lay_out(rows, n_rows, options->width);

	if (n_rows)
		write_heading(&layout, options, file);
	for (size_t i = 0; i < n_rows; i++) {
		struct line line;

		line_init(&line, options->width, options->has_colour);
		line_add(&line, STYLE_PLAIN, rows[i].name, 0);
		line_pad(&line, layout.name_columns + GAP);
		if (rows[i].recording)
			add_figures(&line, &rows[i], &layout);
		else
			line_add(&line, STYLE_ERROR, rows[i].end, 0);
		line_write(&line, file);
	}
	return ferror(file) ? -EIO : 0;
}
