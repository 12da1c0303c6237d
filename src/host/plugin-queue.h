// SPDX-License-Identifier: MIT
/*
 * plugin-queue.h - the snapshots that wait for one exporter.
 *
 * Bounded by their number and by their bytes. For an exporter of totals at most one of each source
 * waits: the newest says all that those before it say, so nothing is lost when it takes their place. For any
 * other the oldest make room, and are counted. Where totals of more sources wait than there is room for, it is those of a
 * source that goes on: its next one says it all, that of one that has ended says nobody again. One that is larger than
 * the whole queue waits alone.
 * Not locked: that is for whoever owns it.
 */
#ifndef SONDE_HOST_PLUGIN_QUEUE_H
#define SONDE_HOST_PLUGIN_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "sonde/plugin.h"

struct plugin_queue {
	const struct sonde_snapshot **snapshots; /* a ring of `capacity` */
	size_t capacity;
	size_t capacity_bytes;
	size_t first;
	size_t n_snapshots;
	size_t n_bytes;
	bool only_newest;
};

/* 0 or -ENOMEM. */
int plugin_queue_init(struct plugin_queue *queue, size_t capacity, size_t capacity_bytes,
		      bool only_newest);
/* Puts all that wait. */
void plugin_queue_deinit(struct plugin_queue *queue);

/* What became of others when one was added. */
struct queue_change {
	size_t n_dropped;    /* lost, to make room */
	size_t n_superseded; /* a newer one says all that they said */
};

/* Gives it other limits; what does not fit any more is dropped, the oldest first. 0 or -ENOMEM, all then as it was. */
int plugin_queue_resize(struct plugin_queue *queue, size_t capacity, size_t capacity_bytes,
			struct queue_change *ret_change);

/* Adds a reference to a snapshot at the end. */
struct queue_change plugin_queue_add(struct plugin_queue *queue,
				     const struct sonde_snapshot *snapshot);

/* Hands over the oldest, and the reference to it; NULL: none waits. */
const struct sonde_snapshot *plugin_queue_take(struct plugin_queue *queue);

/* Whether a newer one waits that says all that this one says. */
bool plugin_queue_has_newer(const struct plugin_queue *queue, const struct sonde_snapshot *snapshot);

/*
 * Gives one back that was taken last, with the reference: it is the oldest again, and the first to
 * make room for those that came meanwhile.
 */
struct queue_change plugin_queue_return(struct plugin_queue *queue,
					const struct sonde_snapshot *snapshot);

/* Puts all that wait; returns how many. */
size_t plugin_queue_clear(struct plugin_queue *queue);

#endif
