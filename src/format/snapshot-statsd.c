// SPDX-License-Identifier: MIT
/*
 * statsd's lines, NAME:VALUE|TYPE, one for each figure.
 *
 * A receiver adds counters up, so that they are to be what came since the last time: give it a difference
 * (snapshot_new_difference()). A gauge with a sign changes what the receiver has, so that one below zero is set to 0
 * first. A histogram goes as its count and as gauges of its quantiles. With "tags=dogstatsd" tags follow,
 * |#KEY:VALUE,...; else their values are parts of the name, as the first receivers have no tags.
 *
 * Of several sources, each is told apart by a tag. Without tags its number is part of the names of gauges, which would
 * take each other's places; counters add up under one name, however many sources come and go.
 *
 * Sources: github.com/statsd/statsd, docs/metric_types.md; docs.datadoghq.com, "DogStatsD datagram format".
 */
#include "config.h"

#include "format/snapshot-format.h"

#include <math.h>
#include <string.h>

#include "format/text-sink.h"

struct lines {
	struct text_sink out;
	bool has_tags;
	const struct tag *mark; /* of the source, if there are others; else NULL */
};

static const struct quantile_gauge {
	const char *suffix;
	double q;
} quantiles[] = {{".p50", 0.5}, {".p95", 0.95}, {".p99", 0.99}, {".max", 1}};

/* What would end a name, a value or a tag becomes "_"; in a name, so does what receivers replace by themselves. */
static void add_part(struct lines *lines, const char *text, bool is_name)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool is_kept = c > ' ' && c != 0x7f && !strchr(is_name ? ":|@#,/;=" : "|#,@", c) &&
			       (!is_name || c < 0x80);

		text_sink_add_char(&lines->out, is_kept ? (char)c : '_');
	}
}

/* In a name a dot would begin another part. */
static void add_value_as_part(struct lines *lines, const char *value)
{
	for (; *value; value++) {
		const char c[2] = {*value == '.' ? '_' : *value};

		add_part(lines, c, true);
	}
}

static void add_to_name(struct lines *lines, const struct tag *tag)
{
	if (!*tag->value)
		return;
	text_sink_add_char(&lines->out, '.');
	add_value_as_part(lines, tag->value);
}

static void begin_line(struct lines *lines, const struct series *series, const char *suffix, bool is_gauge)
{
	add_part(lines, series->name, true);
	if (lines->mark && is_gauge && !lines->has_tags)
		add_to_name(lines, lines->mark);
	for (size_t i = 0; i < series->n_tags && !lines->has_tags; i++)
		add_to_name(lines, &series->tags[i]);
	text_sink_add(&lines->out, suffix);
	text_sink_add_char(&lines->out, ':');
}

static void add_tag(struct lines *lines, const char *separator, const struct tag *tag)
{
	text_sink_add(&lines->out, separator);
	add_part(lines, tag->key, true);
	text_sink_add_char(&lines->out, ':');
	add_part(lines, tag->value, false);
}

static void end_line(struct lines *lines, const struct series *series, const char *type)
{
	const char *separator = "|#";

	text_sink_add(&lines->out, type);
	if (lines->mark && lines->has_tags) {
		add_tag(lines, separator, lines->mark);
		separator = ",";
	}
	for (size_t i = 0; i < series->n_tags && lines->has_tags; i++) {
		add_tag(lines, separator, &series->tags[i]);
		separator = ",";
	}
	text_sink_add_char(&lines->out, '\n');
}

/* Nothing is no news. */
static void add_count(struct lines *lines, const struct series *series, const char *suffix, uint64_t count)
{
	if (!count)
		return;
	begin_line(lines, series, suffix, false);
	text_sink_add_count(&lines->out, count);
	end_line(lines, series, "|c");
}

static void add_number(struct lines *lines, const struct series *series, const char *suffix, double number,
		       const char *type)
{
	begin_line(lines, series, suffix, strcmp(type, "|g") == 0);
	text_sink_add_number(&lines->out, number);
	end_line(lines, series, type);
}

static void add_gauge(struct lines *lines, const struct series *series, const char *suffix, double number)
{
	if (!isfinite(number))
		return;
	if (number < 0)
		add_number(lines, series, suffix, 0, "|g");
	add_number(lines, series, suffix, number, "|g");
}

static void add_histogram(struct lines *lines, const struct series *series)
{
	const struct series_histogram *histogram = series->value.histogram;

	add_count(lines, series, ".count", histogram->count);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]) && histogram->count; i++)
		add_gauge(lines, series, quantiles[i].suffix,
			  series_histogram_quantile(histogram, quantiles[i].q));
}

static void add_series(struct lines *lines, const struct series *series)
{
	if (series_has_histogram(series))
		add_histogram(lines, series);
	else if (series->type != SERIES_COUNTER)
		add_gauge(lines, series, "", series->value.number);
	else if (!series->is_fractional)
		add_count(lines, series, "", series->value.count);
	else if (isfinite(series->value.number) && series->value.number != 0)
		add_number(lines, series, "", series->value.number, "|c");
}

int snapshot_write_statsd(const struct snapshot *snapshot, const struct snapshot_source *source,
			  const char *const *parameters, const struct format_sink *sink)
{
	const char *tags = format_parameter(parameters, "tags");
	struct lines lines = {
		.has_tags = tags && strcmp(tags, "dogstatsd") == 0,
		.mark = snapshot_source_mark(source),
	};

	text_sink_init(&lines.out, sink);
	for (size_t i = 0; i < snapshot_n_series(snapshot) && lines.out.result == 0; i++)
		add_series(&lines, snapshot_series(snapshot, i));
	return text_sink_end(&lines.out);
}
