// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/place-set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record/session.h"

enum { WORDS_AT_FIRST = 16, PLACES_MOST = SESSION_REGIONS_MOST };

/* Twice as many words until the place has one. */
static int make_room(struct place_set *set, uint64_t place)
{
	size_t n_words = set->n_words ? set->n_words : WORDS_AT_FIRST;

	while (n_words <= place / 64)
		n_words *= 2;
	if (n_words == set->n_words)
		return 0;
	uint64_t *words = reallocarray(set->words, n_words, sizeof(*words));

	if (!words)
		return -ENOMEM;
	memset(words + set->n_words, 0, (n_words - set->n_words) * sizeof(*words));
	*set = (struct place_set){.words = words, .n_words = n_words};
	return 0;
}

int place_set_add(struct place_set *set, uint64_t place)
{
	int error = place < PLACES_MOST ? make_room(set, place) : -ERANGE;

	if (!error)
		set->words[place / 64] |= UINT64_C(1) << (place % 64);
	return error;
}

void place_set_remove(struct place_set *set, uint64_t place)
{
	if (place / 64 < set->n_words)
		set->words[place / 64] &= ~(UINT64_C(1) << (place % 64));
}

bool place_set_has(const struct place_set *set, uint64_t place)
{
	return place / 64 < set->n_words && set->words[place / 64] >> (place % 64) & 1;
}

void place_set_deinit(struct place_set *set)
{
	free(set->words);
	*set = (struct place_set){0};
}
