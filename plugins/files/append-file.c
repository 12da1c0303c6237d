// SPDX-License-Identifier: MIT
#include "files/append-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CODE_RENAME = 1, PATH_SIZE = 4096, MODE = 0644, TRIES_MAX = 10, PIECE_SIZE = 4096 };

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

/* How a regular file ends can be read then, too. Others, a FIFO say, stay as they are. */
static int open_for_both(const struct append_file *file, int fd)
{
	struct stat status;
	char path[32];

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return fd;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int both = file->host->io->open(path, O_RDWR | O_APPEND, 0);

	if (both < 0)
		return fd;
	file->host->io->close(fd);
	return both;
}

int append_file_open(struct append_file *file)
{
	int fd = file->host->io->open(file->options->file, O_WRONLY | O_CREAT | O_APPEND, MODE);

	file->fd = fd < 0 ? -1 : open_for_both(file, fd);
	return fd < 0 ? fd : 0;
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

/* Another one may have renamed it, and somebody may have removed it. */
static bool is_still_there(const struct append_file *file)
{
	struct stat named;
	struct stat opened;

	if (stat(file->options->file, &named) < 0)
		return errno != ENOENT;
	return fstat(file->fd, &opened) < 0 ||
	       (named.st_dev == opened.st_dev && named.st_ino == opened.st_ino);
}

/* Where files cannot be locked one goes without. */
int append_file_lock(struct append_file *file)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		int result = file->fd < 0 ? append_file_open(file) : 0;

		if (result < 0)
			return result;
		flock(file->fd, LOCK_EX);
		if (is_still_there(file))
			return 0;
		append_file_close(file);
	}
	return -EAGAIN;
}

void append_file_unlock(struct append_file *file)
{
	if (file->fd >= 0)
		flock(file->fd, LOCK_UN);
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
	int64_t present = file->host->io->file_size(file->fd);

	if (!file->options->rotate_at || present <= 0 ||
	    (uint64_t)present + size <= file->options->rotate_at)
		return 0;
	shift_names(file);
	append_file_close(file);
	return append_file_lock(file);
}

/* Whether a text that ends there ends within quotes. */
static bool is_within_quotes(const struct append_file *file, int64_t end)
{
	char piece[PIECE_SIZE];
	bool is_within = false;

	for (int64_t at = 0; at < end;) {
		ssize_t got = pread(file->fd, piece, sizeof(piece), at);

		if (got <= 0)
			return false;
		for (ssize_t i = 0; i < got; i++)
			is_within ^= piece[i] == '"';
		at += got;
	}
	return is_within;
}

/*
 * Ends a piece that somebody could write in part only, because the disk was full or it was killed. What comes next
 * is then whole.
 */
static int end_torn_piece(const struct append_file *file)
{
	int64_t size = file->host->io->file_size(file->fd);
	char last = '\n';

	if (size <= 0 || pread(file->fd, &last, 1, size - 1) != 1 || last == '\n')
		return 0;
	const char *end = file->has_quotes && is_within_quotes(file, size) ? "\"\n" : "\n";
	int64_t written = file->host->io->write(file->fd, end, strlen(end));

	return written < 0			 ? (int)written
	       : written < (int64_t)strlen(end) ? -ENOSPC
						 : 0;
}

int append_file_write(struct append_file *file)
{
	const struct sonde_io *io = file->host->io;
	size_t size = file->text.size;

	buffer_clear(&file->text);
	int result = end_torn_piece(file);

	if (result < 0)
		return result;
	int64_t written = io->write(file->fd, file->text.bytes, size);

	if (written < 0)
		return (int)written;
	if ((size_t)written < size)
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
