// SPDX-License-Identifier: MIT
/*
 * Each event has a number, from 1 on, in the order in which their putting began; its slot is that
 * number modulo the capacity. A slot is three words, each beside the number of the event that it is
 * of, and both change together and only to a higher number. So a thread that comes late, when its
 * slot is already a later event's, leaves no trace in that one, and a reader who finds his number
 * beside all three words has an event that is whole.
 *
 * The reader knows by the number how many events have gone. One that was begun and is not whole yet
 * is waited for: the others are behind it.
 */
#include "config.h"

#include "api/event-ring.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/pair.h"
#include "base/raw.h"
#include "record/metric.h"

enum { EVENT_WORDS = 3 };

/* Of each pair, first is the event's number. */
struct slot {
	struct pair words[EVENT_WORDS];
};

struct shared {
	uint64_t capacity; /* 0: wiped */
	uint64_t n_begun;  /* events that got a number */
	uint32_t is_readable;
	uint8_t marks[METRICS_MAX];
	struct slot slots[];
};

struct event_ring {
	struct shared *shared;
	size_t size;
	int fd;
	uint64_t n_taken; /* the reader's: taken or missed */
};

struct event_ring *event_ring_new(size_t capacity, int fd)
{
	struct event_ring *ring = calloc(1, sizeof(*ring));
	long address;

	if (!ring)
		return NULL;
	ring->fd = fd;
	ring->size = sizeof(struct shared) + capacity * sizeof(struct slot);
	address = raw_mmap(NULL, ring->size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	if (raw_failed(address)) {
		free(ring);
		return NULL;
	}
	raw_madvise((void *)address, ring->size, MADV_WIPEONFORK);
	ring->shared = (struct shared *)address;
	ring->shared->capacity = capacity;
	return ring;
}

struct event_ring *event_ring_free(struct event_ring *ring)
{
	if (ring)
		raw_munmap(ring->shared, ring->size);
	free(ring);
	return NULL;
}

bool event_ring_is_alive(const struct event_ring *ring)
{
	return __atomic_load_n(&ring->shared->capacity, __ATOMIC_RELAXED) != 0;
}

uint8_t *event_ring_mark(struct event_ring *ring, uint32_t metric_number)
{
	return &ring->shared->marks[metric_number];
}

/* System calls of our own: libc's could count as the program's. */
void event_ring_wake(struct event_ring *ring)
{
	uint64_t word = 1;

	/* Release: pairs with the acquire in rest(): who rests then sees what was put. */
	if (!__atomic_exchange_n(&ring->shared->is_readable, 1, __ATOMIC_ACQ_REL))
		raw_syscall(SYS_write, ring->fd, (long)&word, sizeof(word), 0, 0, 0);
}

/* From now on it wakes the reader when an event is put. */
static void rest(struct event_ring *ring)
{
	uint64_t word;

	__atomic_exchange_n(&ring->shared->is_readable, 0, __ATOMIC_ACQ_REL);
	raw_syscall(SYS_read, ring->fd, (long)&word, sizeof(word), 0, 0, 0);
}

/* -- Putting ---------------------------------------------------------------------------------- */

/* False: a later event is there. */
static bool put_word(struct pair *pair, uint64_t number, uint64_t word)
{
	struct pair seen = pair_guess(pair);

	do
		if (seen.first > number)
			return false;
	while (!pair_replace(pair, &seen, (struct pair){number, word}));
	return true;
}

void event_ring_put(struct event_ring *ring, const struct event *event)
{
	struct shared *shared = ring->shared;
	/* Release: who reads the event finds the metric filled in. */
	uint64_t number = __atomic_add_fetch(&shared->n_begun, 1, __ATOMIC_ACQ_REL);
	struct slot *slot = &shared->slots[number % shared->capacity];

	if (put_word(&slot->words[0], number, (uintptr_t)event->metric) &&
	    put_word(&slot->words[1], number, event->bits) &&
	    put_word(&slot->words[2], number, event->ticks))
		event_ring_wake(ring);
}

/* -- Taking ----------------------------------------------------------------------------------- */

/* Numbers only grow: if the one beside a word is the same before and after, the word is its. */
static int compare_word(const struct pair *pair, uint64_t number, uint64_t *ret_word)
{
	/* Acquire: neither the word nor the second look comes before the first one. */
	uint64_t first = __atomic_load_n(&pair->first, __ATOMIC_ACQUIRE);
	uint64_t word = __atomic_load_n(&pair->second, __ATOMIC_ACQUIRE);
	uint64_t again = __atomic_load_n(&pair->first, __ATOMIC_RELAXED);

	if (again > number)
		return 1;
	if (first < number)
		return -1;
	*ret_word = word;
	return 0;
}

/* 0: taken; less than 0: it is not whole yet; more: it has gone. */
static int read_slot(const struct slot *slot, uint64_t number, struct event *event)
{
	uint64_t words[EVENT_WORDS];
	int order = 0;

	for (int i = 0; i < EVENT_WORDS && order == 0; i++)
		order = compare_word(&slot->words[i], number, &words[i]);
	if (order == 0)
		*event = (struct event){
			.metric = (const struct metric *)(uintptr_t)words[0],
			.bits = words[1],
			.ticks = words[2],
		};
	return order;
}

static enum event_ring_answer look(struct event_ring *ring, bool is_end, struct event *ret_event,
				   uint64_t *ret_n_missed)
{
	struct shared *shared = ring->shared;

	for (;;) {
		/* Acquire: pairs with the release in event_ring_put(). */
		uint64_t n_begun = __atomic_load_n(&shared->n_begun, __ATOMIC_ACQUIRE);
		uint64_t number = ring->n_taken + 1;
		int order;

		if (n_begun - ring->n_taken > shared->capacity) {
			*ret_n_missed = n_begun - ring->n_taken - shared->capacity;
			ring->n_taken += *ret_n_missed;
			return EVENT_MISSED;
		}
		if (number > n_begun)
			return EVENT_NONE;
		order = read_slot(&shared->slots[number % shared->capacity], number, ret_event);
		if (order < 0 && !is_end)
			return EVENT_NONE;
		/* What has gone, has done so since n_begun was read. */
		if (order > 0)
			continue;
		ring->n_taken++;
		*ret_n_missed = 1;
		return order == 0 ? EVENT_TAKEN : EVENT_MISSED;
	}
}

static bool is_all_taken(const struct event_ring *ring)
{
	return __atomic_load_n(&ring->shared->n_begun, __ATOMIC_ACQUIRE) == ring->n_taken;
}

enum event_ring_answer event_ring_take(struct event_ring *ring, bool is_end,
				       struct event *ret_event, uint64_t *ret_n_missed)
{
	enum event_ring_answer answer = look(ring, is_end, ret_event, ret_n_missed);

	if (is_end || (answer != EVENT_NONE && !is_all_taken(ring)))
		return answer;
	rest(ring);
	/* What was put meanwhile has waked nobody. */
	if (answer == EVENT_NONE)
		answer = look(ring, is_end, ret_event, ret_n_missed);
	if (answer == EVENT_NONE || is_all_taken(ring))
		return answer;
	event_ring_wake(ring);
	return answer;
}
