// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/snapshot-format.h"

#include <errno.h>
#include <string.h>

#include "format/number-text.h"

enum { PARAMETERS_MOST = 2, WORDS_MOST = 2 };

struct parameter {
	const char *name; /* NULL: no more of them; "resource.": all that begin so */
	/* What it may be; the first one is what goes without saying. None: any text. */
	const char *words[WORDS_MOST];
};

static const struct format {
	const char *name;
	snapshot_write_function *write;		  /* NULL: it has the other one, */
	snapshot_write_several_function *write_several; /* for documents with several sources */
	struct parameter parameters[PARAMETERS_MOST];
} formats[] = {
	{"csv", snapshot_write_csv, NULL, {{"header", {"true", "false"}}, {"guard", {"true", "false"}}}},
	{"jsonlines", snapshot_write_jsonlines, NULL, {{"window", {NULL}}}},
	{"openmetrics",
	 NULL,
	 snapshot_write_openmetrics,
	 {{"buckets", {"octaves", "used"}}, {"run", {NULL}}}},
	{"otlp-json",
	 snapshot_write_otlp_json,
	 NULL,
	 {{"histograms", {"exponential", "explicit"}}, {"resource.", {NULL}}}},
	{"otlp-protobuf",
	 snapshot_write_otlp_protobuf,
	 NULL,
	 {{"histograms", {"exponential", "explicit"}}, {"resource.", {NULL}}}},
	{"prometheus",
	 NULL,
	 snapshot_write_prometheus,
	 {{"buckets", {"octaves", "used"}}, {"run", {NULL}}}},
	{"prometheus-protobuf", NULL, snapshot_write_prometheus_protobuf, {{"run", {NULL}}}},
	{"statsd", snapshot_write_statsd, NULL, {{"tags", {"names", "dogstatsd"}}}},
};

const char *left_out_name(enum left_out_reason reason)
{
	static const char *const names[LEFT_OUT_REASONS] = {
		[LEFT_OUT_KIND] = "kind",
		[LEFT_OUT_LABELS] = "labels",
		[LEFT_OUT_SAMPLE] = "sample",
	};

	return names[reason];
}

const char *left_out_text(enum left_out_reason reason)
{
	static const char *const texts[LEFT_OUT_REASONS] = {
		[LEFT_OUT_KIND] = "another series of its name there has another type or unit",
		[LEFT_OUT_LABELS] = "another series of its name there has the same labels",
		[LEFT_OUT_SAMPLE] = "its name there is that of another one's samples",
	};

	return texts[reason];
}

static const size_t n_formats = sizeof(formats) / sizeof(formats[0]);

static const struct format *find_format(const char *name)
{
	for (size_t i = 0; i < n_formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

static bool has_word(const struct parameter *parameter, const char *word)
{
	for (int i = 0; i < WORDS_MOST && parameter->words[i]; i++)
		if (strcmp(parameter->words[i], word) == 0)
			return true;
	return !parameter->words[0];
}

static bool is_named(const struct parameter *parameter, const char *name)
{
	size_t length = strlen(parameter->name);

	if (parameter->name[length - 1] == '.')
		return strncmp(parameter->name, name, length) == 0 && name[length];
	return strcmp(parameter->name, name) == 0;
}

static bool may_be(const struct format *format, const char *name, const char *word)
{
	for (int i = 0; i < PARAMETERS_MOST && format->parameters[i].name; i++)
		if (is_named(&format->parameters[i], name))
			return has_word(&format->parameters[i], word);
	return false;
}

/* Whether the format has all of them, and each may be what it is. */
static bool are_possible(const struct format *format, const char *const *parameters)
{
	for (; parameters && parameters[0]; parameters += 2)
		if (!parameters[1] || !may_be(format, parameters[0], parameters[1]))
			return false;
	return true;
}

static int write_parts(const struct format *format, const struct snapshot_part *parts, size_t n_parts,
		       const char *const *parameters, const struct format_sink *sink)
{
	if (format->write_several)
		return format->write_several(parts, n_parts, parameters, sink);
	return format->write(parts->snapshot, parts->source, parameters, sink);
}

int snapshot_format_several(const char *format_name, const struct snapshot_part *parts, size_t n_parts,
			    const char *const *parameters, const struct format_sink *sink)
{
	const struct format *format = find_format(format_name);

	if (!format)
		return -ENOENT;
	if (!are_possible(format, parameters))
		return -EINVAL;
	if (n_parts != 1 && !format->write_several)
		return -ENOTSUP;
	struct number_locale locale = number_locale_enter();
	int result = locale.c ? write_parts(format, parts, n_parts, parameters, sink) : -ENOMEM;

	number_locale_leave(&locale);
	return result;
}

int snapshot_format(const char *format_name, const struct snapshot *snapshot,
		    const struct snapshot_source *source, const char *const *parameters,
		    const struct format_sink *sink)
{
	const struct snapshot_part part = {snapshot, source};

	return snapshot_format_several(format_name, &part, 1, parameters, sink);
}

const struct tag *snapshot_source_mark(const struct snapshot_source *source)
{
	for (size_t i = 0; i < source->n_tags && source->is_one_of_several; i++)
		if (strcmp(source->tags[i].key, "sonde.session") == 0 ||
		    strcmp(source->tags[i].key, "sonde.agent") == 0)
			return &source->tags[i];
	return NULL;
}

const char *format_parameter(const char *const *parameters, const char *name)
{
	for (; parameters && parameters[0]; parameters += 2)
		if (strcmp(parameters[0], name) == 0)
			return parameters[1];
	return NULL;
}

const char *snapshot_format_name(size_t index)
{
	return index < n_formats ? formats[index].name : NULL;
}
