// SPDX-License-Identifier: MIT
/*
 * The table of failures: errors before what is expected, then by count. FIRST and LAST are counted
 * from the start of the run.
 */
#include "config.h"

#include "report/text-sections.h"

#include "report/text-objects.h"
#include "report/units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	ERRNO_COLUMNS = 17,
	COUNT_COLUMNS = 10,
	CLASS_COLUMNS = 10,
	TIME_COLUMNS = 8,
	COUNT_DIGITS = 9,
	EXAMPLES = 3,
	EXAMPLES_LINES_MIN = 6, /* where there are fewer, all of them are rows */
};

/* One row. */
struct failure {
	const struct call_totals *call;
	const struct error_totals *error;
};

static size_t count_failures(const struct page *page)
{
	const struct call_list *list = &page->recording->calls;
	size_t n = 0;

	for (size_t i = 0; i < list->n_calls; i++)
		n += list->calls[i].n_errors;
	return n;
}

/* Below the first rows it says where the call failed most often. */
static size_t count_examples(const struct page *page, size_t n_rows)
{
	if (!page->recording->files.n_objects && !page->recording->peers.n_objects)
		return 0;
	return n_rows < EXAMPLES || !page->options->max_lines ? n_rows : EXAMPLES;
}

size_t text_failures_examples(const struct page *page)
{
	return count_examples(page, count_failures(page));
}

size_t text_failures_count(const struct page *page)
{
	return count_failures(page) + text_failures_examples(page);
}

static int compare_failures(const void *a, const void *b)
{
	const struct failure *left = a;
	const struct failure *right = b;

	if (left->error->is_expected != right->error->is_expected)
		return left->error->is_expected ? 1 : -1;
	if (left->error->count != right->error->count)
		return left->error->count > right->error->count ? -1 : 1;
	int order = strcmp(left->call->name, right->call->name);

	if (!order)
		order = strcmp(left->call->kind, right->call->kind);
	return order ? order : strcmp(left->error->symbol, right->error->symbol);
}

/* All failures in the order of the report; NULL without memory. */
static struct failure *sort_failures(const struct page *page, size_t n)
{
	const struct call_list *list = &page->recording->calls;
	struct failure *failures = calloc(n, sizeof(*failures));
	size_t position = 0;

	if (!failures)
		return NULL;
	for (size_t i = 0; i < list->n_calls; i++)
		for (size_t j = 0; j < list->calls[i].n_errors; j++)
			failures[position++] = (struct failure){
				.call = &list->calls[i],
				.error = &list->calls[i].errors[j],
			};
	qsort(failures, n, sizeof(*failures), compare_failures);
	return failures;
}

static void write_title(const struct page *page)
{
	struct line line;

	page_line(page, &line);
	line_add(&line, STYLE_TITLE, "FAILED CALL", 0);
	line_pad(&line, page_name_columns(page) + 1);
	line_add(&line, STYLE_TITLE, "ERRNO", 0);
	line_pad(&line, page_name_columns(page) + ERRNO_COLUMNS);
	line_add_right(&line, STYLE_TITLE, "COUNT", COUNT_COLUMNS);
	line_add(&line, STYLE_TITLE, "  CLASS", 0);
	line_pad(&line, page_name_columns(page) + ERRNO_COLUMNS + COUNT_COLUMNS + CLASS_COLUMNS);
	line_add_right(&line, STYLE_TITLE, "TOTAL", TIME_COLUMNS);
	line_add_right(&line, STYLE_TITLE, "FIRST", TIME_COLUMNS);
	line_add_right(&line, STYLE_TITLE, "LAST", TIME_COLUMNS);
	line_write(&line, page->file);
}

/* Scaled to all failures where not all were timed; marked "~" then. */
static void add_time(struct line *line, const struct error_totals *error)
{
	char text[UNITS_SIZE + 1] = "~";
	bool is_sampled = error->timed && error->timed < error->count;
	double ns = (double)error->sum_ns;

	if (is_sampled)
		ns *= (double)error->count / (double)error->timed;
	units_duration(ns < 0x1p64 ? (uint64_t)ns : UINT64_MAX, text + 1);
	if (error->timed)
		line_add_right(line, STYLE_PLAIN, is_sampled ? text : text + 1, TIME_COLUMNS);
	else
		line_add_right(line, STYLE_DIM, "-", TIME_COLUMNS);
}

/* Counted from the start; what a clock puts before it, at 0. */
static void add_instant(struct line *line, const struct page *page, int64_t ns)
{
	char text[UNITS_SIZE + 1] = "+";
	int64_t since_start;

	if (__builtin_sub_overflow(ns, page->recording->started_ns, &since_start) ||
	    since_start < 0)
		since_start = 0;
	units_duration((uint64_t)since_start, text + 1);
	line_add_right(line, STYLE_PLAIN, text, TIME_COLUMNS);
}

static void write_failure(const struct page *page, const struct failure *failure)
{
	const struct error_totals *error = failure->error;
	enum style style = error->is_expected ? STYLE_DIM : STYLE_ERROR;
	unsigned int column = page_name_columns(page);
	char text[UNITS_SIZE];
	struct line line;

	page_line(page, &line);
	page_add_name(page, &line, failure->call);
	line_pad(&line, column + 1);
	line_add(&line, STYLE_PLAIN, error->symbol, ERRNO_COLUMNS - 1);
	line_pad(&line, column += ERRNO_COLUMNS);
	line_add_right(&line, STYLE_PLAIN, units_count(error->count, COUNT_DIGITS, text),
		       COUNT_COLUMNS);
	line_pad(&line, (column += COUNT_COLUMNS) + 2);
	line_add(&line, style, error->is_expected ? "expected" : "error", 0);
	line_pad(&line, column + CLASS_COLUMNS);
	add_time(&line, error);
	add_instant(&line, page, error->first_ns);
	add_instant(&line, page, error->last_ns);
	line_write(&line, page->file);
}

static void write_example(const struct page *page, const struct failure *failure)
{
	uint64_t count;
	const struct object_totals *object = object_of_failure(
		page->recording, failure->call->name, failure->error->symbol, &count);
	char text[UNITS_SIZE];
	struct line line;

	if (!object)
		return;
	page_line(page, &line);
	line_print(&line, STYLE_DIM, "    %s of them: ", units_count(count, COUNT_DIGITS, text));
	line_add(&line, STYLE_DIM, object_title(object), 0);
	line_write(&line, page->file);
}

static void write_rest(const struct page *page, const struct failure *rest, size_t n)
{
	struct line line;
	size_t n_errors = 0;

	for (size_t i = 0; i < n; i++)
		n_errors += !rest[i].error->is_expected;
	page_line(page, &line);
	line_print(&line, STYLE_DIM, "(%zu more, %zu of them errors)", n, n_errors);
	line_write(&line, page->file);
}

int text_failures(const struct page *page, size_t max_rows)
{
	size_t n = count_failures(page);
	size_t n_examples = count_examples(page, n);

	if (max_rows < n + n_examples && max_rows < EXAMPLES_LINES_MIN)
		n_examples = 0;
	size_t n_shown = n <= max_rows - n_examples ? n : max_rows - n_examples - 1;
	struct failure *failures = n ? sort_failures(page, n) : NULL;

	if (n && !failures)
		return -ENOMEM;
	write_title(page);
	for (size_t i = 0; i < n_shown; i++) {
		write_failure(page, &failures[i]);
		if (i < n_examples)
			write_example(page, &failures[i]);
	}
	if (n_shown < n)
		write_rest(page, failures + n_shown, n - n_shown);
	free(failures);
	return 0;
}
