// SPDX-License-Identifier: MIT
/*
 * Comma-separated values (RFC 4180): one row for each statistic of each series, so that all rows have the same
 * columns.
 *
 *     time,name,type,unit,tags,statistic,value
 *     2026-01-31T12:34:56.123456789Z,libc.calls,counter,{call},call=read;group=io;result=ok,value,12
 *
 * A spreadsheet takes a cell that begins with "=", "+", "-" or "@" for a formula, and whoever chose a tag's value
 * would have it run: text gets a "'" before it. "formulas=keep" leaves it as it is; "header=no" leaves out the first
 * row, for who appends.
 */
#include "config.h"

#include "format/snapshot-format.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/histogram.h"
#include "format/json-text.h"
#include "format/text-sink.h"
#include "format/utf8.h"

struct rows {
	struct text_sink out;
	bool keeps_formulas;
	const char *time;
};

static const struct quantile_column {
	const char *name;
	double q;
} quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}};

/* The part of a cell that is in quotes already. */
static void add_quoted(struct rows *rows, const char *text)
{
	while (*text) {
		size_t length = utf8_length(text);

		if (*text == '"')
			text_sink_add(&rows->out, "\"\"");
		else if (length)
			text_sink_add_bytes(&rows->out, text, length);
		else
			text_sink_add(&rows->out, UTF8_REPLACEMENT);
		text += length ? length : 1;
	}
}

static bool looks_like_formula(const char *text)
{
	return *text && strchr("=+-@\t\r", *text);
}

static void begin_cell(struct rows *rows, const char *text)
{
	text_sink_add_char(&rows->out, '"');
	if (!rows->keeps_formulas && looks_like_formula(text))
		text_sink_add_char(&rows->out, '\'');
}

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if (strchr(",\"\r\n ", *text) || (unsigned char)*text >= 0x80)
			return false;
	return true;
}

static void add_text(struct rows *rows, const char *text)
{
	if (is_plain(text) && !looks_like_formula(text)) {
		text_sink_add(&rows->out, text);
	} else {
		begin_cell(rows, text);
		add_quoted(rows, text);
		text_sink_add_char(&rows->out, '"');
	}
	text_sink_add_char(&rows->out, ',');
}

static void add_tags(struct rows *rows, const struct series *series)
{
	if (series->n_tags)
		begin_cell(rows, series->tags[0].key);
	for (size_t i = 0; i < series->n_tags; i++) {
		if (i)
			text_sink_add_char(&rows->out, ';');
		add_quoted(rows, series->tags[i].key);
		text_sink_add_char(&rows->out, '=');
		add_quoted(rows, series->tags[i].value);
	}
	text_sink_add(&rows->out, series->n_tags ? "\"," : ",");
}

static void begin_row(struct rows *rows, const struct series *series, const char *statistic)
{
	text_sink_add(&rows->out, rows->time);
	text_sink_add_char(&rows->out, ',');
	add_text(rows, series->name);
	add_text(rows, series_type_name(series->type));
	add_text(rows, series->unit);
	add_tags(rows, series);
	text_sink_add(&rows->out, statistic);
	text_sink_add_char(&rows->out, ',');
}

static void add_count_row(struct rows *rows, const struct series *series, const char *statistic, uint64_t count)
{
	begin_row(rows, series, statistic);
	text_sink_add_count(&rows->out, count);
	text_sink_add(&rows->out, "\r\n");
}

/* What is no number is an empty cell. */
static void add_number_row(struct rows *rows, const struct series *series, const char *statistic, double number)
{
	begin_row(rows, series, statistic);
	if (isfinite(number))
		text_sink_add_number(&rows->out, number);
	text_sink_add(&rows->out, "\r\n");
}

static void add_histogram_rows(struct rows *rows, const struct series *series)
{
	const struct series_histogram *histogram = series->value.histogram;
	bool is_empty = histogram->count == 0;

	add_count_row(rows, series, "count", histogram->count);
	add_number_row(rows, series, "sum", histogram->sum);
	add_number_row(rows, series, "min", is_empty ? NAN : histogram->min);
	add_number_row(rows, series, "max", is_empty ? NAN : histogram->max);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		add_number_row(rows, series, quantiles[i].name,
			       is_empty ? NAN : series_histogram_quantile(histogram, quantiles[i].q));
}

static void add_series(struct rows *rows, const struct series *series)
{
	if (series_has_histogram(series))
		add_histogram_rows(rows, series);
	else if (series->type == SERIES_COUNTER && !series->is_fractional)
		add_count_row(rows, series, "value", series->value.count);
	else
		add_number_row(rows, series, "value", series->value.number);
}

static bool is_chosen(const char *const *parameters, const char *name, const char *word)
{
	const char *value = snapshot_format_parameter(parameters, name);

	return value && strcmp(value, word) == 0;
}

int snapshot_write_csv(const struct snapshot *snapshot, const struct snapshot_source *source,
		       const char *const *parameters, const struct format_sink *sink)
{
	json_t *time = instant_to_json(snapshot_taken_ns(snapshot));
	struct rows rows = {
		.keeps_formulas = is_chosen(parameters, "formulas", "keep"),
		.time = json_string_value(time),
	};

	(void)source;
	if (!time)
		return -ENOMEM;
	if (!rows.time)
		rows.time = "";
	text_sink_init(&rows.out, sink);
	if (!is_chosen(parameters, "header", "no"))
		text_sink_add(&rows.out, "time,name,type,unit,tags,statistic,value\r\n");
	for (size_t i = 0; i < snapshot_n_series(snapshot) && rows.out.result == 0; i++)
		add_series(&rows, snapshot_series(snapshot, i));
	json_decref(time);
	return text_sink_end(&rows.out);
}
