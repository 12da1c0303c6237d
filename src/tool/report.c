// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/report.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "format/file-sink.h"
#include "format/recording-json.h"
#include "format/snapshot-format.h"
#include "tool/profile.h"
#include "tool/run-tags.h"

static const char *const formats[] = {REPORT_TEXT, "json", REPORT_NONE};

report_format report_format_from_name(const char *name)
{
	const char *format;

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i], name) == 0)
			return formats[i];
	for (size_t i = 0; (format = snapshot_format_name(i)); i++)
		if (strcmp(format, name) == 0)
			return format;
	for (size_t i = 0; (format = profile_format_name(i)); i++)
		if (strcmp(format, name) == 0)
			return format;
	return NULL;
}

const char *report_format_names(void)
{
	static char names[256];
	size_t length = (size_t)snprintf(names, sizeof(names), "text, json");
	const char *format;

	for (size_t i = 0; (format = snapshot_format_name(i)) && length < sizeof(names); i++)
		length += (size_t)snprintf(names + length, sizeof(names) - length, ", %s", format);
	for (size_t i = 0; (format = profile_format_name(i)) && length < sizeof(names); i++)
		length += (size_t)snprintf(names + length, sizeof(names) - length, ", %s", format);
	return names;
}

struct text_options report_text_options(int fd)
{
	struct text_options options = TEXT_OPTIONS_DEFAULT;
	struct winsize size;

	options.has_colour = text_colour_is_wanted(fd);
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > TEXT_WIDTH_MIN)
		options.width = size.ws_col < TEXT_WIDTH_MAX ? size.ws_col : TEXT_WIDTH_MAX;
	return options;
}

/* Once for each name: they come in order. */
static void warn_left_out(void *argument, const struct series *series, enum left_out_reason reason)
{
	const char **last = argument;

	if (*last && strcmp(*last, series->name) == 0)
		return;
	*last = series->name;
	fprintf(stderr, "sonde: %s is left out: %s\n", series->name, left_out_text(reason));
}

static int write_snapshot(const struct snapshot *snapshot, const struct recording *recording, report_format format,
			  FILE *stream)
{
	struct run_tags tags;
	int result = run_tags_init(&tags, recording);
	const struct snapshot_source source = {
		.tags = tags.tags,
		.n_tags = tags.n_tags,
		.start_ns = recording->started_ns,
		.is_final = true,
	};
	const char *last = NULL;
	const struct left_out_watcher watcher = {warn_left_out, &last};
	struct format_sink sink = file_sink(stream);

	sink.watcher = &watcher;
	if (result == 0)
		result = snapshot_format(format, snapshot, &source, NULL, &sink);
	run_tags_deinit(&tags);
	return result;
}

static int write_as_snapshot(const struct recording *recording, report_format format, FILE *stream)
{
	struct snapshot *snapshot;
	int result = snapshot_new_from_recording(recording, &snapshot);

	if (result < 0)
		return result;
	result = write_snapshot(snapshot, recording, format, stream);
	snapshot_put(snapshot);
	return result;
}

int report_write(const struct recording *recording, report_format format, const struct text_options *options,
		 FILE *stream)
{
	if (strcmp(format, REPORT_NONE) == 0)
		return 0;
	if (strcmp(format, REPORT_TEXT) == 0)
		return text_report(recording, options, stream);
	if (strcmp(format, "json") == 0)
		return recording_json_write(recording, stream);
	int result = profile_write(recording, format, STACK_VALUE_CALLS, stream);

	return result == -ENOENT ? write_as_snapshot(recording, format, stream) : result;
}
