// SPDX-License-Identifier: MIT
/*
 * The text formats of Prometheus: "text format 0.0.4", and OpenMetrics 1.0, which is stricter and tells more.
 *
 * A histogram's buckets are cumulative here, each with its upper bound in the label `le`. Whoever adds up
 * several processes must find the same bounds in all of them: by default there is one for each power of two, used
 * or not. "buckets=used" has the bounds of the buckets that have values instead: quantiles to 4.4 %, of one
 * process only.
 *
 * Only OpenMetrics has exemplars: of a bucket's values the largest that is known by itself, of failures the latest.
 *
 * "run=TEXT" is a label of every series, for figures of several runs that come to stand in one place. Of several
 * sources every series has a label with the number of its source, and so has the source's target_info.
 *
 * Sources: prometheus.io, "Exposition formats"; openmetrics.io, 1.0.0.
 */
#include "config.h"

#include "format/snapshot-format.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format/exposition-lines.h"
#include "format/exposition-name.h"
#include "format/series-help.h"
#include "format/text-sink.h"

enum { BOUNDS = HISTOGRAM_INSIDE + 1 };

struct exposition {
	struct text_sink out;
	bool is_openmetrics;
	bool has_used_buckets; /* else one for each power of two */
	const char *run;       /* NULL: no such label */
	const struct left_out_watcher *watcher;
	/* Texts of the bounds of one kind of histogram, as far as they were needed: making them is most of the work. */
	int bounds_first_index;
	double bounds_factor; /* 0: there are none yet */
	char bounds[BOUNDS][NUMBER_SIZE];
};

static const char *type_word(const struct series *series)
{
	if (series_has_histogram(series))
		return "histogram";
	return series->type == SERIES_COUNTER ? "counter" : "gauge";
}

/* Names of the same family differ by what follows: "_total", "_bucket", ... */
static void add_sample(struct exposition *exposition, const char *family, const char *suffix, const char *labels,
		       const char *bound)
{
	struct text_sink *out = &exposition->out;

	text_sink_add(out, family);
	text_sink_add(out, suffix);
	if (*labels || bound) {
		text_sink_add(out, "{");
		text_sink_add(out, labels);
		if (bound) {
			text_sink_add(out, *labels ? ",le=\"" : "le=\"");
			text_sink_add(out, bound);
			text_sink_add(out, "\"");
		}
		text_sink_add(out, "}");
	}
	text_sink_add_char(out, ' ');
}

/* Behind the sample whose value it is one of. */
static void add_exemplar(struct exposition *exposition, const struct exemplar *exemplar, double factor)
{
	struct text_sink *out = &exposition->out;
	char *labels = exposition_exemplar_labels(exemplar);

	if (!labels) {
		out->result = -ENOMEM;
		return;
	}
	text_sink_add(out, " # {");
	text_sink_add(out, labels);
	text_sink_add(out, "} ");
	text_sink_add_number(out, exemplar->value * factor);
	text_sink_add_char(out, ' ');
	text_sink_add_instant(out, exemplar->time_ns);
	free(labels);
}

static void end_with_count(struct exposition *exposition, uint64_t count)
{
	text_sink_add_count(&exposition->out, count);
	text_sink_add_char(&exposition->out, '\n');
}

static void end_with_number(struct exposition *exposition, double number)
{
	text_sink_add_number(&exposition->out, number);
	text_sink_add_char(&exposition->out, '\n');
}

/* -- What a family is ------------------------------------------------------------------------------- */

static void add_escaped_help(struct exposition *exposition, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' || (*text == '"' && exposition->is_openmetrics))
			text_sink_add_char(&exposition->out, '\\');
		if (*text == '\n')
			text_sink_add(&exposition->out, "\\n");
		else
			text_sink_add_char(&exposition->out, *text);
	}
}

static void add_meta(struct exposition *exposition, const char *word, const char *name)
{
	text_sink_add(&exposition->out, "# ");
	text_sink_add(&exposition->out, word);
	text_sink_add_char(&exposition->out, ' ');
	text_sink_add(&exposition->out, name);
	text_sink_add_char(&exposition->out, ' ');
}

static void add_help(struct exposition *exposition, const char *name, const struct series *series)
{
	char help[SERIES_HELP_SIZE];

	add_meta(exposition, "HELP", name);
	add_escaped_help(exposition, series_help(series, help));
	text_sink_add_char(&exposition->out, '\n');
}

static void begin_family(struct exposition *exposition, const struct exposition_line *line)
{
	char name[EXPOSITION_NAME_SIZE + 8];
	char unit[EXPOSITION_UNIT_SIZE];

	/* The older format knows a counter by the name of its sample. */
	strcpy(name, line->family);
	if (line->series->type == SERIES_COUNTER && !exposition->is_openmetrics)
		strcat(name, "_total");
	add_meta(exposition, "TYPE", name);
	text_sink_add(&exposition->out, type_word(line->series));
	text_sink_add_char(&exposition->out, '\n');
	if (exposition->is_openmetrics && *exposition_unit(line->series, unit)) {
		add_meta(exposition, "UNIT", name);
		text_sink_add(&exposition->out, unit);
		text_sink_add_char(&exposition->out, '\n');
	}
	add_help(exposition, name, line->series);
}

/* -- Samples ---------------------------------------------------------------------------------------- */

/* When a counter or a histogram began: it is another one after that. */
static void add_created(struct exposition *exposition, const struct exposition_line *line)
{
	if (!exposition->is_openmetrics || line->series->start_ns <= 0)
		return;
	add_sample(exposition, line->family, "_created", line->labels, NULL);
	text_sink_add_instant(&exposition->out, line->series->start_ns);
	text_sink_add_char(&exposition->out, '\n');
}

/* The bound below a bucket, of the last one HISTOGRAM_INSIDE; there is none above all of them. */
static const char *bound_text(struct exposition *exposition, const struct series *series, unsigned int bucket)
{
	int first_index = series->value.histogram->first_index;
	double factor = exposition_factor(series->unit);
	char *text = exposition->bounds[bucket];

	if (factor != exposition->bounds_factor || first_index != exposition->bounds_first_index)
		memset(exposition->bounds, 0, sizeof(exposition->bounds));
	exposition->bounds_factor = factor;
	exposition->bounds_first_index = first_index;
	if (!*text)
		text_number(exp2((double)((int)bucket + first_index) / 8) * factor, text);
	return text;
}

/* The last one of the buckets from `first` to before `end`; NULL: there is none. */
static const struct exemplar *find_exemplar(const struct series *series, unsigned int first, unsigned int end)
{
	for (size_t i = series->n_exemplars; i-- > 0;)
		if (series->exemplars[i].bucket >= first && series->exemplars[i].bucket < end)
			return &series->exemplars[i];
	return NULL;
}

/* What a line of a bucket tells: up to which bound, and how many; and of which buckets it is the first line. */
struct bucket_line {
	const char *bound;
	uint64_t count;
	unsigned int first;
	unsigned int end;
};

static void add_bucket(struct exposition *exposition, const struct exposition_line *line,
		       const struct bucket_line *bucket)
{
	const struct exemplar *exemplar = find_exemplar(line->series, bucket->first, bucket->end);

	add_sample(exposition, line->family, "_bucket", line->labels, bucket->bound);
	text_sink_add_count(&exposition->out, bucket->count);
	if (exposition->is_openmetrics && exemplar)
		add_exemplar(exposition, exemplar, exposition_factor(line->series->unit));
	text_sink_add_char(&exposition->out, '\n');
}

/* A bound is needed above a bucket with values, and below it, so that it is known how wide it is. */
static bool is_bound(const struct exposition *exposition, const struct series_histogram *histogram,
		     unsigned int bucket)
{
	if (!exposition->has_used_buckets)
		return bucket % HISTOGRAM_ROW_BUCKETS == HISTOGRAM_ROW_BUCKETS - 1;
	return histogram->buckets[bucket] ||
	       (bucket + 1 < HISTOGRAM_INSIDE && histogram->buckets[bucket + 1]);
}

static void add_buckets(struct exposition *exposition, const struct exposition_line *line)
{
	const struct series_histogram *histogram = line->series->value.histogram;
	struct bucket_line bucket = {
		.count = histogram->buckets[HISTOGRAM_ZERO], .first = HISTOGRAM_ZERO, .end = HISTOGRAM_ZERO + 1};

	if (!exposition->has_used_buckets || bucket.count || histogram->buckets[0]) {
		bucket.bound = bound_text(exposition, line->series, 0);
		add_bucket(exposition, line, &bucket);
	}
	bucket.first = 0;
	for (unsigned int i = 0; i < HISTOGRAM_INSIDE; i++) {
		bucket.count += histogram->buckets[i];
		if (!is_bound(exposition, histogram, i))
			continue;
		bucket.bound = bound_text(exposition, line->series, i + 1);
		bucket.end = i + 1;
		add_bucket(exposition, line, &bucket);
		bucket.first = bucket.end;
	}
	add_bucket(exposition, line,
		   &(struct bucket_line){"+Inf", histogram->count, HISTOGRAM_OVER, HISTOGRAM_OVER + 1});
}

static void add_histogram(struct exposition *exposition, const struct exposition_line *line)
{
	const struct series_histogram *histogram = line->series->value.histogram;

	add_buckets(exposition, line);
	if (!line->series->is_signed) {
		add_sample(exposition, line->family, "_sum", line->labels, NULL);
		end_with_number(exposition, histogram->sum * exposition_factor(line->series->unit));
	}
	/* In OpenMetrics there is a count if and only if there is a sum. */
	if (!line->series->is_signed || !exposition->is_openmetrics) {
		add_sample(exposition, line->family, "_count", line->labels, NULL);
		end_with_count(exposition, histogram->count);
	}
	add_created(exposition, line);
}

static void add_series(struct exposition *exposition, const struct exposition_line *line)
{
	const struct series *series = line->series;
	double factor = exposition_factor(series->unit);

	if (series_has_histogram(series)) {
		add_histogram(exposition, line);
		return;
	}
	bool is_counter = series->type == SERIES_COUNTER;
	double number = is_counter && !series->is_fractional ? (double)series->value.count : series->value.number;

	add_sample(exposition, line->family, is_counter ? "_total" : "", line->labels, NULL);
	if (is_counter && !series->is_fractional && factor == 1)
		text_sink_add_count(&exposition->out, series->value.count);
	else
		text_sink_add_number(&exposition->out, factor == 1 ? number : number * factor);
	if (exposition->is_openmetrics && is_counter && series->n_exemplars)
		add_exemplar(exposition, &series->exemplars[0], factor);
	text_sink_add_char(&exposition->out, '\n');
	if (is_counter)
		add_created(exposition, line);
}

static void begin_targets(struct exposition *exposition)
{
	text_sink_add(&exposition->out, exposition->is_openmetrics
						? "# TYPE target info\n# HELP target What the figures are of.\n"
						: "# TYPE target_info gauge\n"
						  "# HELP target_info What the figures are of.\n");
}

/* What the figures are of, as labels of a series that is always 1. */
static int add_target(struct exposition *exposition, const struct snapshot_source *source, bool *has_begun)
{
	const struct exposition_common common = {.run = exposition->run};
	char *labels = exposition_labels(source->tags, source->n_tags, &common);

	if (!labels)
		return -ENOMEM;
	if (*labels) {
		if (!*has_begun)
			begin_targets(exposition);
		*has_begun = true;
		add_sample(exposition, "target_info", "", labels, NULL);
		end_with_count(exposition, 1);
	}
	free(labels);
	return 0;
}

static int write_exposition(struct exposition *exposition, const struct snapshot_part *parts, size_t n_parts)
{
	struct exposition_lines lines;
	bool has_begun = false;
	int result = exposition_lines_init(&lines, parts, n_parts, exposition->run, exposition->watcher);

	for (size_t i = 0; result == 0 && i < n_parts; i++)
		result = add_target(exposition, parts[i].source, &has_begun);
	for (size_t i = 0; i < lines.n_lines && result == 0; i++) {
		const struct exposition_line *line = &lines.lines[i];

		if (i == 0 || strcmp(line->family, lines.lines[i - 1].family) != 0)
			begin_family(exposition, line);
		add_series(exposition, line);
		result = exposition->out.result;
	}
	exposition_lines_deinit(&lines);
	if (result == 0 && exposition->is_openmetrics)
		text_sink_add(&exposition->out, "# EOF\n");
	return result < 0 ? result : text_sink_end(&exposition->out);
}

static int write_as(bool is_openmetrics, const struct snapshot_part *parts, size_t n_parts,
		    const char *const *parameters, const struct format_sink *sink)
{
	const char *buckets = format_parameter(parameters, "buckets");
	struct exposition exposition = {
		.is_openmetrics = is_openmetrics,
		.has_used_buckets = buckets && strcmp(buckets, "used") == 0,
		.run = format_parameter(parameters, "run"),
		.watcher = sink->watcher,
	};

	text_sink_init(&exposition.out, sink);
	return write_exposition(&exposition, parts, n_parts);
}

int snapshot_write_prometheus(const struct snapshot_part *parts, size_t n_parts, const char *const *parameters,
			      const struct format_sink *sink)
{
	return write_as(false, parts, n_parts, parameters, sink);
}

int snapshot_write_openmetrics(const struct snapshot_part *parts, size_t n_parts, const char *const *parameters,
			       const struct format_sink *sink)
{
	return write_as(true, parts, n_parts, parameters, sink);
}
