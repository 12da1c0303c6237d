// SPDX-License-Identifier: MIT
/*
 * RFC 4180: rows end with CR and LF, and a cell with a comma, a quote or a line break is quoted.
 * Each number is a row:
 *
 *     taken,sequence,name,tags,type,unit,statistic,value
 *     2026-01-31T12:34:56.123456789Z,3,libc.calls,"call=read,group=io",counter,{call},count,12
 *     2026-01-31T12:34:56.123456789Z,3,libc.call.duration,call=read,timer,s,p99,0.0012
 *
 * Of tags, what would be taken for the end of a key or a value is percent-encoded. A cell that a
 * spreadsheet would take for a formula gets an apostrophe before it, unless that is not wanted.
 * What is no number is an empty cell.
 */
#include "config.h"

#include "format/snapshot-format.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/json-text.h"
#include "format/number-text.h"
#include "format/utf8.h"

enum { CELL_SIZE = 2048 }; /* longer texts are cut */

/* The row that is being made. */
struct table {
	const struct format_sink *sink;
	bool has_guard;
	int result;
	size_t n_cells;
	size_t size;
	char row[8 * CELL_SIZE];
};

static void put_char(struct table *table, char c)
{
	if (table->size < sizeof(table->row))
		table->row[table->size++] = c;
}

static void put_part(struct table *table, const char *text, size_t length, bool is_guarded)
{
	if (is_guarded)
		put_char(table, '\'');
	if (length > sizeof(table->row) - table->size)
		length = sizeof(table->row) - table->size;
	memcpy(table->row + table->size, text, length);
	table->size += length;
}

static void put_quoted(struct table *table, const char *text, size_t length, bool is_guarded)
{
	put_char(table, '"');
	put_part(table, "", 0, is_guarded);
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"')
			put_char(table, '"');
		put_char(table, text[i]);
	}
	put_char(table, '"');
}

static void put(struct table *table, const char *text)
{
	put_part(table, text, strlen(text), false);
}

static void begin_cell(struct table *table)
{
	if (table->n_cells++)
		put_char(table, ',');
}

/* A number, or a word of ours. */
static void add_plain(struct table *table, const char *text)
{
	begin_cell(table);
	put(table, text);
}

static bool is_formula(const char *text)
{
	return *text && strchr("=+-@\t\r", *text);
}

/* Somebody else's text. */
static void add_text(struct table *table, const char *text)
{
	size_t length = strnlen(text, CELL_SIZE);
	bool is_guarded = table->has_guard && is_formula(text);

	begin_cell(table);
	if (*text == ' ' || strcspn(text, ",\"\r\n") < length)
		put_quoted(table, text, length, is_guarded);
	else
		put_part(table, text, length, is_guarded);
}

static void end_row(struct table *table)
{
	put(table, "\r\n");
	if (table->result == 0)
		table->result = table->sink->write(table->sink->argument, table->row, table->size);
	table->size = 0;
	table->n_cells = 0;
}

/* A key or a value, with what is not UTF-8 replaced; at most up to `end`. Returns the place behind
 * it. */
static char *place_encoded(char *place, const char *end, const char *text)
{
	while (*text && end - place > 8) {
		size_t length = utf8_length(text);

		if (length == 0)
			place = stpcpy(place, UTF8_REPLACEMENT);
		else if (strchr("%,=", *text))
			place += sprintf(place, "%%%02X", (unsigned int)*text);
		else
			place = mempcpy(place, text, length);
		text += length ? length : 1;
	}
	*place = '\0';
	return place;
}

/* "call=read,group=io" */
static void join_tags(const struct series *series, char ret_text[CELL_SIZE])
{
	char *place = ret_text;
	const char *end = ret_text + CELL_SIZE;

	*place = '\0';
	for (size_t i = 0; i < series->n_tags && end - place > 16; i++) {
		if (i > 0)
			*place++ = ',';
		place = place_encoded(place, end - 8, series->tags[i].key);
		*place++ = '=';
		place = place_encoded(place, end, series->tags[i].value);
	}
}

/* What the rows of one series have in common. */
struct beginning {
	const char *taken;
	const char *sequence;
	const char *tags;
	const struct series *series;
};

static void add_row(struct table *table, const struct beginning *beginning, const char *statistic,
		    const char *value)
{
	add_plain(table, beginning->taken);
	add_plain(table, beginning->sequence);
	add_text(table, beginning->series->name);
	add_text(table, beginning->tags);
	add_plain(table, series_type_name(beginning->series->type));
	add_text(table, beginning->series->unit);
	add_plain(table, statistic);
	add_plain(table, value);
	end_row(table);
}

static void add_number(struct table *table, const struct beginning *beginning,
		       const char *statistic, double number)
{
	char text[NUMBER_SIZE];

	add_row(table, beginning, statistic, isfinite(number) ? number_text(number, text) : "");
}

static void add_count(struct table *table, const struct beginning *beginning, uint64_t count)
{
	char text[NUMBER_SIZE];

	add_row(table, beginning, "count", count_text(count, text));
}

static void add_histogram(struct table *table, const struct beginning *beginning,
			  const struct series_histogram *histogram)
{
	static const struct {
		const char *name;
		double q;
	} quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}};

	add_count(table, beginning, histogram->count);
	add_number(table, beginning, "sum", histogram->sum);
	add_number(table, beginning, "min", histogram->count ? histogram->min : NAN);
	add_number(table, beginning, "max", histogram->count ? histogram->max : NAN);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		add_number(table, beginning, quantiles[i].name,
			   histogram->count ? series_histogram_quantile(histogram, quantiles[i].q)
					    : NAN);
}

static void add_series(struct table *table, const struct beginning *beginning)
{
	const struct series *series = beginning->series;

	if (series_has_histogram(series))
		add_histogram(table, beginning, series->value.histogram);
	else if (series->type == SERIES_COUNTER && !series->is_fractional)
		add_count(table, beginning, series->value.count);
	else
		add_number(table, beginning, series->type == SERIES_COUNTER ? "count" : "value",
			   series->value.number);
}

static bool is_on(const char *const *parameters, const char *name, bool by_default)
{
	const char *value = format_parameter(parameters, name);

	return value ? strcmp(value, "true") == 0 : by_default;
}

static void add_snapshot(struct table *table, const struct snapshot *snapshot,
			 uint64_t sequence_number)
{
	char taken[INSTANT_SIZE] = "";
	char sequence[24];
	char tags[CELL_SIZE];

	instant_text(snapshot_taken_ns(snapshot), taken);
	snprintf(sequence, sizeof(sequence), "%" PRIu64, sequence_number);
	for (size_t i = 0; i < snapshot_n_series(snapshot) && table->result == 0; i++) {
		const struct beginning beginning = {taken, sequence, tags,
						    snapshot_series(snapshot, i)};

		join_tags(beginning.series, tags);
		add_series(table, &beginning);
	}
}

int snapshot_write_csv(const struct snapshot *snapshot, const struct snapshot_source *source,
		       const char *const *parameters, const struct format_sink *sink)
{
	struct table table = {.sink = sink, .has_guard = is_on(parameters, "guard", true)};

	if (is_on(parameters, "header", true)) {
		put(&table, "taken,sequence,name,tags,type,unit,statistic,value");
		end_row(&table);
	}
	add_snapshot(&table, snapshot, source->sequence);
	return table.result;
}
