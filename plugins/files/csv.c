// SPDX-License-Identifier: MIT
/*
 * csv - appends each snapshot to a table, a row for each number.
 *
 *     plugins: ( { plugin = "csv"; file = "/var/log/figures.csv"; interval = "10s"; } );
 *
 * An empty file, and one that is begun again, get a row with the names of the columns first.
 */
#include <sonde/plugin.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "files/append-file.h"

struct options {
	struct append_options append;
	bool guard;
};

struct csv {
	struct append_file file;
	const struct options *options;
};

static const struct sonde_option options[] = {
	APPEND_FILE_ROWS(struct options, append),
	{
		.name = "guard",
		.type = SONDE_OPTION_BOOL,
		.default_text = "true",
		.offset = offsetof(struct options, guard),
		.help = "Whether texts that a spreadsheet would take for formulas get an "
			"apostrophe.",
	},
	{0},
};

static int create(const struct sonde_host *host, const void *given, void **ret_instance,
		  struct sonde_err *err)
{
	struct csv *csv = host->alloc(host, sizeof(*csv));

	(void)err;
	if (!csv)
		return -ENOMEM;
	csv->options = given;
	append_file_init(&csv->file, host, &csv->options->append);
	csv->file.has_quotes = true;
	*ret_instance = csv;
	return 0;
}

static int start(void *instance, struct sonde_err *err)
{
	struct csv *csv = instance;
	struct append_file *file = &csv->file;
	int result = append_file_open(file);

	if (result < 0)
		snprintf(err->text, sizeof(err->text), "%.200s: %s", file->options->file,
			 strerror(-result));
	return result;
}

/* The rows, and the columns' names if the file is empty. */
static int make_rows(struct csv *csv, const struct sonde_snapshot *snapshot)
{
	const char *const parameters[] = {
		"header", append_file_is_empty(&csv->file) ? "true" : "false",
		"guard",  csv->options->guard ? "true" : "false",
		NULL,
	};

	buffer_clear(&csv->file.text);
	return csv->file.host->format(snapshot, "csv", parameters, buffer_take, &csv->file.text);
}

/* A file that is begun again gets the columns' names, so the rows are made once more then. */
static int write_rows(struct csv *csv, const struct sonde_snapshot *snapshot, uint64_t *ret_size)
{
	int result = append_file_lock(&csv->file);

	if (result == 0)
		result = make_rows(csv, snapshot);
	if (result == 0)
		result = append_file_make_room(&csv->file, csv->file.text.size);
	if (result == 0 && append_file_is_empty(&csv->file))
		result = make_rows(csv, snapshot);
	if (result == 0)
		*ret_size = csv->file.text.size;
	if (result == 0)
		result = append_file_write(&csv->file);
	append_file_unlock(&csv->file);
	return result;
}

static int export_snapshot(void *instance, const struct sonde_snapshot *snapshot,
			   int64_t deadline_ns, struct sonde_result *ret_result)
{
	struct csv *csv = instance;
	uint64_t size = 0;

	(void)deadline_ns;
	int result = write_rows(csv, snapshot, &size);

	if (result == 0)
		ret_result->bytes_sent = size;
	return append_file_status(&csv->file, result, ret_result);
}

static int stop(void *instance, int64_t deadline_ns)
{
	struct csv *csv = instance;

	(void)deadline_ns;
	append_file_close(&csv->file);
	return 0;
}

static void destroy(void *instance)
{
	struct csv *csv = instance;
	const struct sonde_host *host = csv->file.host;

	append_file_deinit(&csv->file);
	host->free(host, csv);
}

static const struct sonde_plugin_desc description = {
	.struct_size = sizeof(description),
	.abi_major = SONDE_ABI_MAJOR,
	.abi_minor = SONDE_ABI_MINOR,
	.kind = SONDE_KIND_EXPORTER,
	.flags = SONDE_INPROC_OK,
	.name = "csv",
	.version = "1.0",
	.license = "MIT",
	.summary = "appends each snapshot to a table, a row for each number",
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
