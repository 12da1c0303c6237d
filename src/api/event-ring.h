// SPDX-License-Identifier: MIT
/*
 * event-ring.h - single records on their way from all threads to one reader.
 *
 * A ring has room for so many events. Whoever puts one takes no lock, waits for nobody and may be a
 * signal handler; where there is no room, the new one stands in the place of the oldest. The reader
 * is told how many he has missed like that, before what follows them.
 *
 * A ring is memory that the kernel wipes in a forked child: what is put there is nothing.
 */
#ifndef SONDE_API_EVENT_RING_H
#define SONDE_API_EVENT_RING_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct metric;
struct event_ring;

struct event {
	const struct metric *metric;
	uint64_t bits;	/* of its value, as the metric's kind has it */
	uint64_t ticks; /* when it was recorded */
};

/* With an eventfd that is made readable when there is something to read. NULL without memory. */
struct event_ring *event_ring_new(size_t capacity, int fd) HIDDEN;
/* Nobody may be putting an event. NULL is fine. Returns NULL. */
struct event_ring *event_ring_free(struct event_ring *ring) HIDDEN;

/* Whether it is one of this process: not wiped. */
bool event_ring_is_alive(const struct event_ring *ring) HIDDEN;

/*
 * What a reader has found out about the metric with a number below METRICS_MAX: 0 at first. Any
 * thread may look and write.
 */
uint8_t *event_ring_mark(struct event_ring *ring, uint32_t metric_number) HIDDEN;

void event_ring_put(struct event_ring *ring, const struct event *event) HIDDEN;

enum event_ring_answer {
	EVENT_TAKEN,
	EVENT_MISSED, /* so many: in their place nothing can be had any more */
	EVENT_NONE,   /* or not yet: the descriptor is not readable until there is one */
};

/*
 * For one reader at a time. At the end, when nobody is to put any more, what was begun and not
 * finished is missed, too.
 */
enum event_ring_answer event_ring_take(struct event_ring *ring, bool is_end,
				       struct event *ret_event, uint64_t *ret_n_missed) HIDDEN;

/* Makes the descriptor readable, whatever is there. */
void event_ring_wake(struct event_ring *ring) HIDDEN;

#endif
