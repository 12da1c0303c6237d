// SPDX-License-Identifier: MIT
/*
 * vocabulary.h - the words that a setting or an option may be given.
 *
 * Groups and calls come from the call table, errors from libc, so that nothing has to be kept in
 * step. For one thread at a time.
 */
#ifndef SONDE_HOST_VOCABULARY_H
#define SONDE_HOST_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>

enum vocabulary {
	WORDS_ANY,    /* any text */
	WORDS_FOLLOW, /* in the order of enum follow */
	WORDS_GROUP,
	WORDS_CALL,
	WORDS_GROUP_OR_CALL, /* groups first: poll and socket are names of both */
	WORDS_ERROR,	     /* errno and EAI_* symbols */
};

/* "group", "call": what one of the words is. */
const char *vocabulary_noun(enum vocabulary vocabulary);

/* The words by index; NULL after the last one. WORDS_ANY has none to enumerate. */
const char *vocabulary_word(enum vocabulary vocabulary, size_t index);

/* Index of a word, or -1. WORDS_ANY has every word, at 0. */
int vocabulary_find(enum vocabulary vocabulary, const char *word);

/* The word that was probably meant, or NULL. */
const char *vocabulary_nearest(enum vocabulary vocabulary, const char *word);

#endif
