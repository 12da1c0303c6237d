// SPDX-License-Identifier: MIT
#include "resources/machine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 4096 };

/* A path below the root; false: too long. */
static bool make_path(const struct machine *machine, const char *format, va_list arguments,
		      char path[PATH_ROOM])
{
	int root_len = snprintf(path, PATH_ROOM, "%s", machine->root);

	if (root_len < 0 || root_len >= PATH_ROOM)
		return false;
	int room = PATH_ROOM - root_len;
	int len = vsnprintf(path + root_len, (size_t)room, format, arguments);

	return len >= 0 && len < room;
}

/* A descriptor, or a negative errno. */
static int open_below(const struct machine *machine, const char *format, va_list arguments)
{
	char path[PATH_ROOM];

	if (!make_path(machine, format, arguments, path))
		return -ENAMETOOLONG;
	return machine->io->open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
}

static int make_room(struct text *text)
{
	size_t room = text->room ? 2 * text->room : FIRST_ROOM;
	char *larger;

	if (text->room - text->size > 1)
		return 0;
	if (room > TEXT_MAX)
		return -EFBIG;
	larger = realloc(text->data, room);
	if (!larger)
		return -ENOMEM;
	text->data = larger;
	text->room = room;
	return 0;
}

/* Files of /proc are made as they are read: all at once, or piece by piece until there is no more.
 */
static int read_all(struct text *text, const struct machine *machine, int fd)
{
	for (;;) {
		int error = make_room(text);

		if (error)
			return error == -EFBIG ? 0 : error;
		int64_t n =
			machine->io->read(fd, text->data + text->size, text->room - text->size - 1);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		text->size += (size_t)n;
	}
}

int text_read(struct text *text, const struct machine *machine, const char *format, ...)
{
	va_list arguments;

	text->size = 0;
	if (make_room(text))
		return -ENOMEM;
	text->data[0] = '\0';
	va_start(arguments, format);
	int fd = open_below(machine, format, arguments);

	va_end(arguments);
	if (fd < 0)
		return fd;
	int error = read_all(text, machine, fd);

	machine->io->close(fd);
	if (error)
		text->size = 0;
	text->data[text->size] = '\0';
	return error;
}

void text_deinit(struct text *text)
{
	free(text->data);
	*text = (struct text){0};
}

bool machine_has(const struct machine *machine, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int fd = open_below(machine, format, arguments);

	va_end(arguments);
	if (fd < 0)
		return false;
	machine->io->close(fd);
	return true;
}

static int open_folder(struct folder *folder, const struct machine *machine, const char *format,
		       va_list arguments)
{
	char path[PATH_ROOM];

	if (!make_path(machine, format, arguments, path))
		return -ENAMETOOLONG;
	folder->stream = opendir(path);
	return folder->stream ? 0 : -errno;
}

int folder_open(struct folder *folder, const struct machine *machine, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int error = open_folder(folder, machine, format, arguments);

	va_end(arguments);
	return error;
}

const char *folder_next(struct folder *folder)
{
	struct dirent *entry;

	do {
		entry = readdir(folder->stream);
	} while (entry && entry->d_name[0] == '.');
	return entry ? entry->d_name : NULL;
}

void folder_close(struct folder *folder)
{
	closedir(folder->stream);
}

int64_t machine_count(const struct machine *machine, const char *format, ...)
{
	struct folder folder;
	va_list arguments;
	int64_t n = 0;

	va_start(arguments, format);
	int error = open_folder(&folder, machine, format, arguments);

	va_end(arguments);
	if (error)
		return error;
	while (folder_next(&folder))
		n++;
	folder_close(&folder);
	return n;
}

const char *next_line(const char *line)
{
	const char *newline = strchr(line, '\n');

	return newline && newline[1] ? newline + 1 : NULL;
}

static const char *skip_blanks(const char *place)
{
	return place + strspn(place, " \t");
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool parse_number(const char **place, uint64_t *ret_number)
{
	const char *digit = skip_blanks(*place);
	uint64_t number = 0;

	if (!is_digit(*digit))
		return false;
	for (; is_digit(*digit); digit++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*digit - '0'), &number))
			number = UINT64_MAX;
	*place = digit;
	*ret_number = number;
	return true;
}

bool skip_words(const char **place, unsigned int n_words)
{
	for (; n_words > 0; n_words--) {
		*place = skip_blanks(*place);
		size_t len = strcspn(*place, " \t\n");

		if (!len)
			return false;
		*place += len;
	}
	return true;
}

bool parse_decimal(const char **place, double *ret_number)
{
	uint64_t whole;
	double number;
	double weight = 0.1;

	if (!parse_number(place, &whole))
		return false;
	number = (double)whole;
	if (**place == '.')
		for (++*place; is_digit(**place); ++*place, weight /= 10)
			number += weight * (**place - '0');
	*ret_number = number;
	return true;
}

const char *find_line(const char *text, const char *label)
{
	size_t len = strlen(label);

	for (const char *line = text; line; line = next_line(line))
		if (strncmp(line, label, len) == 0)
			return line + len;
	return NULL;
}

bool find_number(const char *text, const char *label, uint64_t *ret_number)
{
	const char *place = find_line(text, label);

	return place && parse_number(&place, ret_number);
}
