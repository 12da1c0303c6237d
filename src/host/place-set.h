// SPDX-License-Identifier: MIT
/*
 * place-set.h - a set of places in a session's file, by number.
 */
#ifndef SONDE_HOST_PLACE_SET_H
#define SONDE_HOST_PLACE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: none. */
struct place_set {
	uint64_t *words; /* one bit for each place */
	size_t n_words;
};

/* 0, -ERANGE for a place that no session has, or -ENOMEM. */
int place_set_add(struct place_set *set, uint64_t place);
void place_set_remove(struct place_set *set, uint64_t place);
bool place_set_has(const struct place_set *set, uint64_t place);

/* Empties the set, and gives back its memory. */
void place_set_deinit(struct place_set *set);

#endif
