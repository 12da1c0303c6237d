// SPDX-License-Identifier: MIT
/*
 * shell-quote.h - words as a POSIX shell would need them (XCU 2.2): in single quotes, unless they are made of
 * characters only that mean nothing to it.
 */
#ifndef SONDE_MODEL_SHELL_QUOTE_H
#define SONDE_MODEL_SHELL_QUOTE_H

#include <stddef.h>

/* Room for words of so many characters in all, each with what follows it counted as one, and the end of the text. */
size_t shell_quote_room(size_t n_characters);

/* Puts a word there, and returns where it ends. */
char *shell_quote(char *place, const char *word);

/* A command, its words with a space between two; to be freed. NULL: no memory. */
char *shell_quote_command(char *const *words);

#endif
