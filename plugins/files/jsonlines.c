// SPDX-License-Identifier: MIT
/*
 * jsonlines - appends each snapshot to a file, as one line of JSON.
 *
 *     plugins: ( { plugin = "jsonlines"; file = "/var/log/figures.jsonl"; interval = "10s"; window = "60s"; } );
 */
#include <sonde/plugin.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "files/append-file.h"
#include "shared/window.h"

struct options {
	struct append_options append;
	int64_t window_ns;
};

struct lines {
	struct append_file file;
	struct window window;
};

static const struct sonde_option options[] = {
	APPEND_FILE_ROWS(struct options, append),
	WINDOW_ROW(struct options, window_ns),
	{0},
};

static int create(const struct sonde_host *host, const void *given, void **ret_instance,
		  struct sonde_err *err)
{
	const struct options *read = given;
	struct lines *lines = host->alloc(host, sizeof(*lines));

	if (!lines)
		return -ENOMEM;
	int result = window_init(&lines->window, host, read->window_ns, err);

	if (result < 0) {
		host->free(host, lines);
		return result;
	}
	append_file_init(&lines->file, host, &read->append);
	*ret_instance = lines;
	return 0;
}

static int start(void *instance, struct sonde_err *err)
{
	struct append_file *file = &((struct lines *)instance)->file;
	int result = append_file_open(file);

	if (result < 0)
		snprintf(err->text, sizeof(err->text), "%.200s: %s", file->options->file,
			 strerror(-result));
	return result;
}

static int export_snapshot(void *instance, const struct sonde_snapshot *snapshot,
			   int64_t deadline_ns, struct sonde_result *ret_result)
{
	struct lines *lines = instance;
	struct append_file *file = &lines->file;

	(void)deadline_ns;
	buffer_clear(&file->text);
	int result = file->host->format(snapshot, "jsonlines", lines->window.parameters, buffer_take,
					&file->text);

	ret_result->bytes_sent = file->text.size;
	if (result == 0)
		result = append_file_lock(file);
	if (result == 0)
		result = append_file_make_room(file, file->text.size);
	if (result == 0)
		result = append_file_write(file);
	append_file_unlock(file);
	if (result < 0)
		ret_result->bytes_sent = 0;
	return append_file_status(file, result, ret_result);
}

static int stop(void *instance, int64_t deadline_ns)
{
	struct lines *lines = instance;

	(void)deadline_ns;
	append_file_close(&lines->file);
	return 0;
}

static void destroy(void *instance)
{
	struct lines *lines = instance;
	const struct sonde_host *host = lines->file.host;

	append_file_deinit(&lines->file);
	host->free(host, lines);
}

static const struct sonde_plugin_desc description = {
	.struct_size = sizeof(description),
	.abi_major = SONDE_ABI_MAJOR,
	.abi_minor = SONDE_ABI_MINOR,
	.kind = SONDE_KIND_EXPORTER,
	.flags = SONDE_INPROC_OK,
	.name = "jsonlines",
	.version = "1.0",
	.license = "MIT",
	.summary = "appends each snapshot to a file, as one line of JSON",
	.options = options,
	.option_size = sizeof(options[0]),
	.options_size = sizeof(struct options),
	.create = create,
	.start = start,
	.export_snapshot = export_snapshot,
	.stop = stop,
	.destroy = destroy,
};

const struct sonde_plugin_desc *sonde_plugin_v1(const struct sonde_host *host)
{
	(void)host;
	return &description;
}
