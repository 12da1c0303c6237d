// SPDX-License-Identifier: MIT
/*
 * messages.h - what went wrong, for people, collected so that all of it can be shown at once.
 *
 * Each message is one line without its newline. A list that could not grow remembers that it is
 * incomplete; nothing else has to be checked when one is added.
 */
#ifndef SONDE_HOST_MESSAGES_H
#define SONDE_HOST_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>

struct messages {
	char **lines;
	size_t n_lines;
	bool is_incomplete; /* there was no memory for one */
};

void messages_deinit(struct messages *messages);
void messages_add(struct messages *messages, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Whether anything was to be said. */
static inline bool messages_is_empty(const struct messages *messages)
{
	return messages->n_lines == 0 && !messages->is_incomplete;
}

#endif
