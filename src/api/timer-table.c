// SPDX-License-Identifier: MIT
/*
 * A slot has a word with its generation and whether it is in use: even is free, odd is used. To
 * take a slot or to free it is to change that word from what it was seen to be, so of two that stop
 * one timer, one does. Few slots are used at first, in turn, and twice as many each time that
 * several in a row are in use: the memory follows the number of timers that run.
 *
 * The table is wiped by the kernel in forked children, as the recorder's state is.
 */
#include "config.h"

#include "api/timer-table.h"

#include "base/raw.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "sonde/sonde.h"

enum {
	SLOT_BITS = 16,
	PID_BITS = 22, /* the kernel's numbers have no more */
	GENERATION_BITS = 64 - SLOT_BITS - PID_BITS,
	N_SLOTS = 1 << SLOT_BITS,
	SLOTS_AT_FIRST = 64,
	TRIES = 8, /* in so few slots as are used so far */
	N_ANCESTORS = 8,
};

struct slot {
	uint64_t state; /* 2 * generation, and 1 while it is in use */
	struct running_timer timer;
};

struct table {
	int32_t pid; /* of the process that uses it; 0: none yet */
	uint32_t cursor;
	uint32_t n_used; /* slots, from the first on */
	struct slot slots[N_SLOTS];
};

static struct table *table;
/* The process that used the table last, and those that used it before it was wiped; the oldest are
 * forgotten. */
static int32_t last_pid;
static int32_t ancestors[N_ANCESTORS];
static uint32_t n_ancestors;

static struct table *map_table(void)
{
	struct table *none = NULL;
	long address = raw_mmap(NULL, sizeof(struct table), PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	if (raw_failed(address))
		return NULL;
	raw_madvise((void *)address, sizeof(struct table), MADV_WIPEONFORK);
	/* Release: pairs with the acquire in find_table(). */
	if (__atomic_compare_exchange_n(&table, &none, (struct table *)address, false,
					__ATOMIC_RELEASE, __ATOMIC_ACQUIRE))
		return (struct table *)address;
	raw_munmap((void *)address, sizeof(struct table));
	return none;
}

/* Notes whose the table is now, when it has been wiped. */
static void claim(struct table *found)
{
	int32_t pid = raw_getpid();
	int32_t before = __atomic_exchange_n(&last_pid, pid, __ATOMIC_RELAXED);

	if (before && before != pid) {
		uint32_t n = __atomic_fetch_add(&n_ancestors, 1, __ATOMIC_RELAXED);

		__atomic_store_n(&ancestors[n % N_ANCESTORS], before, __ATOMIC_RELAXED);
	}
	__atomic_store_n(&found->pid, pid, __ATOMIC_RELEASE);
}

/* NULL: no memory. */
static struct table *find_table(void)
{
	struct table *found = __atomic_load_n(&table, __ATOMIC_ACQUIRE);

	if (!found)
		found = map_table();
	if (found && !__atomic_load_n(&found->pid, __ATOMIC_ACQUIRE))
		claim(found);
	return found;
}

void timer_table_after_fork(void)
{
	/* Where the kernel has not done so. */
	if (table && table->pid && table->pid != raw_getpid())
		memset(table, 0, sizeof(*table));
}

static uint64_t make_id(const struct table *found, uint32_t number, uint64_t state)
{
	uint64_t generation = (state >> 1) & ((1ULL << GENERATION_BITS) - 1);

	return generation << (SLOT_BITS + PID_BITS) |
	       ((uint64_t)(uint32_t)found->pid & ((1U << PID_BITS) - 1)) << SLOT_BITS | number;
}

/* Takes a slot that is free. Its generation is 1 at least, so that no number is 0. */
static bool use_slot(struct slot *slot, uint64_t *ret_state)
{
	uint64_t state = __atomic_load_n(&slot->state, __ATOMIC_RELAXED);

	/* Acquire: who freed it has read it. */
	while (!(state & 1))
		if (__atomic_compare_exchange_n(&slot->state, &state, state + 3, false,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
			*ret_state = state + 3;
			return true;
		}
	return false;
}

/* Atomic, for a late reader of the slot may find it in use by another; he notices afterwards. */
static void store(struct running_timer *place, const struct running_timer *timer)
{
	__atomic_store_n(&place->metric, timer->metric, __ATOMIC_RELAXED);
	__atomic_store_n(&place->metadata, timer->metadata, __ATOMIC_RELAXED);
	__atomic_store_n(&place->started, timer->started, __ATOMIC_RELAXED);
}

static struct running_timer load(const struct running_timer *place)
{
	return (struct running_timer){
		__atomic_load_n(&place->metric, __ATOMIC_RELAXED),
		__atomic_load_n(&place->metadata, __ATOMIC_RELAXED),
		__atomic_load_n(&place->started, __ATOMIC_RELAXED),
	};
}

/* In one of the first n_used slots, after at most n_tries of them. */
static bool put_in(struct table *found, uint32_t n_used, uint32_t n_tries,
		   const struct running_timer *timer, uint64_t *ret_id)
{
	uint64_t state;

	for (uint32_t i = 0; i < n_tries; i++) {
		uint32_t number = __atomic_fetch_add(&found->cursor, 1, __ATOMIC_RELAXED) % n_used;

		if (!use_slot(&found->slots[number], &state))
			continue;
		store(&found->slots[number].timer, timer);
		*ret_id = make_id(found, number, state);
		return true;
	}
	return false;
}

int timer_table_put(const struct running_timer *timer, uint64_t *ret_id)
{
	struct table *found = find_table();

	if (!found)
		return SONDE_ENOMEM;
	for (;;) {
		uint32_t n_noted = __atomic_load_n(&found->n_used, __ATOMIC_RELAXED);
		uint32_t n_used = n_noted ? n_noted : SLOTS_AT_FIRST;

		if (put_in(found, n_used, n_used == N_SLOTS ? N_SLOTS : TRIES, timer, ret_id))
			return 0;
		if (n_used == N_SLOTS)
			return SONDE_ENOSPC;
		__atomic_compare_exchange_n(&found->n_used, &n_noted, 2 * n_used, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
}

static bool is_of_process(uint64_t id, int32_t pid)
{
	return pid && (id >> SLOT_BITS & ((1U << PID_BITS) - 1)) ==
			      ((uint32_t)pid & ((1U << PID_BITS) - 1));
}

static bool is_of_ancestor(uint64_t id)
{
	for (size_t i = 0; i < N_ANCESTORS; i++)
		if (is_of_process(id, __atomic_load_n(&ancestors[i], __ATOMIC_RELAXED)))
			return true;
	return false;
}

/* A number that is not in use: was it ever? */
static int judge(uint64_t id, uint64_t state)
{
	uint64_t generation = id >> (SLOT_BITS + PID_BITS);

	return generation && generation <= state >> 1 ? SONDE_ESTALE : SONDE_ENOENT;
}

int timer_table_take(uint64_t id, struct running_timer *ret_timer)
{
	struct table *found = find_table();
	uint32_t number = (uint32_t)(id % N_SLOTS);

	if (!found)
		return SONDE_ENOENT;
	if (!is_of_process(id, found->pid))
		return is_of_ancestor(id) ? SONDE_ESTALE : SONDE_ENOENT;
	struct slot *slot = &found->slots[number];
	uint64_t state = __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE);

	if (!(state & 1) || make_id(found, number, state) != id)
		return judge(id, state);
	struct running_timer timer = load(&slot->timer);

	/* Release: the slot's next user comes after this reading of it. */
	if (!__atomic_compare_exchange_n(&slot->state, &state, state - 1, false, __ATOMIC_RELEASE,
					 __ATOMIC_RELAXED))
		return SONDE_ESTALE;
	*ret_timer = timer;
	return 0;
}

/* A timer may not have been stored yet, or be another by now: the next count tells. */
static bool is_older(const struct slot *slot, const struct clock_calibration *clock, uint64_t now,
		     int64_t age_ns)
{
	uint64_t started = load(&slot->timer).started;

	return started && clock_interval_ns(clock, started, now) > (uint64_t)age_ns;
}

bool timer_table_count(const struct clock_calibration *clock, uint64_t now, int64_t age_ns,
		       size_t *ret_n_running, size_t *ret_n_abandoned)
{
	const struct table *found = __atomic_load_n(&table, __ATOMIC_ACQUIRE);
	size_t n_running = 0;
	size_t n_abandoned = 0;

	if (!found || !__atomic_load_n(&found->pid, __ATOMIC_ACQUIRE))
		return false;
	uint32_t n_used = __atomic_load_n(&found->n_used, __ATOMIC_RELAXED);

	for (uint32_t i = 0; i < (n_used ? n_used : SLOTS_AT_FIRST); i++) {
		const struct slot *slot = &found->slots[i];

		if (!(__atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) & 1))
			continue;
		n_running++;
		n_abandoned += is_older(slot, clock, now, age_ns);
	}
	*ret_n_running = n_running;
	*ret_n_abandoned = n_abandoned;
	return true;
}
