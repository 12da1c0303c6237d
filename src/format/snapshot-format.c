// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/snapshot-format.h"

#include <errno.h>
#include <string.h>

#include "format/number-text.h"

static const struct format {
	const char *name;
	const char *const *parameters; /* that it has, ended by NULL */
	int (*write)(const struct snapshot *snapshot, const struct snapshot_source *source,
		     const char *const *parameters, const struct format_sink *sink);
} formats[] = {
	{"csv", (const char *const[]){"header", "guard", NULL}, snapshot_write_csv},
	{"jsonlines", (const char *const[]){NULL}, snapshot_write_jsonlines},
};

static const size_t n_formats = sizeof(formats) / sizeof(formats[0]);

static const struct format *find_format(const char *name)
{
	for (size_t i = 0; i < n_formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

static bool has_parameter(const struct format *format, const char *name)
{
	for (const char *const *known = format->parameters; *known; known++)
		if (strcmp(*known, name) == 0)
			return true;
	return false;
}

/* Whether the format has all of them, with a value each. */
static bool are_known(const struct format *format, const char *const *parameters)
{
	for (; parameters && parameters[0]; parameters += 2)
		if (!has_parameter(format, parameters[0]) || !parameters[1])
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
	if (!are_known(format, parameters))
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
