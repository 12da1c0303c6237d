// SPDX-License-Identifier: MIT
/*
 * document.h - a text that is made while the lock is held, and handed to the program's writer when
 * it is not: who writes may take his time, ask questions, or fork.
 */
#ifndef SONDE_API_DOCUMENT_H
#define SONDE_API_DOCUMENT_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stddef.h>

#include "sonde/sonde.h"

/* All zero is an empty one. */
struct document {
	char *text;
	size_t size;
	size_t capacity;
};

/* Adds a piece; a function of struct format_sink. 0 or -ENOMEM. With the lock. */
int document_add(void *document, const void *data, size_t size) HIDDEN;

/*
 * Hands it out piece by piece, unless there is an error already, and frees it. Without the lock.
 * Returns that error, or 0, or SONDE_EIO. errno is left alone.
 */
int document_hand_out(struct document *document, int error, sonde_writer write,
		      void *argument) HIDDEN;

#endif
