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
 * (Levenshtein and Damerau), whatever their case. The best candidate is copied, cut to what fits;
 * candidates need not outlive the offer.
 */
#ifndef SONDE_HOST_NEAREST_H
#define SONDE_HOST_NEAREST_H

enum { NEAREST_SIZE = 128 };

struct nearest {
	const char *word;	 /* to be matched */
	char best[NEAREST_SIZE]; /* so far, or "" */
	unsigned int distance;
};

void nearest_offer(struct nearest *nearest, const char *candidate);

/* The nearest candidate, as long as the struct lives; NULL when none is near enough to be what was
 * meant. */
const char *nearest_word(const struct nearest *nearest);

#endif
