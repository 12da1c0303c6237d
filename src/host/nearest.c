// SPDX-License-Identifier: MIT
/*
 * The distance by rows: rows[i][j] is that between the first i letters of one word and the first j
 * of the other. A swap of neighbours needs the row before the last, so three are kept. Words longer
 * than a row are cut; no name we know is that long.
 */
#include "config.h"

#include "host/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 63 };

static unsigned int smallest(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int least = a < b ? a : b;

	return least < c ? least : c;
}

static bool is_same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned int distance(const char *a, const char *b)
{
	size_t a_len = strnlen(a, LONGEST);
	size_t b_len = strnlen(b, LONGEST);
	unsigned int rows[3][LONGEST + 1] = {{0}};

	for (unsigned int j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (unsigned int i = 1; i <= a_len; i++) {
		unsigned int *row = rows[i % 3];
		const unsigned int *above = rows[(i + 2) % 3];
		const unsigned int *second = rows[(i + 1) % 3];

		row[0] = i;
		for (unsigned int j = 1; j <= b_len; j++) {
			row[j] = smallest(above[j] + 1, row[j - 1] + 1,
					  above[j - 1] + !is_same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) &&
			    is_same(a[i - 2], b[j - 1]) && second[j - 2] + 1 < row[j])
				row[j] = second[j - 2] + 1;
		}
	}
	return rows[a_len % 3][b_len];
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
	unsigned int found = distance(nearest->word, candidate);

	if (*nearest->best && found >= nearest->distance)
		return;
	snprintf(nearest->best, sizeof(nearest->best), "%s", candidate);
	nearest->distance = found;
}

/*
 * What two words begin with alike tells nothing when many do, as SONDE_TIMING_... does: of what
 * comes after it, half must be right.
 */
static unsigned int tolerance(const char *word, const char *best)
{
	size_t len = strnlen(word, LONGEST);
	size_t n_common = 0;

	while (n_common < len && is_same(word[n_common], best[n_common]))
		n_common++;
	size_t by_length = len / 3;
	size_t by_rest = (len - n_common) / 2;
	size_t least = by_length < by_rest ? by_length : by_rest;

	return len < 6 || least == 0 ? 1 : (unsigned int)least;
}

const char *nearest_word(const struct nearest *nearest)
{
	return *nearest->best && nearest->distance <= tolerance(nearest->word, nearest->best)
		       ? nearest->best
		       : NULL;
}
