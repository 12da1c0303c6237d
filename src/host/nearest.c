// SPDX-License-Identifier: MIT
/*
 * Levenshtein's distance by rows: row[j] is the distance between the first i letters of one word and the
 * first j of the other. Words longer than a row are cut; no name we know is that long.
 */
#include "config.h"

#include "host/nearest.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST = 63 };

static unsigned int smallest(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int least = a < b ? a : b;

	return least < c ? least : c;
}

static unsigned int distance(const char *a, const char *b)
{
	size_t a_len = strnlen(a, LONGEST);
	size_t b_len = strnlen(b, LONGEST);
	unsigned int row[LONGEST + 1];

	for (unsigned int j = 0; j <= b_len; j++)
		row[j] = j;
	for (unsigned int i = 1; i <= a_len; i++) {
		unsigned int diagonal = row[0];

		row[0] = i;
		for (unsigned int j = 1; j <= b_len; j++) {
			unsigned int above = row[j];
			unsigned int is_other = tolower((unsigned char)a[i - 1]) !=
						tolower((unsigned char)b[j - 1]);

			row[j] = smallest(above + 1, row[j - 1] + 1, diagonal + is_other);
			diagonal = above;
		}
	}
	return row[b_len];
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
	unsigned int found = distance(nearest->word, candidate);

	if (!nearest->best || found < nearest->distance) {
		nearest->best = candidate;
		nearest->distance = found;
	}
}

const char *nearest_word(const struct nearest *nearest)
{
	size_t len = strnlen(nearest->word, LONGEST);

	return nearest->best && nearest->distance <= 1 + len / 3 ? nearest->best : NULL;
}
