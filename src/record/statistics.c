// SPDX-License-Identifier: MIT
/*
 * What a thread records of its calls: the slow half of probe.h. Records are made when they are first needed.
 *
 * As in thread.c, a signal handler may enter any function again.
 */
#include "config.h"

#include "base/text.h"
#include "record/probe.h"
#include "record/process.h"
#include "record/stacks.h"
#include "record/thread.h"

static void copy_name(char *field, size_t size, const char *name)
{
	struct text text = text_init(field, size);

	text_add(&text, name);
}

/* Waiting is what is to be timed; being sampled is for what takes no time. */
static bool is_always_timed(const struct call_info *row, unsigned int kind)
{
	return row->kinds == KINDS_LOCK && kind == LOCK_CONTENDED;
}

/* One description serves all threads of the process; two that come at once may make two. */
static struct call_info_record *find_info(struct region_header *region, struct thread_cache *thread,
					  enum call call, unsigned int slot)
{
	const struct call_info *row = &call_table[call];
	unsigned int kind = slot - row->slot;
	uint32_t place = __atomic_load_n(&process.info[slot], __ATOMIC_ACQUIRE);

	if (place)
		return (struct call_info_record *)((char *)region + place);
	struct call_info_record *info = thread_make_record(thread, sizeof(*info));

	if (!info)
		return NULL;
	info->id = call;
	info->flags = is_always_timed(row, kind) ? CALL_ALWAYS_TIMED : 0;
	info->waits = (uint8_t)kind_waits(row->kinds, kind, row->waits);
	copy_name(info->name, sizeof(info->name), row->name);
	copy_name(info->group, sizeof(info->group), row->group);
	copy_name(info->kind, sizeof(info->kind), kind_name(row->kinds, kind));
	/* Release: pairs with the acquire above, in another thread. */
	place = (uint32_t)((char *)info - (char *)region);
	__atomic_store_n(&process.info[slot], place, __ATOMIC_RELEASE);
	if (likely(thread_is_in(thread, region)))
		return info;
	__atomic_store_n(&process.info[slot], 0, __ATOMIC_RELAXED);
	return NULL;
}

static struct call_stats *make_stats(struct region_header *region, struct thread_cache *thread,
				     struct thread_block *block, enum call call, unsigned int slot)
{
	struct call_info_record *info = find_info(region, thread, call, slot);
	struct call_stats *stats = info ? thread_make_record(thread, sizeof(*stats)) : NULL;
	uint32_t period = recorder_session.settings.period[call];
	relative head;

	if (!stats)
		return NULL;
	stats->info = relative_to(&stats->info, info);
	stats->min_ns = UINT64_MAX;
	/* Anywhere in the first period, so that short threads are no exception to the sample. */
	stats->next_timed = period <= 1 ? 0 : 1 + thread_next_random(thread) % period;
	do {
		head = __atomic_load_n(&block->calls, __ATOMIC_RELAXED);
		stats->next = relative_to(&stats->next, relative_follow(&block->calls, head));
	} while (!relative_publish(&block->calls, head, stats));
	return stats;
}

/*
 * Sees to it that the thread has figures of the call, if there is memory for them. False: the process was forked
 * meanwhile, by a signal handler from which the child has come back to here.
 */
static bool provide_stats(struct thread_cache *thread, enum call call, unsigned int slot,
			  struct call_stats **ret_stats)
{
	struct region_header *region = recorder_region();
	struct thread_block *block = thread->block;

	/* Both are of one process: from here on all goes to the block, although it may be the parent's. */
	if (!thread_is_in(thread, region))
		return false;
	thread->stats[slot] = *ret_stats = make_stats(region, thread, block, call, slot);
	if (likely(thread_is_in(thread, region)))
		return true;
	thread->stats[slot] = NULL;
	return false;
}

struct call_stats *recorder_find_stats(enum call call, unsigned int slot)
{
	struct call_stats *stats = NULL;
	struct thread_cache *thread;

	recorder_start();
	if (recorder_session.settings.mode[call] & MODE_OFF)
		return NULL;
	do {
		thread = thread_find();
		stats = thread ? thread->stats[slot] : NULL;
	} while (thread && !stats && !provide_stats(thread, call, slot, &stats));
	if (!stats)
		process_count_loss(LOSS_REGION_FULL);
	return stats;
}

/* -- Time and failures ------------------------------------------------------------------------------ */

void recorder_schedule_timing(struct call_stats *stats, uint32_t period)
{
	struct thread_cache *thread = recorder_thread;
	uint64_t random = thread ? thread_next_random(thread) : 0;

	/* Uniform in 1 .. 2 * period - 1: on average one in `period`, and in step with no loop. */
	stats->next_timed = stats->count + 1 + random % (2 * period - 1);
}

/* Of a call that was begun before a fork, the child has nothing to tell. */
static void count_lost_detail(const struct call_stats *stats)
{
	if (process_owns(stats))
		process_count_loss(LOSS_DETAIL);
}

static inline void add_duration(struct call_stats *stats, struct histogram_row *row, unsigned int bucket,
				uint64_t ns)
{
	owner_add(&row->count[bucket % HISTOGRAM_ROW_BUCKETS], 1);
	owner_add(&stats->sum_ns, ns);
	owner_min(&stats->min_ns, ns);
	owner_max(&stats->max_ns, ns);
}

/* The first duration in its octave: the counters of the octave are made. */
static __attribute__((noinline, cold)) void add_in_new_row(struct call_stats *stats, unsigned int bucket,
							   uint64_t ns)
{
	relative *place = &stats->rows[bucket / HISTOGRAM_ROW_BUCKETS];
	struct histogram_row *row = calling_thread_make_record(sizeof(*row));

	if (row)
		relative_publish(place, 0, row);
	/* A handler may have made one meanwhile. */
	row = relative_get(place);
	if (row)
		add_duration(stats, row, bucket, ns);
	else
		count_lost_detail(stats);
}

static void note_return(struct call_stats *stats, uint64_t ticks)
{
	__atomic_store_n(&stats->moment, ticks & ~UINT64_C(1), __ATOMIC_RELAXED);
}

static inline __attribute__((always_inline)) uint64_t finish_at(struct call_stats *stats, uint64_t start_ticks, uint64_t now_ticks)
{
	uint64_t ns = clock_interval_ns(&recorder_session.settings.clock, start_ticks, now_ticks);
	unsigned int bucket = histogram_bucket(ns);

	note_return(stats, now_ticks);
	struct histogram_row *row = relative_get(&stats->rows[bucket / HISTOGRAM_ROW_BUCKETS]);

	if (likely(row))
		add_duration(stats, row, bucket, ns);
	else
		add_in_new_row(stats, bucket, ns);
	if (unlikely(ns >= recorder_session.settings.stacks.look_ns))
		stacks_finished(stats, start_ticks, ns);
	return ns;
}

/* What is rare: another clock than the processor's counter, a new region, a call begun before a fork. */
static __attribute__((noinline)) uint64_t finish_otherwise(struct call_stats *stats, uint64_t start_ticks)
{
	if (!process_owns(stats))
		return 0;
	return finish_at(stats, start_ticks, clock_last_ticks(&recorder_session.settings.clock));
}

void recorder_finish_timing(struct call_stats *stats, uint64_t start_ticks)
{
	if (likely(process_is_known_to_own(stats) &&
		   recorder_session.settings.clock.source == CLOCK_SOURCE_COUNTER))
		finish_at(stats, start_ticks, clock_counter());
	else
		finish_otherwise(stats, start_ticks);
}

/* Apart from the above, which would keep what it took for nobody. */
uint64_t recorder_measure(struct call_stats *stats, uint64_t start_ticks)
{
	if (likely(process_is_known_to_own(stats) &&
		   recorder_session.settings.clock.source == CLOCK_SOURCE_COUNTER))
		return finish_at(stats, start_ticks, clock_counter());
	return finish_otherwise(stats, start_ticks);
}

/* The record of a code, made when it first occurs. NULL: no memory. */
static struct error_stats *find_error(struct call_stats *stats, int code, uint64_t now_ticks)
{
	struct error_stats *made = NULL;

	for (;;) {
		relative head = __atomic_load_n(&stats->errors, __ATOMIC_RELAXED);
		struct error_stats *first = relative_follow(&stats->errors, head);

		for (struct error_stats *error = first; error; error = relative_get(&error->next))
			if (error->code == code)
				return error;
		if (!made)
			made = calling_thread_make_record(sizeof(*made));
		if (!made)
			return NULL;
		made->code = code;
		made->first_ticks = now_ticks;
		made->next = relative_to(&made->next, first);
		if (relative_publish(&stats->errors, head, made))
			return made;
	}
}

uint64_t recorder_measure_failure(struct call_stats *stats, uint64_t start_ticks, int code)
{
	const struct clock_calibration *clock = &recorder_session.settings.clock;

	if (unlikely(!process_owns(stats)))
		return 0;
	uint64_t now_ticks = clock_last_ticks(clock);

	note_return(stats, now_ticks);
	struct error_stats *error = find_error(stats, code, now_ticks);

	uint64_t ns = start_ticks ? clock_interval_ns(clock, start_ticks, now_ticks) : 0;

	if (unlikely(!error)) {
		count_lost_detail(stats);
		return ns;
	}
	owner_add(&error->count, 1);
	error->last_ticks = now_ticks;
	if (start_ticks) {
		owner_add(&error->timed, 1);
		owner_add(&error->sum_ns, ns);
	}
	if (unlikely(recorder_session.settings.stacks.looks_at_failures))
		stacks_failed(stats, code, start_ticks, now_ticks);
	return ns;
}

/* For who keeps nothing of what it took, and so can end with this. */
void recorder_add_failure(struct call_stats *stats, uint64_t start_ticks, int code)
{
	recorder_measure_failure(stats, start_ticks, code);
}

/* -- System calls by number ------------------------------------------------------------------------- */

/* The record of a number, made when it first occurs. NULL: no memory. */
static struct raw_call_stats *find_raw_call(struct thread_cache *thread, int32_t number)
{
	relative *list = &thread->block->raw_calls;
	struct raw_call_stats *made = NULL;

	for (;;) {
		relative head = __atomic_load_n(list, __ATOMIC_RELAXED);
		struct raw_call_stats *first = relative_follow(list, head);

		for (struct raw_call_stats *raw = first; raw; raw = relative_get(&raw->next))
			if (raw->number == number)
				return raw;
		if (!made)
			made = thread_make_record(thread, sizeof(*made));
		if (!made)
			return NULL;
		made->number = number;
		made->next = relative_to(&made->next, first);
		if (relative_publish(list, head, made))
			return made;
	}
}

void recorder_count_raw_call(long number)
{
	struct thread_cache *thread = recorder_thread;
	int32_t known = number >= 0 && number < REGION_RAW_CALLS ? (int32_t)number : -1;
	struct raw_call_stats *raw =
		thread && thread->block ? find_raw_call(thread, known) : NULL;

	if (raw)
		owner_add(&raw->count, 1);
	else
		process_count_loss(LOSS_DETAIL);
}
