// SPDX-License-Identifier: MIT
/*
 * The table of calls. Each column is a row of a table: a title, a width, and what it writes of a
 * call. What is wider than 80 columns goes to the names.
 *
 * Total and mean are of all calls, also those that failed or had not come back; quantiles and the longest are of
 * those that succeeded.
 */
#include "config.h"

#include "report/text-sections.h"

#include "report/units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	COUNT_DIGITS = 9,
	ERRORS_DIGITS = 6,
};

bool call_is_sampled(const struct call_totals *call)
{
	return call->timed && call->timed < call_totals_successes(call);
}

static uint64_t call_errors(const struct call_totals *call)
{
	return call->failures > call->expected ? call->failures - call->expected : 0;
}

static const char *write_count(const struct call_totals *call, char *ret_text)
{
	return units_count(call->count, COUNT_DIGITS, ret_text);
}

static const char *write_errors(const struct call_totals *call, char *ret_text)
{
	return call_errors(call) ? units_count(call_errors(call), ERRORS_DIGITS, ret_text) : "-";
}

static const char *write_total(const struct call_totals *call, char *ret_text)
{
	uint64_t ns = call_totals_whole_ns(call);

	if (!ns && !call->timed)
		return "-";
	ret_text[0] = '~';
	units_duration(ns, ret_text + 1);
	return call_is_sampled(call) ? ret_text : ret_text + 1;
}

static const char *write_mean(const struct call_totals *call, char *ret_text)
{
	uint64_t ns = call_totals_whole_ns(call);
	uint64_t n_without_time = call->unfinished_ns ? 0 : call->unfinished;

	if ((!ns && !call->timed) || call->count <= n_without_time)
		return "-";
	return units_duration(ns / (call->count - n_without_time), ret_text);
}

static const char *write_median(const struct call_totals *call, char *ret_text)
{
	return units_duration((uint64_t)call_totals_quantile_ns(call, 0.5), ret_text);
}

static const char *write_p99(const struct call_totals *call, char *ret_text)
{
	return units_duration((uint64_t)call_totals_quantile_ns(call, 0.99), ret_text);
}

static const char *write_max(const struct call_totals *call, char *ret_text)
{
	return units_duration(call->max_ns, ret_text);
}

static const char *write_bytes(const struct call_totals *call, char *ret_text)
{
	return call->bytes ? units_bytes(call->bytes, ret_text) : "-";
}

struct column {
	const char *title;
	unsigned int columns; /* with the space before it */
	bool needs_times;     /* "-" when no success was timed */
	enum style style;
	const char *(*write)(const struct call_totals *call, char *ret_text);
};

static const struct column columns[] = {
	{"COUNT", 10, false, STYLE_PLAIN, write_count},
	{"ERRORS", 7, false, STYLE_ERROR, write_errors},
	{"TOTAL", 8, false, STYLE_PLAIN, write_total},
	{"MEAN", 7, false, STYLE_PLAIN, write_mean},
	{"P50", 7, true, STYLE_PLAIN, write_median},
	{"P99", 7, true, STYLE_PLAIN, write_p99},
	{"MAX", 7, true, STYLE_PLAIN, write_max},
	{"BYTES", 8, false, STYLE_PLAIN, write_bytes},
};

enum { N_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static int compare_numbers(uint64_t left, uint64_t right)
{
	return (left < right) - (left > right);
}

static uint64_t sort_number(const struct call_totals *call, enum text_sort sort)
{
	switch (sort) {
	case TEXT_SORT_TIME:
		return call_totals_whole_ns(call);
	case TEXT_SORT_COUNT:
		return call->count;
	case TEXT_SORT_ERRORS:
		return call_errors(call);
	case TEXT_SORT_BYTES:
		return call->bytes;
	default:
		return 0;
	}
}

/* Largest first; equals by count, then by name. */
static int compare_calls(const void *a, const void *b, void *argument)
{
	const struct call_totals *left = *(const struct call_totals *const *)a;
	const struct call_totals *right = *(const struct call_totals *const *)b;
	enum text_sort sort = *(const enum text_sort *)argument;
	int order = compare_numbers(sort_number(left, sort), sort_number(right, sort));

	if (!order && sort != TEXT_SORT_NAME)
		order = compare_numbers(left->count, right->count);
	if (!order)
		order = strcmp(left->name, right->name);
	return order ? order : strcmp(left->kind, right->kind);
}

/* The calls in the order of the report; NULL without memory. */
static const struct call_totals **sort_calls(const struct page *page)
{
	const struct call_list *list = &page->recording->calls;
	enum text_sort sort = page->options->sort;
	const struct call_totals **sorted = calloc(list->n_calls, sizeof(*sorted));

	if (!sorted)
		return NULL;
	for (size_t i = 0; i < list->n_calls; i++)
		sorted[i] = &list->calls[i];
	qsort_r(sorted, list->n_calls, sizeof(*sorted), compare_calls, &sort);
	return sorted;
}

static void write_title(const struct page *page)
{
	struct line line;

	page_line(page, &line);
	line_add(&line, STYLE_TITLE, "CALL", 0);
	line_pad(&line, page_name_columns(page));
	for (size_t i = 0; i < N_COLUMNS; i++)
		line_add_right(&line, STYLE_TITLE, columns[i].title, columns[i].columns);
	line_write(&line, page->file);
}

static void write_call(const struct page *page, const struct call_totals *call)
{
	struct line line;
	char text[UNITS_SIZE + 1];

	page_line(page, &line);
	page_add_name(page, &line, call);
	line_pad(&line, page_name_columns(page));
	for (size_t i = 0; i < N_COLUMNS; i++) {
		bool is_known = call->timed || !columns[i].needs_times;
		const char *value = is_known ? columns[i].write(call, text) : "-";
		enum style style = strcmp(value, "-") == 0 ? STYLE_DIM : columns[i].style;

		line_add_right(&line, style, value, columns[i].columns);
	}
	line_write(&line, page->file);
}

/* What is left out: how many names, how many calls, how much time. */
static void write_rest(const struct page *page, const struct call_totals *const *rest, size_t n)
{
	struct line line;
	char count_text[UNITS_SIZE];
	char time_text[UNITS_SIZE];
	double count = 0;
	double time_ns = 0;

	for (size_t i = 0; i < n; i++) {
		count += (double)rest[i]->count;
		time_ns += (double)call_totals_whole_ns(rest[i]);
	}
	page_line(page, &line);
	units_count(count < 0x1p64 ? (uint64_t)count : UINT64_MAX, COUNT_DIGITS, count_text);
	units_duration(time_ns < 0x1p64 ? (uint64_t)time_ns : UINT64_MAX, time_text);
	line_print(&line, STYLE_DIM, "(%zu more, called %s times", n, count_text);
	/* Where none was timed, that is not known. */
	if (time_ns > 0)
		line_print(&line, STYLE_DIM, ", %s in all", time_text);
	line_print(&line, STYLE_DIM, ")");
	line_write(&line, page->file);
}

/* -- What had not come back -------------------------------------------------------------------------- */

/* Exec and its like are not meant to. */
static bool is_left_waiting(const struct call_totals *call)
{
	return call->unfinished && call_may_wait(call->name);
}

static size_t count_left_waiting(const struct page *page)
{
	const struct call_list *list = &page->recording->calls;
	size_t n = 0;

	for (size_t i = 0; i < list->n_calls; i++)
		n += is_left_waiting(&list->calls[i]);
	return n;
}

/* One line: where a program that hangs hangs. What it has no room for is counted. */
static void write_left_waiting(const struct page *page, const struct call_totals *const *sorted)
{
	enum { ROOM_FOR_REST = sizeof(", and 100 more") - 1 };
	size_t n_left = count_left_waiting(page);
	char count_text[UNITS_SIZE];
	struct line line;

	page_line(page, &line);
	line_print(&line, STYLE_PLAIN, "had not come back:");
	for (size_t i = 0; n_left; i++) {
		const struct call_totals *call = sorted[i];

		if (!is_left_waiting(call))
			continue;
		units_count(call->unfinished, COUNT_DIGITS, count_text);
		if (line.columns + page_name_length(call) + strlen(count_text) + ROOM_FOR_REST > line.width)
			break;
		n_left--;
		line_print(&line, STYLE_PLAIN, " %s%s%s %s%s", call->name, call->kind[0] ? " " : "", call->kind, count_text,
			   n_left ? "," : "");
	}
	if (n_left)
		line_print(&line, STYLE_PLAIN, " and %zu more", n_left);
	line_write(&line, page->file);
}

size_t text_calls_count(const struct page *page)
{
	return page->recording->calls.n_calls + (count_left_waiting(page) > 0);
}

int text_calls(const struct page *page, size_t max_rows)
{
	size_t n = page->recording->calls.n_calls;
	bool has_left_waiting = count_left_waiting(page) > 0 && max_rows > 1;
	size_t n_rows = max_rows - has_left_waiting;
	size_t n_shown = n <= n_rows ? n : n_rows - 1;
	const struct call_totals **sorted = n ? sort_calls(page) : NULL;

	if (n && !sorted)
		return -ENOMEM;
	write_title(page);
	for (size_t i = 0; i < n_shown; i++)
		write_call(page, sorted[i]);
	if (n_shown < n)
		write_rest(page, sorted + n_shown, n - n_shown);
	if (has_left_waiting)
		write_left_waiting(page, sorted);
	free(sorted);
	return 0;
}
