// SPDX-License-Identifier: MIT
/*
 * probe.h - what a wrapper does before and after the real call.
 *
 *     struct probe probe = probe_begin(CALL_read);
 *     ssize_t result = REAL(read)(fd, buf, count);
 *     if (result < 0)
 *             probe_failed(&probe, errno);
 *     else
 *             probe_succeeded(&probe, (uint64_t)result);
 *     return result;
 *
 * This is the path of every call of the program: no lock, no allocation, no system call, no libc call.
 * Nothing is held between the two halves, so a longjmp, a cancellation or a signal handler that enters
 * again harms nothing. What needs more than a few instructions is a function of statistics.c.
 *
 * How it finds its place: one initial-exec thread-local pointer leads to the thread's cache, which has a
 * pointer to the statistics of each call that the thread has used. The cache is memory that the kernel
 * wipes at fork, so in a forked child every pointer reads NULL and the slow path makes a new region: the
 * fork is noticed without a check of its own. A vfork child shares the memory and counts for its parent.
 */
#ifndef SONDE_RECORD_PROBE_H
#define SONDE_RECORD_PROBE_H

#include "base/clock.h"
#include "base/compiler.h"
#include "base/owner.h"
#include "calls/call.h"
#include "record/region.h"
#include "record/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cell_table;
struct object_index;

/* One thread's way to its records; all zero is "nothing yet". */
struct thread_cache {
	struct thread_block *block;
	struct slab *slab;
	void *left_workspace; /* preload/departure.c's */
	struct cell_table *cells; /* metric-cell.c's */
	struct object_index *objects; /* object.c's */
	uint64_t random;
	int64_t until_turn;  /* stacks.c's: calls until the next whose stack is taken because it is its turn */
	uintptr_t stack_from; /* stacks.c's: pages that were found to be there before a sandbox was entered, */
	uintptr_t stack_to;   /* where nothing can be asked for */
	uintptr_t usual_from; /* stack pointers between which this is not the stack of a signal handler */
	uintptr_t usual_to;
	int32_t tid;
	struct call_stats *stats[SLOT_COUNT];
};

/* The only thread-local of the preload. */
extern __thread struct thread_cache *recorder_thread HIDDEN
	__attribute__((tls_model("initial-exec")));

/* The session's settings and notes: a mapping of the session file, or private memory when there is none. */
extern struct session_file recorder_session HIDDEN;

/* One call under way. */
struct probe {
	struct call_stats *stats; /* NULL: not recorded */
	uint64_t start_ticks;     /* 0: not timed */
};

/*
 * Finds or makes the calling thread's statistics of a call, those of one slot of it, starting the recorder, the process's region
 * and the thread's block as needed. Returns NULL, with the loss counted, when there is no memory.
 */
struct call_stats *recorder_find_stats(enum call call, unsigned int slot) HIDDEN;

/* Chooses how many calls of a sampled call go by until the next timed one: `period` on average. */
void recorder_schedule_timing(struct call_stats *stats, uint32_t period) HIDDEN;

/*
 * The ends of timed calls, and of failed ones whether timed (start_ticks not 0) or not. Those that measure return how
 * long the call took; 0 when it was not timed.
 */
void recorder_finish_timing(struct call_stats *stats, uint64_t start_ticks) HIDDEN;
uint64_t recorder_measure(struct call_stats *stats, uint64_t start_ticks) HIDDEN;
void recorder_add_failure(struct call_stats *stats, uint64_t start_ticks, int code) HIDDEN;
uint64_t recorder_measure_failure(struct call_stats *stats, uint64_t start_ticks, int code) HIDDEN;

/* So that it can be told afterwards who was waiting when the process ended, and since when. */
static inline void probe_note_entry(struct call_stats *stats, uint64_t ticks)
{
	__atomic_store_n(&stats->moment, ticks | 1, __ATOMIC_RELAXED);
}

/* Counts a call of syscall() under its number, for the calling thread, which has a block. */
void recorder_count_raw_call(long number) HIDDEN;

/* Chooses the next call to be timed. Where each one is, what was chosen last stays behind the count. */
static inline bool probe_schedule_timing(struct call_stats *stats, enum call call)
{
	uint32_t period = recorder_session.settings.period[call];

	if (period > 1)
		recorder_schedule_timing(stats, period);
	return period > 1;
}

/* The count has come to where a call is timed: this one is. The choice of the next one takes none of its time. */
static inline uint64_t probe_start_timing(struct call_stats *stats, enum call call)
{
	bool is_sampled = probe_schedule_timing(stats, call);
	uint64_t ticks = clock_ticks(&recorder_session.settings.clock);

	if (!is_sampled)
		probe_note_entry(stats, ticks);
	return ticks;
}

static inline unsigned int probe_mode(enum call call)
{
	return __atomic_load_n(&recorder_session.settings.mode[call], __ATOMIC_RELAXED);
}

/* Joins the session; tells whether the call is on there. One that comes before we can is counted as lost. */
bool recorder_wakes(enum call call) HIDDEN;

static inline bool probe_is_off(enum call call)
{
	unsigned int mode = probe_mode(call);

	return unlikely(!mode || (mode & MODE_OFF)) && (mode || !recorder_wakes(call));
}

/* The thread's figures in a slot of a call. NULL: the call is switched off, or there is no memory. */
static inline struct call_stats *probe_find_stats(enum call call, unsigned int slot)
{
	if (probe_is_off(call))
		return NULL;
	struct thread_cache *thread = recorder_thread;
	struct call_stats *stats = likely(thread) ? thread->stats[slot] : NULL;

	return likely(stats) ? stats : recorder_find_stats(call, slot);
}

/*
 * Counts the call as entered, in the slot of its kind. The result is to be handed to one of the two functions
 * below.
 */
static inline struct probe probe_begin_at(enum call call, unsigned int slot)
{
	struct probe probe = {.stats = probe_find_stats(call, slot)};

	if (unlikely(!probe.stats))
		return probe;
	owner_add(&probe.stats->count, 1);
	if (probe.stats->count >= probe.stats->next_timed)
		probe.start_ticks = probe_start_timing(probe.stats, call);
	return probe;
}

/* The same for a call that is not told apart: its slot has its number. */
static inline struct probe probe_begin(enum call call)
{
	return probe_begin_at(call, call);
}

/* Whether the call is on, and no more. */
static inline bool probe_is_usual(enum call call)
{
	return likely(probe_mode(call) == MODE_KNOWN);
}

/* The same for one that may be known by file. */
static inline bool probe_is_usual_stream(enum call call)
{
	return likely((probe_mode(call) & ~(unsigned int)MODE_OBJECTS) == MODE_KNOWN);
}

/*
 * The figures of a usual call, but only where nothing is to be done than to count: the thread has used it before, and
 * it is not to be timed this time. All else is NULL.
 */
static inline struct call_stats *probe_find_untimed(unsigned int slot)
{
	struct thread_cache *thread = recorder_thread;
	struct call_stats *stats = likely(thread) ? thread->stats[slot] : NULL;

	return likely(stats && stats->count + 1 < stats->next_timed) ? stats : NULL;
}

static inline void probe_add_bytes(struct call_stats *stats, uint64_t bytes)
{
	if (bytes)
		owner_add(&stats->bytes, bytes);
}

/*
 * A lock is tried before it is waited for, so that only the calls that had to wait cost time. It is counted
 * when that is known: by probe_count_attempt() as one that was to be had (or was not tried), or by
 * probe_begin_contended() as one that was not, which is timed in any case.
 */
static inline struct probe probe_begin_attempt(enum call call, unsigned int slot)
{
	struct probe probe = {.stats = probe_find_stats(call, slot)};

	if (likely(probe.stats) && probe.stats->count + 1 >= probe.stats->next_timed)
		probe.start_ticks = clock_ticks(&recorder_session.settings.clock);
	return probe;
}

static inline void probe_count_attempt(const struct probe *probe, enum call call)
{
	if (unlikely(!probe->stats))
		return;
	owner_add(&probe->stats->count, 1);
	if (probe->start_ticks)
		probe_schedule_timing(probe->stats, call);
}

static inline struct probe probe_begin_contended(enum call call, unsigned int slot)
{
	struct probe probe = {.stats = probe_find_stats(call, slot)};

	if (likely(probe.stats)) {
		owner_add(&probe.stats->count, 1);
		probe.start_ticks = clock_ticks(&recorder_session.settings.clock);
		probe_note_entry(probe.stats, probe.start_ticks);
	}
	return probe;
}

/* The call did what it was asked to and moved so many bytes. */
static inline void probe_succeeded(const struct probe *probe, uint64_t bytes)
{
	if (bytes && probe->stats)
		probe_add_bytes(probe->stats, bytes);
	if (probe->start_ticks)
		recorder_finish_timing(probe->stats, probe->start_ticks);
}

/* The same, for who wants to know how long it took. 0: it was not timed. */
static inline uint64_t probe_measured(const struct probe *probe, uint64_t bytes)
{
	if (bytes && probe->stats)
		probe_add_bytes(probe->stats, bytes);
	return probe->start_ticks ? recorder_measure(probe->stats, probe->start_ticks) : 0;
}

/* The call failed with an errno or EAI_* code. */
static inline void probe_failed(const struct probe *probe, int code)
{
	if (likely(probe->stats))
		recorder_add_failure(probe->stats, probe->start_ticks, code);
}

/* The same, for who wants to know how long it took. */
static inline uint64_t probe_measured_failure(const struct probe *probe, int code)
{
	return likely(probe->stats) ? recorder_measure_failure(probe->stats, probe->start_ticks, code) : 0;
}

/* Counts a call that does not come back, or whose return cannot be seen. */
static inline void probe_count(enum call call)
{
	(void)probe_begin(call);
}

#endif
