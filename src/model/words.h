// SPDX-License-Identifier: MIT
/*
 * words.h - the arguments of a process as its region has them: each ended by NUL, and zero behind the last one.
 *
 * So an empty last argument is not told from the end.
 */
#ifndef SONDE_MODEL_WORDS_H
#define SONDE_MODEL_WORDS_H

#include <stddef.h>
#include <string.h>

struct words {
	const char *text;
	size_t size; /* without what is zero behind the last one's last character */
};

/* Of a field of so many bytes. Most of one is zero, and it is asked for of each process: eight bytes at once. */
static inline struct words words_of(const char *text, size_t size)
{
	static const char zeros[8];

	while (size >= sizeof(zeros) && memcmp(text + size - sizeof(zeros), zeros, sizeof(zeros)) == 0)
		size -= sizeof(zeros);
	while (size > 0 && text[size - 1] == '\0')
		size--;
	return (struct words){text, size};
}

#endif
