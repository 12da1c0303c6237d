// SPDX-License-Identifier: MIT
#include "files/append-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { CODE_RENAME = 1, PATH_SIZE = 4096, MODE = 0644 };

void append_file_init(struct append_file *file, const struct sonde_host *host,
		      const struct append_options *options)
{
	*file = (struct append_file){
		.host = host, .options = options, .fd = -1, .text = {.host = host}};
}

void append_file_deinit(struct append_file *file)
{
	append_file_close(file);
	buffer_deinit(&file->text);
}

int append_file_open(struct append_file *file)
{
	file->fd = file->host->io->open(file->options->file, O_WRONLY | O_CREAT | O_APPEND, MODE);
	return file->fd < 0 ? file->fd : 0;
}

void append_file_close(struct append_file *file)
{
	if (file->fd >= 0)
		file->host->io->close(file->fd);
	file->fd = -1;
}

bool append_file_is_empty(const struct append_file *file)
{
	return file->host->io->file_size(file->fd) <= 0;
}

/* FILE.1 becomes FILE.2 and so on, the last one is replaced. One that is not there yet is no
 * trouble. */
static void shift_names(const struct append_file *file)
{
	const struct append_options *options = file->options;
	char from[PATH_SIZE];
	char to[PATH_SIZE];

	for (int64_t i = options->keep; i > 0; i--) {
		snprintf(to, sizeof(to), "%s.%lld", options->file, (long long)i);
		if (i > 1)
			snprintf(from, sizeof(from), "%s.%lld", options->file, (long long)i - 1);
		else
			snprintf(from, sizeof(from), "%s", options->file);
		int result = file->host->io->rename(from, to);

		if (result < 0 && result != -ENOENT)
			file->host->log(file->host, SONDE_LOG_WARNING, CODE_RENAME,
					"cannot rename %s: %s", from, strerror(-result));
	}
}

int append_file_make_room(struct append_file *file, size_t size)
{
	if (file->fd < 0)
		return append_file_open(file);
	int64_t present = file->host->io->file_size(file->fd);

	if (!file->options->rotate_at || present <= 0 ||
	    (uint64_t)present + size <= file->options->rotate_at)
		return 0;
	append_file_close(file);
	shift_names(file);
	return append_file_open(file);
}

int append_file_write(struct append_file *file)
{
	const struct sonde_io *io = file->host->io;
	size_t size = file->text.size;

	buffer_clear(&file->text);
	if (file->is_torn && io->write(file->fd, "\n", 1) != 1)
		return -EIO;
	file->is_torn = false;
	int64_t written = io->write(file->fd, file->text.bytes, size);

	if (written < 0)
		return (int)written;
	/* Others may have written behind it: it is to be written again as a whole, on lines of its
	 * own. */
	file->is_torn = (size_t)written < size;
	if (file->is_torn)
		return -ENOSPC;
	return file->options->sync ? io->fsync(file->fd) : 0;
}

int append_file_status(const struct append_file *file, int result, struct sonde_result *ret_result)
{
	if (result == 0)
		return SONDE_OK;
	snprintf(ret_result->message, sizeof(ret_result->message), "%.80s: %s", file->options->file,
		 strerror(-result));
	/* There may be room, or a folder, later on. */
	return result == -ENOMEM || result == -EINVAL ? SONDE_DROP : SONDE_RETRY;
}
