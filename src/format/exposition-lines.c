// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/exposition-lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/exposition-name.h"
#include "format/utf8.h"

static void write_value(FILE *stream, const char *value)
{
	while (*value) {
		size_t length = utf8_length(value);

		if (*value == '\\' || *value == '"')
			fprintf(stream, "\\%c", *value);
		else if (*value == '\n')
			fputs("\\n", stream);
		else if (length)
			fwrite(value, 1, length, stream);
		else
			fputs(UTF8_REPLACEMENT, stream);
		value += length ? length : 1;
	}
}

/* Of tags whose keys become one label, all values are kept, as OpenTelemetry has it. */
static bool has_earlier(const struct tag *tags, size_t n, const char *label)
{
	char other[EXPOSITION_NAME_SIZE];

	for (size_t i = 0; i < n; i++)
		if (*tags[i].value && strcmp(exposition_label(tags[i].key, other), label) == 0)
			return true;
	return false;
}

static void write_values(FILE *stream, const struct tag *tags, size_t n_tags, size_t first, const char *label)
{
	char other[EXPOSITION_NAME_SIZE];
	const char *separator = "";

	for (size_t i = first; i < n_tags; i++) {
		if (!*tags[i].value || strcmp(exposition_label(tags[i].key, other), label) != 0)
			continue;
		fputs(separator, stream);
		write_value(stream, tags[i].value);
		separator = ";";
	}
}

static bool is_taken(const char *label, const char *run)
{
	/* These two are Prometheus's own. */
	return strcmp(label, "le") == 0 || strcmp(label, "quantile") == 0 ||
	       (run && strcmp(label, "run") == 0);
}

static void write_run(FILE *stream, const char *run)
{
	fputs("run=\"", stream);
	write_value(stream, run);
	fputc('"', stream);
}

char *exposition_labels(const struct tag *tags, size_t n_tags, const char *run)
{
	char label[EXPOSITION_NAME_SIZE];
	const char *separator = "";
	char *labels = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&labels, &size);

	if (!stream)
		return NULL;
	if (run && *run) {
		write_run(stream, run);
		separator = ",";
	}
	for (size_t i = 0; i < n_tags; i++) {
		exposition_label(tags[i].key, label);
		if (!*tags[i].value || has_earlier(tags, i, label))
			continue;
		fprintf(stream, "%s%s%s=\"", separator, is_taken(label, run) ? "exported_" : "", label);
		write_values(stream, tags, n_tags, i, label);
		fputc('"', stream);
		separator = ",";
	}
	if (fclose(stream) == 0)
		return labels;
	free(labels);
	return NULL;
}

static int compare_families(const void *left, const void *right)
{
	const struct exposition_line *a = left;
	const struct exposition_line *b = right;
	int order = strcmp(a->family, b->family);

	return order ? order : (a->position > b->position) - (a->position < b->position);
}

static int compare_labels(const void *left, const void *right)
{
	const struct exposition_line *a = left;
	const struct exposition_line *b = right;
	int order = strcmp(a->labels, b->labels);

	return order ? order : (a->position > b->position) - (a->position < b->position);
}

static void line_deinit(struct exposition_line *line)
{
	free(line->family);
	free(line->labels);
}

static bool is_of_one_kind(const struct series *left, const struct series *right)
{
	return left->type == right->type && strcmp(left->unit, right->unit) == 0;
}

/* Keeps the lines that `may_stay` after the last kept one, and frees the others. */
static size_t keep_lines(struct exposition_line *lines, size_t n_lines,
			 bool (*may_stay)(const struct exposition_line *line, const struct exposition_line *last))
{
	size_t n_kept = 0;

	for (size_t i = 0; i < n_lines; i++) {
		if (n_kept && !may_stay(&lines[i], &lines[n_kept - 1]))
			line_deinit(&lines[i]);
		else
			lines[n_kept++] = lines[i];
	}
	return n_kept;
}

static bool has_kind_of_family(const struct exposition_line *line, const struct exposition_line *last)
{
	return strcmp(line->family, last->family) != 0 || is_of_one_kind(line->series, last->series);
}

static bool has_own_labels(const struct exposition_line *line, const struct exposition_line *last)
{
	return strcmp(line->family, last->family) != 0 || strcmp(line->labels, last->labels) != 0;
}

static void order_families(struct exposition_lines *lines)
{
	size_t n_before = lines->n_lines;

	qsort(lines->lines, lines->n_lines, sizeof(*lines->lines), compare_families);
	lines->n_lines = keep_lines(lines->lines, lines->n_lines, has_kind_of_family);
	for (size_t first = 0, end; first < lines->n_lines; first = end) {
		for (end = first + 1; end < lines->n_lines; end++)
			if (strcmp(lines->lines[end].family, lines->lines[first].family) != 0)
				break;
		qsort(&lines->lines[first], end - first, sizeof(*lines->lines), compare_labels);
	}
	lines->n_lines = keep_lines(lines->lines, lines->n_lines, has_own_labels);
	lines->n_left_out = n_before - lines->n_lines;
}

int exposition_lines_init(struct exposition_lines *lines, const struct snapshot *snapshot, const char *run)
{
	size_t n = snapshot_n_series(snapshot);
	char family[EXPOSITION_NAME_SIZE];

	*lines = (struct exposition_lines){.lines = calloc(n + 1, sizeof(*lines->lines))};
	if (!lines->lines)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct series *series = snapshot_series(snapshot, i);
		struct exposition_line line = {
			.series = series,
			.family = strdup(exposition_family(series, family)),
			.labels = exposition_labels(series->tags, series->n_tags, run),
			.position = i,
		};

		lines->lines[lines->n_lines++] = line;
		if (!line.family || !line.labels)
			return -ENOMEM;
	}
	order_families(lines);
	return 0;
}

void exposition_lines_deinit(struct exposition_lines *lines)
{
	for (size_t i = 0; i < lines->n_lines; i++)
		line_deinit(&lines->lines[i]);
	free(lines->lines);
	*lines = (struct exposition_lines){0};
}
