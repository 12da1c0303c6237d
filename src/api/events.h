// SPDX-License-Identifier: MIT
/*
 * events.h - single records, for the streams that want them.
 *
 * Who records goes through the list of these streams without a lock, also while one is closed: so a
 * stream that is taken off the list lives until nobody can be at it any more.
 */
#ifndef SONDE_API_EVENTS_H
#define SONDE_API_EVENTS_H

#include "api/event-ring.h"
#include "api/instance.h"
#include "api/stream-filter.h"

/* A place in the list: to be a part of a stream, which fills in its ring and filter. */
struct event_outlet {
	struct event_outlet *next;
	struct event_ring *ring; /* NULL: the stream is not one of single records */
	const struct stream_filter *filter;
	struct event_outlet *next_closed;
	void (*free)(struct event_outlet *outlet);
};

/* What was recorded goes to all streams whose filter it meets. [signal-safe] */
void events_tell(struct metric *metric, uint64_t bits) HIDDEN;

/* Whether there are such streams. With the lock, as all that follows. */
bool events_are_wanted(void) HIDDEN;

void events_attach(struct event_outlet *outlet) HIDDEN;

/* Takes one off the list, if it is there, and has it freed: now, or when nobody is at it. */
void events_detach(struct event_outlet *outlet) HIDDEN;

/* The streams of the parent get nothing from the child. */
void events_after_fork(void) HIDDEN;

/* The value of an event, as value_new(). NULL without memory. */
struct sonde_metric_value *event_value(const struct event *event) HIDDEN;

#endif
