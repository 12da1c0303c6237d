// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/snapshot-format.h"

#include <errno.h>
#include <string.h>

static const struct format {
	const char *name;
	int (*write)(const struct snapshot *snapshot, const struct snapshot_source *source,
		     const struct format_sink *sink);
} formats[] = {
	{"jsonlines", snapshot_write_jsonlines},
};

static const size_t n_formats = sizeof(formats) / sizeof(formats[0]);

int snapshot_format(const char *format, const struct snapshot *snapshot,
		    const struct snapshot_source *source, const char *const *parameters,
		    const struct format_sink *sink)
{
	for (size_t i = 0; i < n_formats; i++) {
		if (strcmp(formats[i].name, format) != 0)
			continue;
		return parameters && *parameters ? -EINVAL
						 : formats[i].write(snapshot, source, sink);
	}
	return -ENOENT;
}

const char *snapshot_format_name(size_t index)
{
	return index < n_formats ? formats[index].name : NULL;
}
