// SPDX-License-Identifier: MIT
/*
 * text.h - strings in memory that the caller brings, without libc.
 *
 * For code that may run before libc is ready, in a signal handler or in a vfork child. A text that does
 * not fit is cut and marked; it is always ended by NUL.
 */
#ifndef SONDE_BASE_TEXT_H
#define SONDE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *buf;
	size_t size; /* of buf, with the NUL */
	size_t len;
	bool is_cut;
};

static inline struct text text_init(char *buf, size_t size)
{
	buf[0] = '\0';
	return (struct text){.buf = buf, .size = size};
}

static inline void text_add_char(struct text *text, char c)
{
	if (text->len + 1 >= text->size) {
		text->is_cut = true;
		return;
	}
	text->buf[text->len++] = c;
	text->buf[text->len] = '\0';
}

static inline void text_add(struct text *text, const char *string)
{
	while (*string)
		text_add_char(text, *string++);
}

static inline void text_add_number(struct text *text, uint64_t number)
{
	char digits[20];
	int n = 0;

	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	while (n)
		text_add_char(text, digits[--n]);
}

static inline size_t text_length(const char *string)
{
	size_t len = 0;

	while (string[len])
		len++;
	return len;
}

/* What follows the last slash. */
static inline const char *text_file_name(const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '/')
			name = path + 1;
	return name;
}

static inline bool text_starts_with(const char *string, const char *prefix)
{
	while (*prefix)
		if (*string++ != *prefix++)
			return false;
	return true;
}

static inline bool text_equals(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

#endif
