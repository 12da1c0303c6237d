// SPDX-License-Identifier: MIT
/*
 * window-ring.h - the last sixty seconds, the last sixty minutes and the last twenty-four hours.
 */
#ifndef SONDE_MODEL_WINDOW_RING_H
#define SONDE_MODEL_WINDOW_RING_H

#include "model/window-slot.h"

#include <stddef.h>
#include <stdint.h>

#define SECOND_NS 1000000000LL

enum { RING_LEVELS = 3, RING_SLOTS = 60 };

struct ring {
	struct slot *slots[RING_SLOTS]; /* by time, each with a number of its own */
	size_t n_slots;
};

/* All zero: empty. */
struct rings {
	struct ring levels[RING_LEVELS]; /* seconds, minutes, hours */
	size_t size;			 /* of all slots, in bytes */
	uint64_t n_dropped;		 /* by rings_keep_to() */
};

/* A span of time, and what a series did in the part of it that is known. All but the span: zero. */
struct ring_look {
	int64_t from_ns;
	int64_t to_ns;
	int64_t known_from_ns; /* where the first slot begins that has a part of it */
	int64_t covered_ns;    /* how long all those slots are; 0: there is none */
	struct window_value sum;
};

void rings_deinit(struct rings *rings);

/*
 * Takes a slot over whose number is that of the newest one, with which it is then merged, or a
 * higher one: number n of seconds is in minute (n + 59) / 60. 0; or -ENOMEM: not taken.
 */
int rings_add(struct rings *rings, struct slot *slot);

/* Drops the oldest hours, then minutes, then seconds, until the rest is not larger than this. */
void rings_keep_to(struct rings *rings, size_t max_size);

/* Where the oldest slot begins; INT64_MAX: there is none. */
int64_t rings_oldest_ns(const struct rings *rings);

/*
 * What a series did in a span. It is looked up in the finest ring that reaches back to its
 * beginning, and for what is newer in finer ones.
 */
void rings_look(const struct rings *rings, uint32_t series, struct ring_look *look);

#endif
