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
	snapshot_write_function *write;
	struct parameter parameters[PARAMETERS_MOST];
} formats[] = {
	{"csv", snapshot_write_csv, {{"header", {"true", "false"}}, {"guard", {"true", "false"}}}},
	{"jsonlines", snapshot_write_jsonlines, {{0}}},
	{"openmetrics",
	 snapshot_write_openmetrics,
	 {{"buckets", {"octaves", "used"}}, {"run", {NULL}}}},
	{"otlp-json",
	 snapshot_write_otlp_json,
	 {{"histograms", {"exponential", "explicit"}}, {"resource.", {NULL}}}},
	{"otlp-protobuf",
	 snapshot_write_otlp_protobuf,
	 {{"histograms", {"exponential", "explicit"}}, {"resource.", {NULL}}}},
	{"prometheus",
	 snapshot_write_prometheus,
	 {{"buckets", {"octaves", "used"}}, {"run", {NULL}}}},
	{"prometheus-protobuf", snapshot_write_prometheus_protobuf, {{"run", {NULL}}}},
	{"statsd", snapshot_write_statsd, {{"tags", {"names", "dogstatsd"}}}},
};

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

int snapshot_format(const char *format_name, const struct snapshot *snapshot,
		    const struct snapshot_source *source, const char *const *parameters,
		    const struct format_sink *sink)
{
	const struct format *format = find_format(format_name);

	if (!format)
		return -ENOENT;
	if (!are_possible(format, parameters))
		return -EINVAL;
	struct number_locale locale = number_locale_enter();
	int result = locale.c ? format->write(snapshot, source, parameters, sink) : -ENOMEM;

	number_locale_leave(&locale);
	return result;
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
