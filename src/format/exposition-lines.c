// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/exposition-lines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/exposition-name.h"
#include "format/text-sink.h"
#include "format/utf8.h"

/* How many bytes stand as they are: of ASCII, which is most there is. */
static size_t plain_length(const char *value)
{
	size_t n = 0;

	while (value[n] >= ' ' && value[n] != '\\' && value[n] != '"')
		n++;
	return n;
}

/* The character that a plain one is not; returns its bytes. */
static size_t add_odd(struct text_sink *out, const char *value)
{
	size_t length = utf8_length(value);

	if (*value == '\\' || *value == '"')
		text_sink_add_char(out, '\\');
	if (*value == '\n')
		text_sink_add(out, "\\n");
	else if (length)
		text_sink_add_bytes(out, value, length);
	else
		text_sink_add(out, UTF8_REPLACEMENT);
	return length ? length : 1;
}

static void add_value(struct text_sink *out, const char *value)
{
	while (*value) {
		size_t n_plain = plain_length(value);

		text_sink_add_bytes(out, value, n_plain);
		value += n_plain;
		if (*value)
			value += add_odd(out, value);
	}
}

/* What a tag's key becomes. */
struct label_name {
	char name[EXPOSITION_NAME_SIZE];
};

/* Of tags whose keys become one label, all values are kept, as OpenTelemetry has it. */
static bool has_earlier(const struct label_name *labels, const struct tag *tags, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (*tags[i].value && strcmp(labels[i].name, labels[n].name) == 0)
			return true;
	return false;
}

static void add_values(struct text_sink *out, const struct label_name *labels, const struct tag *tags, size_t n_tags,
		       size_t first)
{
	const char *separator = "";

	for (size_t i = first; i < n_tags; i++) {
		if (!*tags[i].value || strcmp(labels[i].name, labels[first].name) != 0)
			continue;
		text_sink_add(out, separator);
		add_value(out, tags[i].value);
		separator = ";";
	}
}

static bool is_mark(const char *label, const struct tag *mark)
{
	char name[EXPOSITION_NAME_SIZE];

	return mark && strcmp(label, exposition_label(mark->key, name)) == 0;
}

static bool is_taken(const char *label, const struct exposition_common *common)
{
	/* These two are Prometheus's own. */
	return strcmp(label, "le") == 0 || strcmp(label, "quantile") == 0 ||
	       (common->run && strcmp(label, "run") == 0) || is_mark(label, common->mark);
}

/* Returns what separates it from the next one. */
static const char *add_label(struct text_sink *out, const char *separator, const char *name, const char *value)
{
	text_sink_add(out, separator);
	text_sink_add(out, name);
	text_sink_add(out, "=\"");
	add_value(out, value);
	text_sink_add_char(out, '"');
	return ",";
}

static void add_labels(struct text_sink *out, struct label_name *labels, const struct tag *tags, size_t n_tags,
		       const struct exposition_common *common)
{
	const char *separator = "";
	char name[EXPOSITION_NAME_SIZE];

	if (common->run && *common->run)
		separator = add_label(out, separator, "run", common->run);
	if (common->mark)
		separator = add_label(out, separator, exposition_label(common->mark->key, name), common->mark->value);
	for (size_t i = 0; i < n_tags; i++)
		exposition_label(tags[i].key, labels[i].name);
	for (size_t i = 0; i < n_tags; i++) {
		if (!*tags[i].value || has_earlier(labels, tags, i))
			continue;
		text_sink_add(out, separator);
		text_sink_add(out, is_taken(labels[i].name, common) ? "exported_" : "");
		text_sink_add(out, labels[i].name);
		text_sink_add(out, "=\"");
		add_values(out, labels, tags, n_tags, i);
		text_sink_add_char(out, '"');
		separator = ",";
	}
}

/* Appends to a string, which is NULL at first. */
static int append(void *argument, const void *data, size_t size)
{
	char **text = argument;
	size_t length = *text ? strlen(*text) : 0;
	char *longer = realloc(*text, length + size + 1);

	if (!longer)
		return -ENOMEM;
	memcpy(longer + length, data, size);
	longer[length + size] = '\0';
	*text = longer;
	return 0;
}

char *exposition_labels(const struct tag *tags, size_t n_tags, const struct exposition_common *common)
{
	char *text = NULL;
	const struct format_sink sink = {.write = append, .argument = &text};
	struct label_name *labels = malloc((n_tags + 1) * sizeof(*labels));
	struct text_sink out;

	if (!labels)
		return NULL;
	text_sink_init(&out, &sink);
	add_labels(&out, labels, tags, n_tags, common);
	free(labels);
	if (text_sink_end(&out) == 0)
		return text ? text : strdup("");
	free(text);
	return NULL;
}

char *exposition_exemplar_labels(const struct exemplar *exemplar)
{
	const struct exposition_common common = {NULL, NULL};
	char pid[16];
	char tid[16];
	const struct tag tags[] = {{"pid", pid}, {"tid", tid}, {"site", exemplar->site}};

	snprintf(pid, sizeof(pid), "%" PRId32, exemplar->pid);
	snprintf(tid, sizeof(tid), "%" PRId32, exemplar->tid);
	if (!exemplar->tid)
		tid[0] = '\0';
	return exposition_labels(tags, sizeof(tags) / sizeof(tags[0]), &common);
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

static void leave_out(const struct exposition_lines *lines, struct exposition_line *line,
		      enum left_out_reason reason)
{
	if (lines->watcher)
		lines->watcher->tell(lines->watcher->argument, line->series, reason);
	line_deinit(line);
}

/* Keeps the lines that `may_stay` after the last kept one, and frees the others. */
static void keep_lines(struct exposition_lines *lines, enum left_out_reason reason,
		       bool (*may_stay)(const struct exposition_line *line, const struct exposition_line *last))
{
	struct exposition_line *line = lines->lines;
	size_t n_kept = 0;

	for (size_t i = 0; i < lines->n_lines; i++) {
		if (n_kept && !may_stay(&line[i], &line[n_kept - 1]))
			leave_out(lines, &line[i], reason);
		else
			line[n_kept++] = line[i];
	}
	lines->n_lines = n_kept;
}

static bool has_kind_of_family(const struct exposition_line *line, const struct exposition_line *last)
{
	return strcmp(line->family, last->family) != 0 || is_of_one_kind(line->series, last->series);
}

static bool has_own_labels(const struct exposition_line *line, const struct exposition_line *last)
{
	return strcmp(line->family, last->family) != 0 || strcmp(line->labels, last->labels) != 0;
}

/* What the names of a family's samples end with. */
static const struct suffix {
	const char *text;
	bool is_of_counters;
	bool is_of_histograms;
} suffixes[] = {
	{"_total", true, false}, {"_created", true, true}, {"_bucket", false, true},
	{"_count", false, true}, {"_sum", false, true},
};

static bool has_samples(const struct series *series, const struct suffix *suffix)
{
	return (suffix->is_of_counters && series->type == SERIES_COUNTER) ||
	       (suffix->is_of_histograms && series_has_histogram(series));
}

/* The first line of a family, in order; NULL: there is none. */
static const struct exposition_line *find_family(const struct exposition_lines *lines, const char *name,
						 size_t length)
{
	size_t low = 0;
	size_t high = lines->n_lines;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *family = lines->lines[middle].family;
		int order = strncmp(family, name, length);

		if (order > 0 || (order == 0 && family[length]))
			high = middle;
		else if (order == 0)
			return &lines->lines[middle];
		else
			low = middle + 1;
	}
	return NULL;
}

/* Whether a family has the name that another one's samples have, or what the figures are of. */
static bool is_name_of_samples(const struct exposition_lines *lines, const char *family)
{
	size_t length = strlen(family);

	if (strcmp(family, "target_info") == 0)
		return true;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t n = strlen(suffixes[i].text);
		const struct exposition_line *other =
			length > n && strcmp(family + length - n, suffixes[i].text) == 0
				? find_family(lines, family, length - n)
				: NULL;

		if (other && has_samples(other->series, &suffixes[i]))
			return true;
	}
	return false;
}

static void leave_out_names_of_samples(struct exposition_lines *lines)
{
	size_t n_kept = 0;

	for (size_t i = 0; i < lines->n_lines; i++)
		lines->lines[i].is_left_out = is_name_of_samples(lines, lines->lines[i].family);
	for (size_t i = 0; i < lines->n_lines; i++) {
		if (lines->lines[i].is_left_out)
			leave_out(lines, &lines->lines[i], LEFT_OUT_SAMPLE);
		else
			lines->lines[n_kept++] = lines->lines[i];
	}
	lines->n_lines = n_kept;
}

static void order_families(struct exposition_lines *lines)
{
	qsort(lines->lines, lines->n_lines, sizeof(*lines->lines), compare_families);
	keep_lines(lines, LEFT_OUT_KIND, has_kind_of_family);
	leave_out_names_of_samples(lines);
	for (size_t first = 0, end; first < lines->n_lines; first = end) {
		for (end = first + 1; end < lines->n_lines; end++)
			if (strcmp(lines->lines[end].family, lines->lines[first].family) != 0)
				break;
		qsort(&lines->lines[first], end - first, sizeof(*lines->lines), compare_labels);
	}
	keep_lines(lines, LEFT_OUT_LABELS, has_own_labels);
}

/* There is room for them. */
static int add_lines(struct exposition_lines *lines, const struct snapshot *snapshot,
		     const struct exposition_common *common)
{
	char family[EXPOSITION_NAME_SIZE];

	for (size_t i = 0; i < snapshot_n_series(snapshot); i++) {
		const struct series *series = snapshot_series(snapshot, i);
		struct exposition_line line = {
			.series = series,
			.family = strdup(exposition_family(series, family)),
			.labels = exposition_labels(series->tags, series->n_tags, common),
			.position = lines->n_lines,
		};

		lines->lines[lines->n_lines++] = line;
		if (!line.family || !line.labels)
			return -ENOMEM;
	}
	return 0;
}

int exposition_lines_init(struct exposition_lines *lines, const struct snapshot_part *parts, size_t n_parts,
			  const char *run, const struct left_out_watcher *watcher)
{
	size_t n = 0;
	int result = 0;

	for (size_t i = 0; i < n_parts; i++)
		n += snapshot_n_series(parts[i].snapshot);
	*lines = (struct exposition_lines){
		.lines = calloc(n + 1, sizeof(*lines->lines)),
		.watcher = watcher,
	};
	if (!lines->lines)
		return -ENOMEM;
	for (size_t i = 0; result == 0 && i < n_parts; i++) {
		const struct exposition_common common = {run, snapshot_source_mark(parts[i].source)};

		result = add_lines(lines, parts[i].snapshot, &common);
	}
	if (result == 0)
		order_families(lines);
	return result;
}

void exposition_lines_deinit(struct exposition_lines *lines)
{
	for (size_t i = 0; i < lines->n_lines; i++)
		line_deinit(&lines->lines[i]);
	free(lines->lines);
	*lines = (struct exposition_lines){0};
}
