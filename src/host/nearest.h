// SPDX-License-Identifier: MIT
/*
 * nearest.h - the known word that somebody probably meant.
 *
 *     struct nearest nearest = {.word = "lsek"};
 *     nearest_offer(&nearest, "read");
 *     nearest_offer(&nearest, "lseek");
 *     nearest_word(&nearest);         "lseek"
 *
 * Nearness is the number of letters to insert, delete, replace or swap with their neighbour
 * (Levenshtein and Damerau), whatever their case. Owns nothing: the words live as long as the
 * caller keeps them.
 */
#ifndef SONDE_HOST_NEAREST_H
#define SONDE_HOST_NEAREST_H

struct nearest {
	const char *word; /* to be matched */
	const char *best; /* so far, or NULL */
	unsigned int distance;
};

void nearest_offer(struct nearest *nearest, const char *candidate);

/* The nearest candidate; NULL when none is near enough to be what was meant. */
const char *nearest_word(const struct nearest *nearest);

#endif
