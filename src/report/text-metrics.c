// SPDX-License-Identifier: MIT
/*
 * The table of what programs recorded themselves, in the order of names and tags. A counter or a
 * gauge has a value; of a histogram that column has how many values there were. Numbers are in the
 * unit of the series, but for times and sizes.
 */
#include "config.h"

#include "report/text-sections.h"

#include "report/units.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NUMBER_COLUMNS = 8,
	COUNT_DIGITS = 7,
	UNIT_COLUMNS = 10,
	N_NUMBERS = 5, /* VALUE, MEAN, P50, P99, MAX */
};

size_t text_metrics_count(const struct page *page)
{
	return page->recording->metrics.n_entries;
}

static unsigned int name_columns(const struct page *page)
{
	return page->options->width - N_NUMBERS * NUMBER_COLUMNS - UNIT_COLUMNS;
}

static int compare_entries(const void *a, const void *b)
{
	return series_compare((*(const struct metric_entry *const *)a)->series,
			      (*(const struct metric_entry *const *)b)->series);
}

static void write_title(const struct page *page)
{
	static const char *const titles[N_NUMBERS] = {"VALUE", "MEAN", "P50", "P99", "MAX"};
	struct line line;

	page_line(page, &line);
	line_add(&line, STYLE_TITLE, "METRIC", 0);
	line_pad(&line, name_columns(page));
	for (size_t i = 0; i < N_NUMBERS; i++)
		line_add_right(&line, STYLE_TITLE, titles[i], NUMBER_COLUMNS);
	line_add(&line, STYLE_TITLE, " UNIT", 0);
	line_write(&line, page->file);
}

/* "jobs.done{queue=mail,user=x}" */
static void add_name(const struct page *page, struct line *line, const struct series *series)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return;
	fputs(series->name, stream);
	for (size_t i = 0; i < series->n_tags; i++)
		fprintf(stream, "%s%s=%s", i ? "," : "{", series->tags[i].key,
			series->tags[i].value);
	if (series->n_tags)
		fputc('}', stream);
	if (fclose(stream) == 0)
		line_add(line, STYLE_PLAIN, text, name_columns(page) - 1);
	free(text);
	line_pad(line, name_columns(page));
}

static bool is_unit(const struct series *series, const char *unit)
{
	return strcmp(series->unit, unit) == 0;
}

/* Whether numbers of the series are shown with units of their own. */
static bool has_own_units(const struct series *series)
{
	return is_unit(series, "s") || is_unit(series, "By");
}

static uint64_t to_whole(double number)
{
	return number < 0x1p64 ? (uint64_t)number : UINT64_MAX;
}

static void add_number(struct line *line, const struct series *series, double number)
{
	char text[UNITS_SIZE];

	if (is_unit(series, "s") && number >= 0 && isfinite(number))
		units_duration(to_whole(number * 1e9), text);
	else if (is_unit(series, "By") && number >= 0 && isfinite(number))
		units_bytes(to_whole(number), text);
	else
		snprintf(text, sizeof(text), "%.5g", number);
	line_add_right(line, STYLE_PLAIN, text, NUMBER_COLUMNS);
}

static void add_count(struct line *line, const struct series *series, uint64_t count)
{
	char text[UNITS_SIZE];

	if (is_unit(series, "By") && series->type == SERIES_COUNTER)
		units_bytes(count, text);
	else
		units_count(count, COUNT_DIGITS, text);
	line_add_right(line, STYLE_PLAIN, text, NUMBER_COLUMNS);
}

static void add_distribution(struct line *line, const struct series *series)
{
	const struct series_histogram *histogram = series->value.histogram;

	add_count(line, series, histogram->count);
	add_number(line, series, histogram->sum / (double)histogram->count);
	add_number(line, series, series_histogram_quantile(histogram, 0.5));
	add_number(line, series, series_histogram_quantile(histogram, 0.99));
	add_number(line, series, histogram->max);
}

static void write_metric(const struct page *page, const struct series *series)
{
	struct line line;

	page_line(page, &line);
	add_name(page, &line, series);
	if (series_has_histogram(series) && series->value.histogram->count)
		add_distribution(&line, series);
	else if (series_has_histogram(series))
		add_count(&line, series, 0);
	else if (series->type == SERIES_COUNTER && !series->is_fractional)
		add_count(&line, series, series->value.count);
	else
		add_number(&line, series, series->value.number);
	if (!has_own_units(series) && !is_unit(series, "1")) {
		line_pad(&line, name_columns(page) + N_NUMBERS * NUMBER_COLUMNS + 1);
		line_add(&line, STYLE_DIM, series->unit, UNIT_COLUMNS - 1);
	}
	line_write(&line, page->file);
}

static void write_rest(const struct page *page, size_t n)
{
	struct line line;

	page_line(page, &line);
	line_print(&line, STYLE_DIM, "(%zu more)", n);
	line_write(&line, page->file);
}

int text_metrics(const struct page *page, size_t max_rows)
{
	size_t n = text_metrics_count(page);
	size_t n_shown = n <= max_rows ? n : max_rows - 1;
	const struct metric_entry **sorted = calloc(n + 1, sizeof(*sorted));

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sorted[i] = &page->recording->metrics.entries[i];
	qsort(sorted, n, sizeof(*sorted), compare_entries);
	write_title(page);
	for (size_t i = 0; i < n_shown; i++)
		write_metric(page, sorted[i]->series);
	if (n_shown < n)
		write_rest(page, n - n_shown);
	free(sorted);
	return 0;
}
