// SPDX-License-Identifier: MIT
/*
 * Of a path that is too long the end is shown: it tells more than the beginning.
 */
#include "config.h"

#include "report/text-objects.h"

#include "report/text-sections.h"
#include "report/units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	SECTION_ROWS = 5,
	SECTION_ROWS_BESIDE = 3, /* where programs' own figures or plugins have room, too */
	SECTION_LINES_MIN = 40,
	OPENS_COLUMNS = 7,
	CALLS_COLUMNS = 8,
	BYTES_COLUMNS = 9,
	FAILED_COLUMNS = 8,
	TIME_COLUMNS = 8,
	COUNT_DIGITS = 6,
	NAME_COLUMNS_MIN = 15,
	ADDRESS_COLUMNS_MIN = 9, /* "...:65535" */
};

const char *object_title(const struct object_totals *totals)
{
	return totals->flags & OBJECT_OTHERS ? "(others)" : totals->name;
}

/* -- Order ------------------------------------------------------------------------------------------ */

static int compare_numbers(uint64_t left, uint64_t right)
{
	return left == right ? 0 : left > right ? -1 : 1;
}

static uint64_t calls_of(const struct object_totals *totals)
{
	return totals->opens.count + totals->others.count + object_failed_count(totals) +
	       object_flow_count(&totals->flows[0]) + object_flow_count(&totals->flows[1]) +
	       totals->streams.flows[0].count + totals->streams.flows[1].count;
}

static int by_time(const struct object_totals *left, const struct object_totals *right)
{
	int order = compare_numbers(object_total_ns(left), object_total_ns(right));

	return order ? order : object_by_name(left, right);
}

static int by_bytes(const struct object_totals *left, const struct object_totals *right)
{
	int order = compare_numbers(object_bytes(left, 0) + object_bytes(left, 1),
				    object_bytes(right, 0) + object_bytes(right, 1));

	return order ? order : by_time(left, right);
}

static int by_errors(const struct object_totals *left, const struct object_totals *right)
{
	int order = compare_numbers(object_failed_count(left), object_failed_count(right));

	return order ? order : by_time(left, right);
}

static int by_count(const struct object_totals *left, const struct object_totals *right)
{
	int order = compare_numbers(calls_of(left), calls_of(right));

	return order ? order : by_time(left, right);
}

static object_order *order_of(enum text_sort sort)
{
	switch (sort) {
	case TEXT_SORT_NAME:
		return object_by_name;
	case TEXT_SORT_BYTES:
		return by_bytes;
	case TEXT_SORT_ERRORS:
		return by_errors;
	case TEXT_SORT_COUNT:
		return by_count;
	default:
		return by_time;
	}
}

/* -- Rows ------------------------------------------------------------------------------------------- */

/* One column. */
struct column {
	const char *title;
	unsigned int columns;
	bool is_wide; /* for who asks for files or peers only */
};

enum { COLUMN_OPENS, COLUMN_READS, COLUMN_READ, COLUMN_WRITES, COLUMN_WRITTEN, COLUMN_JUMPS, COLUMN_FAILED, COLUMN_TIME, COLUMNS };

static const struct column columns[COLUMNS] = {
	[COLUMN_OPENS] = {"OPENS", OPENS_COLUMNS, false},
	[COLUMN_READS] = {"READS", CALLS_COLUMNS, true},
	[COLUMN_READ] = {"READ", BYTES_COLUMNS, false},
	[COLUMN_WRITES] = {"WRITES", CALLS_COLUMNS, true},
	[COLUMN_WRITTEN] = {"WRITTEN", BYTES_COLUMNS, false},
	[COLUMN_JUMPS] = {"RANDOM", OPENS_COLUMNS, true},
	[COLUMN_FAILED] = {"FAILED", FAILED_COLUMNS, false},
	[COLUMN_TIME] = {"TOTAL", TIME_COLUMNS, false},
};

/* One table's columns. */
struct layout {
	unsigned int name;
	unsigned int columns[COLUMNS]; /* 0: left out */
};

/* A peer and a listener may have one address. */
static const char *mark_of(const struct object_totals *totals)
{
	return totals->kind == OBJECT_LISTENER && !(totals->flags & OBJECT_OTHERS) ? " (listening)" : "";
}

static void add_name(struct line *line, const struct object_totals *totals, unsigned int room)
{
	const char *mark = mark_of(totals);
	unsigned int len = (unsigned int)strlen(mark);

	/* Of an address the port tells most. */
	if (room < ADDRESS_COLUMNS_MIN + len)
		len = 0;
	line_add_end(line, object_title(totals), room - len);
	if (len)
		line_add(line, STYLE_DIM, mark, len);
}

static uint64_t flow_calls(const struct object_totals *totals, int i)
{
	return object_flow_count(&totals->flows[i]) + totals->streams.flows[i].count;
}

static const char *write_cell(const struct object_totals *totals, int column, char *ret_text)
{
	uint64_t number;

	switch (column) {
	case COLUMN_READ:
	case COLUMN_WRITTEN:
		number = object_bytes(totals, column == COLUMN_WRITTEN);
		return number ? units_bytes(number, ret_text) : "-";
	case COLUMN_TIME:
		return units_duration(object_total_ns(totals), ret_text);
	case COLUMN_OPENS:
		number = totals->opens.count;
		break;
	case COLUMN_READS:
	case COLUMN_WRITES:
		number = flow_calls(totals, column == COLUMN_WRITES);
		break;
	case COLUMN_JUMPS:
		number = totals->flows[0].jumps + totals->flows[1].jumps;
		break;
	default:
		number = object_failed_count(totals);
	}
	return number ? units_count(number, COUNT_DIGITS, ret_text) : "-";
}

static bool has_errors(const struct object_totals *totals)
{
	for (size_t i = 0; i < totals->n_failures; i++)
		if (!totals->failures[i].is_expected)
			return true;
	return false;
}

static void write_row(const struct page *page, const struct object_totals *totals, const struct layout *layout)
{
	char text[UNITS_SIZE];
	struct line line;

	page_line(page, &line);
	add_name(&line, totals, layout->name - 1);
	line_pad(&line, layout->name);
	for (int i = 0; i < COLUMNS; i++)
		if (layout->columns[i])
			line_add_right(&line,
				       i == COLUMN_FAILED && has_errors(totals) ? STYLE_ERROR : STYLE_PLAIN,
				       write_cell(totals, i, text), layout->columns[i]);
	line_write(&line, page->file);
}

static void write_title(const struct page *page, const char *title, const struct layout *layout)
{
	struct line line;

	page_line(page, &line);
	line_add(&line, STYLE_TITLE, title, 0);
	line_pad(&line, layout->name);
	for (int i = 0; i < COLUMNS; i++)
		if (layout->columns[i])
			line_add_right(&line, STYLE_TITLE, columns[i].title, layout->columns[i]);
	line_write(&line, page->file);
}

/* -- Layout ----------------------------------------------------------------------------------------- */

/* Names have what figures leave. */
static void give_rest(struct layout *layout, unsigned int width)
{
	unsigned int taken = 0;

	for (int i = 0; i < COLUMNS; i++)
		taken += layout->columns[i];
	layout->name = width > taken + NAME_COLUMNS_MIN ? width - taken : NAME_COLUMNS_MIN;
}

static bool has_long_name(const struct layout *layout, const struct object_totals **rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(object_title(rows[i])) + strlen(mark_of(rows[i])) >= layout->name)
			return true;
	return false;
}

/* As much as stands in it, with a space. 0: nothing does. */
static unsigned int narrowest(int column, const struct object_totals **rows, size_t n)
{
	size_t most = strlen(columns[column].title);
	bool is_empty = true;
	char text[UNITS_SIZE];

	for (size_t i = 0; i < n; i++) {
		const char *cell = write_cell(rows[i], column, text);
		size_t len = strlen(cell);

		is_empty = is_empty && strcmp(cell, "-") == 0;
		most = len > most ? len : most;
	}
	return is_empty ? 0 : (unsigned int)most + 1;
}

/* The usual columns; where a name does not fit beside them, what they need. */
static struct layout lay_out(const struct object_totals **rows, size_t n, unsigned int width, bool is_wide)
{
	struct layout layout = {0};

	for (int i = 0; i < COLUMNS; i++)
		layout.columns[i] = is_wide || !columns[i].is_wide ? columns[i].columns : 0;
	give_rest(&layout, width);
	if (!has_long_name(&layout, rows, n))
		return layout;
	for (int i = 0; i < COLUMNS; i++) {
		unsigned int needed = narrowest(i, rows, n);

		if (needed < layout.columns[i])
			layout.columns[i] = needed;
	}
	give_rest(&layout, width);
	return layout;
}

static int write_table(const struct page *page, const struct object_list *list, const char *title,
		       size_t max_rows, bool is_wide)
{
	const struct object_totals **sorted = object_list_sorted(list, order_of(page->options->sort));
	size_t n_shown = list->n_objects <= max_rows ? list->n_objects : max_rows - 1;
	struct line line;

	if (!sorted && list->n_objects)
		return -ENOMEM;
	const struct layout layout = lay_out(sorted, n_shown, page->options->width, is_wide);

	write_title(page, title, &layout);
	for (size_t i = 0; i < n_shown; i++)
		write_row(page, sorted[i], &layout);
	if (n_shown < list->n_objects) {
		page_line(page, &line);
		line_print(&line, STYLE_DIM, "(%zu more)", list->n_objects - n_shown);
		line_write(&line, page->file);
	}
	free(sorted);
	return 0;
}

int text_object_table(const struct object_list *list, const char *title, const struct text_options *options,
		      FILE *file)
{
	struct text_options bounded = *options;
	const struct page page = {NULL, &bounded, file};
	size_t max_rows = options->max_lines > 2 ? options->max_lines - 1 : options->max_lines ? 2 : SIZE_MAX;

	if (bounded.width < TEXT_WIDTH_MIN)
		bounded.width = TEXT_WIDTH_MIN;
	if (bounded.width > TEXT_WIDTH_MAX)
		bounded.width = TEXT_WIDTH_MAX;
	errno = 0;
	int error = write_table(&page, list, title, max_rows, true);

	if (!error && (fflush(file) == EOF || ferror(file)))
		return errno ? -errno : -EIO;
	return error;
}

/* -- The section of the report ---------------------------------------------------------------------- */

/* A short report is about calls: it has no room for all of that. */
static size_t most_rows(const struct page *page)
{
	unsigned int max_lines = page->options->max_lines;

	if (!max_lines)
		return SIZE_MAX;
	if (max_lines < SECTION_LINES_MIN)
		return 0;
	return text_metrics_count(page) || text_plugins_lines(page) ? SECTION_ROWS_BESIDE : SECTION_ROWS;
}

static size_t section_rows(const struct page *page, const struct object_list *list)
{
	size_t most = most_rows(page);

	return list->n_objects < most ? list->n_objects : most;
}

static size_t section_lines(const struct page *page, const struct object_list *list)
{
	size_t n_rows = section_rows(page, list);

	return n_rows ? 2 + n_rows : 0;
}

size_t text_objects_lines(const struct page *page)
{
	return section_lines(page, &page->recording->files) + section_lines(page, &page->recording->peers);
}

static int write_section(const struct page *page, const struct object_list *list, const char *title)
{
	size_t n_rows = section_rows(page, list);

	if (!n_rows)
		return 0;
	fputc('\n', page->file);
	return write_table(page, list, title, n_rows, false);
}

int text_objects(const struct page *page)
{
	int error = write_section(page, &page->recording->files, "FILE");

	return error ? error : write_section(page, &page->recording->peers, "PEER");
}

/* -- Where it failed -------------------------------------------------------------------------------- */

static void seek_failure(const struct object_list *list, const char *call, const char *symbol,
			 const struct object_totals **ret_object, uint64_t *ret_count)
{
	for (size_t i = 0; i < list->n_objects; i++) {
		const struct object_totals *totals = &list->objects[i];

		for (size_t j = 0; j < totals->n_failures && !(totals->flags & OBJECT_OTHERS); j++) {
			const struct object_failure *failure = &totals->failures[j];

			if (strcmp(failure->call, call) != 0 || strcmp(failure->symbol, symbol) != 0)
				continue;
			/* Of several that failed as often, always the same one. */
			if (failure->count > *ret_count ||
			    (failure->count == *ret_count && *ret_object &&
			     object_by_name(totals, *ret_object) < 0)) {
				*ret_object = totals;
				*ret_count = failure->count;
			}
		}
	}
}

const struct object_totals *object_of_failure(const struct recording *recording, const char *call, const char *symbol,
					      uint64_t *ret_count)
{
	const struct object_totals *object = NULL;

	*ret_count = 0;
	seek_failure(&recording->files, call, symbol, &object, ret_count);
	seek_failure(&recording->peers, call, symbol, &object, ret_count);
	return object;
}
