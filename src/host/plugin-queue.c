// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-queue.h"

#include <errno.h>
#include <stdlib.h>

#include "host/plugin-snapshot.h"

int plugin_queue_init(struct plugin_queue *queue, size_t capacity, size_t capacity_bytes,
		      bool only_newest)
{
	*queue = (struct plugin_queue){
		.snapshots = calloc(capacity, sizeof(*queue->snapshots)),
		.capacity = capacity,
		.capacity_bytes = capacity_bytes,
		.only_newest = only_newest,
	};
	return queue->snapshots ? 0 : -ENOMEM;
}

void plugin_queue_deinit(struct plugin_queue *queue)
{
	plugin_queue_clear(queue);
	free(queue->snapshots);
	*queue = (struct plugin_queue){0};
}

static bool has_room(const struct plugin_queue *queue, size_t size)
{
	return queue->n_snapshots == 0 || (queue->n_snapshots < queue->capacity &&
					   queue->n_bytes + size <= queue->capacity_bytes);
}

/* There is room, and the reference goes with it. */
static void append(struct plugin_queue *queue, const struct sonde_snapshot *snapshot)
{
	queue->snapshots[(queue->first + queue->n_snapshots++) % queue->capacity] = snapshot;
	queue->n_bytes += plugin_snapshot_size(snapshot);
}

/* Whether its source will have one that says all that it says. */
static bool has_successor(const struct plugin_queue *queue, const struct sonde_snapshot *snapshot)
{
	return queue->only_newest && !plugin_snapshot_source(snapshot)->is_final;
}

static bool has_any_successor(const struct plugin_queue *queue)
{
	for (size_t i = 0; i < queue->n_snapshots; i++)
		if (has_successor(queue, queue->snapshots[(queue->first + i) % queue->capacity]))
			return true;
	return false;
}

/* The oldest one that is not the last of its source, or else the oldest. */
static void drop_one(struct plugin_queue *queue)
{
	bool takes_any = !has_any_successor(queue);
	bool is_done = false;

	for (size_t n_left = queue->n_snapshots; n_left > 0; n_left--) {
		const struct sonde_snapshot *snapshot = plugin_queue_take(queue);

		if (is_done || (!takes_any && !has_successor(queue, snapshot))) {
			append(queue, snapshot);
			continue;
		}
		plugin_snapshot_unref(snapshot);
		is_done = true;
	}
}

int plugin_queue_resize(struct plugin_queue *queue, size_t capacity, size_t capacity_bytes,
			struct queue_change *ret_change)
{
	const struct sonde_snapshot **snapshots = calloc(capacity, sizeof(*snapshots));
	struct queue_change change = {0};

	if (!snapshots)
		return -ENOMEM;
	for (; queue->n_snapshots > capacity ||
	       (queue->n_snapshots > 1 && queue->n_bytes > capacity_bytes);
	     change.n_dropped++)
		drop_one(queue);
	for (size_t i = 0; i < queue->n_snapshots; i++)
		snapshots[i] = queue->snapshots[(queue->first + i) % queue->capacity];
	free(queue->snapshots);
	queue->snapshots = snapshots;
	queue->first = 0;
	queue->capacity = capacity;
	queue->capacity_bytes = capacity_bytes;
	*ret_change = change;
	return 0;
}

/* Takes out those of a snapshot's source. */
static size_t remove_source(struct plugin_queue *queue, const struct sonde_snapshot *snapshot)
{
	size_t n_removed = 0;

	for (size_t n_left = queue->n_snapshots; n_left > 0; n_left--) {
		const struct sonde_snapshot *other = plugin_queue_take(queue);

		if (plugin_snapshot_has_same_source(other, snapshot)) {
			plugin_snapshot_unref(other);
			n_removed++;
		} else {
			append(queue, other);
		}
	}
	return n_removed;
}

struct queue_change plugin_queue_add(struct plugin_queue *queue,
				     const struct sonde_snapshot *snapshot)
{
	size_t size = plugin_snapshot_size(snapshot);
	struct queue_change change = {0};

	if (queue->only_newest)
		change.n_superseded = remove_source(queue, snapshot);
	if (!has_room(queue, size) && has_successor(queue, snapshot) && !has_any_successor(queue)) {
		change.n_dropped++;
		return change;
	}
	for (; !has_room(queue, size); change.n_dropped++)
		drop_one(queue);
	append(queue, plugin_snapshot_ref(snapshot));
	return change;
}

const struct sonde_snapshot *plugin_queue_take(struct plugin_queue *queue)
{
	if (queue->n_snapshots == 0)
		return NULL;
	const struct sonde_snapshot *snapshot = queue->snapshots[queue->first];

	queue->first = (queue->first + 1) % queue->capacity;
	queue->n_snapshots--;
	queue->n_bytes -= plugin_snapshot_size(snapshot);
	return snapshot;
}

bool plugin_queue_has_newer(const struct plugin_queue *queue, const struct sonde_snapshot *snapshot)
{
	for (size_t i = 0; queue->only_newest && i < queue->n_snapshots; i++)
		if (plugin_snapshot_has_same_source(
			    queue->snapshots[(queue->first + i) % queue->capacity], snapshot))
			return true;
	return false;
}

struct queue_change plugin_queue_return(struct plugin_queue *queue,
					const struct sonde_snapshot *snapshot)
{
	size_t size = plugin_snapshot_size(snapshot);
	bool is_superseded = plugin_queue_has_newer(queue, snapshot);
	bool is_last = queue->only_newest && !has_successor(queue, snapshot);
	struct queue_change change = {.n_superseded = is_superseded};

	for (; is_last && !has_room(queue, size) && has_any_successor(queue); change.n_dropped++)
		drop_one(queue);
	if (is_superseded || !has_room(queue, size)) {
		plugin_snapshot_unref(snapshot);
		change.n_dropped += !is_superseded;
		return change;
	}
	queue->first = (queue->first + queue->capacity - 1) % queue->capacity;
	queue->snapshots[queue->first] = snapshot;
	queue->n_snapshots++;
	queue->n_bytes += size;
	return change;
}

size_t plugin_queue_clear(struct plugin_queue *queue)
{
	size_t n_cleared = queue->n_snapshots;

	while (queue->n_snapshots > 0)
		plugin_snapshot_unref(plugin_queue_take(queue));
	return n_cleared;
}
