// SPDX-License-Identifier: MIT
/*
 * machine.h - where figures are read from, and what a file there says.
 *
 * All readers take the root of the tree that has /proc and /sys: "" for this machine, "/host" where
 * a container sees its host's there, a directory with files of its own in a test. They keep nothing
 * between two calls but what their caller holds.
 */
#ifndef SONDE_RESOURCES_MACHINE_H
#define SONDE_RESOURCES_MACHINE_H

#include <sonde/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine {
	const struct sonde_io *io;
	const char *root;
};

enum {
	PATH_ROOM = 4096,
	TEXT_MAX = 4 << 20, /* of a file; what is beyond is not read */
};

/* The contents of a file, ended by NUL. All zero: none. One is read into again and again. */
struct text {
	char *data;
	size_t size; /* without the NUL */
	size_t room;
};

/* Reads a file below the root. 0 or a negative errno: the text is empty then. */
int text_read(struct text *text, const struct machine *machine, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void text_deinit(struct text *text);

/* Whether there is such a file below the root. */
bool machine_has(const struct machine *machine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The names in a folder below the root, without those that begin with a dot. */
struct folder {
	void *stream;
};

/* 0 or a negative errno. */
int folder_open(struct folder *folder, const struct machine *machine, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A name, until the next call; NULL: that was all. */
const char *folder_next(struct folder *folder);
void folder_close(struct folder *folder);

/* How many names a folder has, or a negative errno. */
int64_t machine_count(const struct machine *machine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What follows the next newline; NULL: that was the last line. */
const char *next_line(const char *line);

/*
 * A whole number after blanks; one above UINT64_MAX is that. Moves *place past it. False, with
 * *place where it was: there is none.
 */
bool parse_number(const char **place, uint64_t *ret_number);

/* Goes past as many words, or says false. */
bool skip_words(const char **place, unsigned int n_words);

/* A number with decimals, whatever the locale. */
bool parse_decimal(const char **place, double *ret_number);

/* The number after the label at the beginning of a line. */
bool find_number(const char *text, const char *label, uint64_t *ret_number);

/* What follows the label at the beginning of a line. NULL: not there. */
const char *find_line(const char *text, const char *label);

#endif
