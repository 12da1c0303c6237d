// SPDX-License-Identifier: MIT
/*
 * When a minute is over, its seconds are added up to a slot of the ring of minutes, and the minutes
 * of an hour likewise. A longer span is so answered from hours, the minutes of the hour that is not
 * over, and the seconds of that minute; each time is looked at once.
 */
#include "config.h"

#include "model/window-ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How many slots of a ring are kept, and how many of them one of the next ring has. */
static const int64_t ring_length[RING_LEVELS] = {60, 60, 24};
enum { SLOTS_IN_NEXT = 60 };

void rings_deinit(struct rings *rings)
{
	for (size_t level = 0; level < RING_LEVELS; level++)
		for (size_t i = 0; i < rings->levels[level].n_slots; i++)
			free(rings->levels[level].slots[i]);
	*rings = (struct rings){0};
}

static const struct slot *newest_slot(const struct ring *ring)
{
	return ring->n_slots ? ring->slots[ring->n_slots - 1] : NULL;
}

static void drop_oldest(struct rings *rings, struct ring *ring)
{
	rings->size -= ring->slots[0]->size;
	free(ring->slots[0]);
	ring->n_slots--;
	memmove(&ring->slots[0], &ring->slots[1], ring->n_slots * sizeof(ring->slots[0]));
}

/* The number on the next ring of the slot that has one of this ring: 1 to 60 are in 1. */
static int64_t number_on_next(int64_t number)
{
	return (number + SLOTS_IN_NEXT - 1) / SLOTS_IN_NEXT;
}

/* The first slot that is not yet in one of the next ring. */
static size_t first_not_merged(const struct rings *rings, size_t level)
{
	const struct ring *ring = &rings->levels[level];
	const struct slot *merged = newest_slot(&rings->levels[level + 1]);
	size_t first = 0;

	while (merged && first < ring->n_slots && ring->slots[first]->from_ns < merged->to_ns)
		first++;
	return first;
}

/* A slot of the next ring of all that is not yet there, if anything is. 0 or -ENOMEM. */
static int merge_level(const struct rings *rings, size_t level, struct slot **ret_slot)
{
	const struct ring *ring = &rings->levels[level];
	size_t first = first_not_merged(rings, level);

	*ret_slot = NULL;
	if (first == ring->n_slots)
		return 0;
	*ret_slot = slot_merge(&ring->slots[first], ring->n_slots - first,
			       number_on_next(newest_slot(ring)->number));
	return *ret_slot ? 0 : -ENOMEM;
}

static void append(struct rings *rings, size_t level, struct slot *slot)
{
	struct ring *ring = &rings->levels[level];

	while (ring->n_slots && ring->slots[0]->number <= slot->number - ring_length[level])
		drop_oldest(rings, ring);
	ring->slots[ring->n_slots++] = slot;
	rings->size += slot->size;
}

/* One slot for the newest and another one of the same number. 0 or -ENOMEM. */
static int merge_into_newest(struct rings *rings, struct ring *ring, struct slot *slot)
{
	struct slot *both[] = {ring->slots[ring->n_slots - 1], slot};
	struct slot *merged = slot_merge(both, 2, slot->number);

	if (!merged)
		return -ENOMEM;
	rings->size += merged->size - both[0]->size;
	free(both[0]);
	free(slot);
	ring->slots[ring->n_slots - 1] = merged;
	return 0;
}

static int push(struct rings *rings, size_t level, struct slot *slot);

/* What ends before a slot with this number begins is on the next ring after this. 0 or -ENOMEM. */
static int carry_over(struct rings *rings, size_t level, int64_t number)
{
	const struct slot *newest = newest_slot(&rings->levels[level]);
	struct slot *merged;

	if (!newest || level + 1 == RING_LEVELS ||
	    number_on_next(newest->number) == number_on_next(number))
		return 0;
	int error = merge_level(rings, level, &merged);

	if (!error && merged)
		error = push(rings, level + 1, merged);
	if (error)
		free(merged);
	return error;
}

/* Takes a slot over unless it fails. 0 or -ENOMEM. */
static int push(struct rings *rings, size_t level, struct slot *slot)
{
	struct ring *ring = &rings->levels[level];
	const struct slot *newest = newest_slot(ring);

	if (newest && newest->number == slot->number)
		return merge_into_newest(rings, ring, slot);
	int error = carry_over(rings, level, slot->number);

	if (!error)
		append(rings, level, slot);
	return error;
}

int rings_add(struct rings *rings, struct slot *slot)
{
	return push(rings, 0, slot);
}

void rings_keep_to(struct rings *rings, size_t max_size)
{
	for (size_t level = RING_LEVELS; level-- > 0;) {
		struct ring *ring = &rings->levels[level];

		while (ring->n_slots && rings->size > max_size) {
			drop_oldest(rings, ring);
			rings->n_dropped++;
		}
	}
}

int64_t rings_oldest_ns(const struct rings *rings)
{
	int64_t oldest = INT64_MAX;

	for (size_t level = 0; level < RING_LEVELS; level++) {
		const struct ring *ring = &rings->levels[level];

		if (ring->n_slots && ring->slots[0]->from_ns < oldest)
			oldest = ring->slots[0]->from_ns;
	}
	return oldest;
}

/* The finest ring that reaches back to a time, or else the one that reaches back furthest. */
static size_t choose_level(const struct rings *rings, int64_t from_ns)
{
	size_t best = 0;

	for (size_t level = 0; level < RING_LEVELS; level++) {
		const struct ring *ring = &rings->levels[level];
		const struct ring *best_ring = &rings->levels[best];

		if (!ring->n_slots)
			continue;
		if (ring->slots[0]->from_ns <= from_ns)
			return level;
		if (!best_ring->n_slots || ring->slots[0]->from_ns < best_ring->slots[0]->from_ns)
			best = level;
	}
	return best;
}

static void look_at_ring(const struct ring *ring, uint32_t series, int64_t done_ns,
			 struct ring_look *look)
{
	for (size_t i = 0; i < ring->n_slots; i++) {
		const struct slot *slot = ring->slots[i];

		if (slot->from_ns < done_ns || slot->to_ns <= look->from_ns ||
		    slot->from_ns >= look->to_ns)
			continue;
		if (!look->covered_ns)
			look->known_from_ns = slot->from_ns;
		look->covered_ns += slot->to_ns - slot->from_ns;
		slot_add_to(slot, series, &look->sum);
	}
}

void rings_look(const struct rings *rings, uint32_t series, struct ring_look *look)
{
	int64_t done_ns = INT64_MIN;

	for (size_t level = choose_level(rings, look->from_ns) + 1; level-- > 0;) {
		const struct slot *newest = newest_slot(&rings->levels[level]);

		look_at_ring(&rings->levels[level], series, done_ns, look);
		if (newest)
			done_ns = newest->to_ns;
	}
}
