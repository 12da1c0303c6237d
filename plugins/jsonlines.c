// SPDX-License-Identifier: MIT
/*
 * jsonlines - appends each snapshot to a file, as one line of JSON.
 *
 *     plugins: ( { plugin = "jsonlines"; file = "/var/log/figures.jsonl"; interval = "10s"; } );
 *
 * A line is written with one write(), so that whoever reads the file while it grows sees whole
 * lines, and several instances, of several runs, may share a file. A file that has become too large
 * is renamed, FILE.1, FILE.2, ..., and begun again. The host makes the line; this is about the
 * file.
 */
#include <sonde/plugin.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { CODE_ROTATE = 1, PATH_SIZE = 4096, MODE = 0644 };

struct options {
	const char *file;
	uint64_t rotate_at;
	int64_t keep;
	bool sync;
};

struct jsonlines {
	const struct sonde_host *host;
	const struct options *options;
	int fd;
	char *line; /* the one that is being made */
	size_t size;
	size_t capacity;
	bool is_torn; /* the last line was written in part */
};

static const struct sonde_option options[] = {
	{
		.name = "file",
		.type = SONDE_OPTION_STRING,
		.flags = SONDE_OPTION_REQUIRED,
		.offset = offsetof(struct options, file),
		.help = "The file that lines are appended to; it is made if it is not there.",
	},
	{
		.name = "rotate_at",
		.type = SONDE_OPTION_SIZE,
		.min = "1KiB",
		.offset = offsetof(struct options, rotate_at),
		.help = "A file that would become larger is renamed and begun again; without it, never.",
	},
	{
		.name = "keep",
		.type = SONDE_OPTION_INT,
		.default_text = "5",
		.min = "1",
		.max = "1000",
		.offset = offsetof(struct options, keep),
		.help = "How many renamed files are kept.",
	},
	{
		.name = "sync",
		.type = SONDE_OPTION_BOOL,
		.default_text = "false",
		.offset = offsetof(struct options, sync),
		.help = "Whether each line is on the disk before the next is made.",
	},
	{0},
};

static int create(const struct sonde_host *host, const void *given, void **ret_instance,
		  struct sonde_err *err)
{
	struct jsonlines *jsonlines = host->alloc(host, sizeof(*jsonlines));

	(void)err;
	if (!jsonlines)
		return -ENOMEM;
	*jsonlines = (struct jsonlines){.host = host, .options = given, .fd = -1};
	*ret_instance = jsonlines;
	return 0;
}

static int open_file(struct jsonlines *jsonlines)
{
	jsonlines->fd = jsonlines->host->io->open(jsonlines->options->file,
						  O_WRONLY | O_CREAT | O_APPEND, MODE);
	return jsonlines->fd < 0 ? jsonlines->fd : 0;
}

static void close_file(struct jsonlines *jsonlines)
{
	if (jsonlines->fd >= 0)
		jsonlines->host->io->close(jsonlines->fd);
	jsonlines->fd = -1;
}

static int start(void *instance, struct sonde_err *err)
{
	struct jsonlines *jsonlines = instance;
	int result = open_file(jsonlines);

	if (result < 0)
		snprintf(err->text, sizeof(err->text), "%.200s: %s", jsonlines->options->file,
			 strerror(-result));
	return result;
}

/* Keeps a piece of the line. */
static int take_piece(void *argument, const void *data, size_t size)
{
	struct jsonlines *jsonlines = argument;
	size_t capacity = jsonlines->capacity ? jsonlines->capacity : 4096;

	while (capacity < jsonlines->size + size)
		capacity *= 2;
	if (capacity > jsonlines->capacity) {
		char *larger = jsonlines->host->realloc(jsonlines->host, jsonlines->line, capacity);

		if (!larger)
			return -ENOMEM;
		jsonlines->line = larger;
		jsonlines->capacity = capacity;
	}
	memcpy(jsonlines->line + jsonlines->size, data, size);
	jsonlines->size += size;
	return 0;
}

/* FILE.1 becomes FILE.2 and so on, the last one is replaced. Names that are not there yet are no
 * trouble. */
static void shift_names(const struct jsonlines *jsonlines)
{
	const struct options *given = jsonlines->options;
	char from[PATH_SIZE];
	char to[PATH_SIZE];

	for (int64_t i = given->keep; i > 0; i--) {
		snprintf(to, sizeof(to), "%s.%lld", given->file, (long long)i);
		if (i > 1)
			snprintf(from, sizeof(from), "%s.%lld", given->file, (long long)i - 1);
		else
			snprintf(from, sizeof(from), "%s", given->file);
		int result = jsonlines->host->io->rename(from, to);

		if (result < 0 && result != -ENOENT)
			jsonlines->host->log(jsonlines->host, SONDE_LOG_WARNING, CODE_ROTATE,
					     "cannot rename %s: %s", from, strerror(-result));
	}
}

/* Also of what is no regular file: its size is 0, so it is never renamed. */
static bool is_too_large(const struct jsonlines *jsonlines)
{
	int64_t size = jsonlines->host->io->file_size(jsonlines->fd);

	return jsonlines->options->rotate_at && size > 0 &&
	       (uint64_t)size + jsonlines->size > jsonlines->options->rotate_at;
}

static int make_room(struct jsonlines *jsonlines)
{
	if (jsonlines->fd < 0)
		return open_file(jsonlines);
	if (!is_too_large(jsonlines))
		return 0;
	close_file(jsonlines);
	shift_names(jsonlines);
	return open_file(jsonlines);
}

static int write_line(struct jsonlines *jsonlines)
{
	const struct sonde_io *io = jsonlines->host->io;

	if (jsonlines->is_torn && io->write(jsonlines->fd, "\n", 1) != 1)
		return -EIO;
	jsonlines->is_torn = false;
	int64_t written = io->write(jsonlines->fd, jsonlines->line, jsonlines->size);

	if (written < 0)
		return (int)written;
	/* Others may have written behind it: it is written again as a whole, on a line of its own. */
	jsonlines->is_torn = (size_t)written < jsonlines->size;
	if (jsonlines->is_torn)
		return -ENOSPC;
	return jsonlines->options->sync ? io->fsync(jsonlines->fd) : 0;
}

/* Whether there may be room, or a folder, later on. */
static int status_of(int result)
{
	if (result == 0)
		return SONDE_OK;
	return result == -ENOMEM || result == -EINVAL ? SONDE_DROP : SONDE_RETRY;
}

static int export_snapshot(void *instance, const struct sonde_snapshot *snapshot,
			   int64_t deadline_ns, struct sonde_result *ret_result)
{
	struct jsonlines *jsonlines = instance;

	(void)deadline_ns;
	jsonlines->size = 0;
	int result = jsonlines->host->format(snapshot, "jsonlines", NULL, take_piece, jsonlines);

	if (result == 0)
		result = make_room(jsonlines);
	if (result == 0)
		result = write_line(jsonlines);
	if (result < 0)
		snprintf(ret_result->message, sizeof(ret_result->message), "%.80s: %s",
			 jsonlines->options->file, strerror(-result));
	else
		ret_result->bytes_sent = jsonlines->size;
	return status_of(result);
}

static int stop(void *instance, int64_t deadline_ns)
{
	(void)deadline_ns;
	close_file(instance);
	return 0;
}

static void destroy(void *instance)
{
	struct jsonlines *jsonlines = instance;

	jsonlines->host->free(jsonlines->host, jsonlines->line);
	jsonlines->host->free(jsonlines->host, jsonlines);
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
