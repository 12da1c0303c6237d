// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/snapshot-format.h"

#include <errno.h>
#include <string.h>

enum { PARAMETERS_MOST = 2, WORDS_MOST = 3 };

struct parameter {
	const char *name;
	const char *words[WORDS_MOST]; /* the first one is what goes without saying; ended by NULL */
};

static const struct format {
	const char *name;
	snapshot_write_function *write;
	struct parameter parameters[PARAMETERS_MOST];
} formats[] = {
	{"csv", snapshot_write_csv, {{"header", {"yes", "no"}}, {"formulas", {"quote", "keep"}}}},
	{"jsonlines", snapshot_write_jsonlines, {{0}}},
	{"openmetrics", snapshot_write_openmetrics, {{"buckets", {"octaves", "used"}}}},
	{"otlp-json", snapshot_write_otlp_json, {{0}}},
	{"prometheus", snapshot_write_prometheus, {{"buckets", {"octaves", "used"}}}},
	{"statsd", snapshot_write_statsd, {{"tags", {"names", "dogstatsd"}}}},
};

static const size_t n_formats = sizeof(formats) / sizeof(formats[0]);

static bool has_word(const struct parameter *parameter, const char *word)
{
	for (int i = 0; i < WORDS_MOST && parameter->words[i]; i++)
		if (strcmp(parameter->words[i], word) == 0)
			return true;
	return false;
}

static bool may_be(const struct format *format, const char *name, const char *value)
{
	for (int i = 0; i < PARAMETERS_MOST && format->parameters[i].name; i++)
		if (strcmp(format->parameters[i].name, name) == 0)
			return has_word(&format->parameters[i], value);
	return false;
}

int snapshot_format(const char *format, const struct snapshot *snapshot,
		    const struct snapshot_source *source, const char *const *parameters,
		    const struct format_sink *sink)
{
	for (size_t i = 0; i < n_formats; i++) {
		if (strcmp(formats[i].name, format) != 0)
			continue;
		for (size_t k = 0; parameters && parameters[k]; k += 2)
			if (!parameters[k + 1] || !may_be(&formats[i], parameters[k], parameters[k + 1]))
				return -EINVAL;
		return formats[i].write(snapshot, source, parameters, sink);
	}
	return -ENOENT;
}

const char *snapshot_format_parameter(const char *const *parameters, const char *name)
{
	for (size_t i = 0; parameters && parameters[i]; i += 2)
		if (strcmp(parameters[i], name) == 0)
			return parameters[i + 1];
	return NULL;
}

const char *snapshot_format_name(size_t index)
{
	return index < n_formats ? formats[index].name : NULL;
}
