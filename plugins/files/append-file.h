// SPDX-License-Identifier: MIT
/*
 * append-file.h - a file that pieces of text are appended to, for exporters that do so.
 *
 *     append_file_init -> append_file_open
 *         -> (append_file_lock -> append_file_make_room -> append_file_write -> append_file_unlock)...
 *         -> append_file_close -> append_file_deinit
 *
 * What its text has is written with one write(), so that whoever reads the file while it grows sees
 * whole pieces. A piece that was written in part gets an end before the next one. A file that would
 * become too large is renamed, FILE.1, FILE.2, ..., and begun again.
 *
 * Several instances, of several runs, may share a file: each locks it (flock) for as long as it
 * writes a piece, and follows when another one has begun it again.
 */
#ifndef SONDE_PLUGINS_APPEND_FILE_H
#define SONDE_PLUGINS_APPEND_FILE_H

#include <sonde/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/buffer.h"

struct append_options {
	const char *file;
	uint64_t rotate_at; /* 0: never */
	int64_t keep;
	bool sync;
};

/* Their rows in a table of options; `member` is where they lie in the struct `container`. */
/* clang-format off */
#define APPEND_FILE_ROWS(container, member)							\
	{											\
		.name = "file",									\
		.type = SONDE_OPTION_STRING,							\
		.flags = SONDE_OPTION_REQUIRED,							\
		.offset = offsetof(container, member.file),					\
		.help = "The file that is appended to; it is made if it is not there.",		\
	},											\
	{											\
		.name = "rotate_at",								\
		.type = SONDE_OPTION_SIZE,							\
		.min = "1KiB",									\
		.offset = offsetof(container, member.rotate_at),				\
		.help = "A file that would become larger is renamed and begun again.",		\
	},											\
	{											\
		.name = "keep",									\
		.type = SONDE_OPTION_INT,							\
		.default_text = "5",								\
		.min = "1",									\
		.max = "1000",									\
		.offset = offsetof(container, member.keep),					\
		.help = "How many renamed files are kept.",					\
	},											\
	{											\
		.name = "sync",									\
		.type = SONDE_OPTION_BOOL,							\
		.default_text = "false",							\
		.offset = offsetof(container, member.sync),					\
		.help = "Whether each snapshot is on the disk before the next is taken.",	\
	}
/* clang-format on */

struct append_file {
	const struct sonde_host *host;
	const struct append_options *options;
	int fd;
	bool has_quotes;    /* its text may have newlines between quotes: the caller says so */
	struct buffer text; /* what is to be written next */
};

/* What it is given lives longer. */
void append_file_init(struct append_file *file, const struct sonde_host *host,
		      const struct append_options *options);
void append_file_deinit(struct append_file *file);

/* 0 or a negative errno. */
int append_file_open(struct append_file *file);
void append_file_close(struct append_file *file);

/*
 * Waits until no other instance writes, and opens the file if it is not open, or another one by now. Until
 * append_file_unlock() nobody else writes or renames it. 0 or a negative errno.
 */
int append_file_lock(struct append_file *file);
void append_file_unlock(struct append_file *file);

/* Whether there is nothing in it, or it is no regular file. */
bool append_file_is_empty(const struct append_file *file);

/*
 * Makes room for what is to come, perhaps by beginning the file again, when a text of this size is.
 * 0 or a negative errno.
 */
int append_file_make_room(struct append_file *file, size_t size);

/* Writes the text, and forgets it. 0 or a negative errno. */
int append_file_write(struct append_file *file);

/*
 * What export_snapshot() returns after all of that: the result is 0 or a negative errno, and fills
 * in the rest.
 */
int append_file_status(const struct append_file *file, int result, struct sonde_result *ret_result);

#endif
