// SPDX-License-Identifier: MIT
/*
 * How metrics are recorded. A thread finds its cell of a metric by the metric's number, in a table
 * that hangs at its cache: memory that the kernel wipes at fork, so a forked child finds no cell
 * and makes cells and descriptions in a region of its own. The tables themselves are private
 * memory.
 *
 * As in statistics.c, a signal handler may enter any function again: at worst a thread has two
 * cells of a metric, whose sum is right.
 */
#include "config.h"

#include "record/metric-private.h"

#include "base/number-bits.h"
#include "base/text.h"
#include "record/process.h"
#include "record/private-memory.h"
#include "record/region-writer.h"
#include "record/thread.h"

enum {
	PAGE_CELLS = 256,
	TABLE_PAGES = METRICS_MAX / PAGE_CELLS,
};

struct cell_page {
	void *cells[PAGE_CELLS];
};

struct cell_table {
	struct cell_page *pages[TABLE_PAGES];
};

/* One more of what the region's header counts at that offset. */
static void count_in_region(size_t offset)
{
	struct region_header *region = process_find_region();

	if (region)
		__atomic_fetch_add((uint64_t *)((char *)region + offset), 1, __ATOMIC_RELAXED);
}

void metric_refuse(enum series_refusal reason)
{
	count_in_region(offsetof(struct region_header, refused) + reason * sizeof(uint64_t));
}

void metric_count_respelled(void)
{
	count_in_region(offsetof(struct region_header, respelled));
}

void metric_count_overflow(void)
{
	count_in_region(offsetof(struct region_header, overflowed));
}

/* -- Descriptions ----------------------------------------------------------------------------- */

/* As thread_make_record(), of any size. */
static void *make_record(struct thread_cache *thread, size_t size)
{
	if (size < REGION_SLAB - 64)
		return thread_make_record(thread, (uint32_t)size);
	struct region_header *region = recorder_region();

	return region ? region_take(region, size) : NULL;
}

static char *copy(char *to, const char *from, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] = from[i];
	return to + size;
}

static void publish_info(struct region_header *region, struct series_info *info)
{
	relative head = __atomic_load_n(&region->series, __ATOMIC_RELAXED);

	do {
		info->next = relative_to(&info->next, relative_follow(&region->series, head));
		/* Release: a reader that follows the list, with acquire, sees a complete
		 * description. */
	} while (!__atomic_compare_exchange_n(&region->series, &head,
					      relative_to(&region->series, info), false,
					      __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

static struct series_info *make_info(struct thread_cache *thread, const struct metric *metric)
{
	const struct metric_family *family = metric->family;
	size_t name_size = family->name_length + 1U;
	size_t unit_size = text_length(family->unit) + 1;
	size_t size = sizeof(struct series_info) + name_size + unit_size + metric->tags_size;
	struct series_info *info = make_record(thread, size);

	if (!info)
		return NULL;
	info->size = (uint32_t)size;
	info->kind = family->kind;
	info->flags = family->flags;
	info->merge = family->merge;
	info->n_tags = (uint8_t)metric->n_tags;
	info->first_index = family->first_index;
	info->started_ticks = clock_last_ticks(&recorder_session.settings.clock);
	char *end = copy(info->strings, family->name, name_size);

	end = copy(end, family->unit, unit_size);
	copy(end, metric->tags, metric->tags_size);
	return info;
}

/*
 * The metric's description in the process's region. It is in the region's list before anything
 * refers to it; of two threads that come at once, one has made a description that nothing refers
 * to.
 */
static struct series_info *find_info(struct thread_cache *thread, struct metric *metric)
{
	/* Acquire: pairs with the release below. */
	struct series_info *info = __atomic_load_n(&metric->info, __ATOMIC_ACQUIRE);

	while (!info || !process_owns_new_region(info)) {
		struct series_info *made = make_info(thread, metric);

		if (!made)
			return NULL;
		publish_info(recorder_region(), made);
		if (__atomic_compare_exchange_n(&metric->info, &info, made, false, __ATOMIC_RELEASE,
						__ATOMIC_ACQUIRE))
			info = made;
	}
	return info;
}

/* -- Cells ------------------------------------------------------------------------------------ */

static inline void *find_cell(const struct metric *metric)
{
	struct thread_cache *thread = recorder_thread;
	struct cell_table *table = likely(thread) ? thread->cells : NULL;
	struct cell_page *page = likely(table) ? table->pages[metric->number / PAGE_CELLS] : NULL;

	return likely(page) ? page->cells[metric->number % PAGE_CELLS] : NULL;
}

/* Where the thread keeps its cell of a metric. NULL: no memory. */
static void **find_place(struct thread_cache *thread, const struct metric *metric)
{
	struct cell_page **page;

	if (!thread->cells)
		thread->cells = private_take(sizeof(struct cell_table));
	if (!thread->cells)
		return NULL;
	page = &thread->cells->pages[metric->number / PAGE_CELLS];
	if (!*page)
		*page = private_take(sizeof(struct cell_page));
	return *page ? &(*page)->cells[metric->number % PAGE_CELLS] : NULL;
}

_Static_assert(sizeof(struct cell_table) <= PRIVATE_SIZE_MAX, "a table is one piece of memory");
_Static_assert(offsetof(struct counter_cell, info) == offsetof(struct distribution_cell, info) &&
		       offsetof(struct counter_cell, next) ==
			       offsetof(struct distribution_cell, next),
	       "cells begin alike");

/* Makes a cell, and has it in the list that begins at `list` of the thread's block. */
static void *make_cell(struct metric *metric, size_t size, size_t list_offset)
{
	recorder_start();
	struct thread_cache *thread = thread_find();
	struct series_info *info = thread ? find_info(thread, metric) : NULL;
	void **place = info ? find_place(thread, metric) : NULL;
	struct counter_cell *cell = place ? thread_make_record(thread, (uint32_t)size) : NULL;
	relative *list;
	relative head;

	if (!cell) {
		metric_refuse(REFUSED_MEMORY);
		return NULL;
	}
	if (size == sizeof(struct distribution_cell))
		((struct distribution_cell *)cell)->min = UINT64_MAX;
	cell->info = relative_to(&cell->info, info);
	list = (relative *)((char *)thread->block + list_offset);
	do {
		head = __atomic_load_n(list, __ATOMIC_RELAXED);
		cell->next = relative_to(&cell->next, relative_follow(list, head));
	} while (!relative_publish(list, head, cell));
	*place = cell;
	return cell;
}

static __attribute__((noinline, cold)) struct counter_cell *make_counter(struct metric *metric)
{
	return make_cell(metric, sizeof(struct counter_cell),
			 offsetof(struct thread_block, counters));
}

static __attribute__((noinline, cold)) struct distribution_cell *
make_distribution(struct metric *metric)
{
	return make_cell(metric, sizeof(struct distribution_cell),
			 offsetof(struct thread_block, distributions));
}

/* -- Values ----------------------------------------------------------------------------------- */

static inline void owner_add_number(uint64_t *word, double amount)
{
	uint64_t seen;

	do
		seen = __atomic_load_n(word, __ATOMIC_RELAXED);
	while (!owner_replace64(word, seen, bits_of(number_of(seen) + amount)));
}

/* A counter that has come round begins again: readers know it by its start. */
static __attribute__((noinline, cold)) int begin_again(struct counter_cell *cell)
{
	struct series_info *info = relative_get(&cell->info);

	__atomic_store_n(&info->started_ticks, clock_last_ticks(&recorder_session.settings.clock),
			 __ATOMIC_RELAXED);
	return 0;
}

static __attribute__((noinline)) int add_first(struct metric *metric, uint64_t amount)
{
	struct counter_cell *cell = make_counter(metric);

	if (!cell)
		return METRIC_NO_MEMORY;
	owner_add(&cell->value, amount);
	return 0;
}

/* Nothing is called on this path but what the path ends with, so that it needs no stack. */
int metric_add(struct metric *metric, uint64_t amount)
{
	struct counter_cell *cell = find_cell(metric);

	if (unlikely(!cell))
		return add_first(metric, amount);
	if (unlikely(owner_add_carries(&cell->value, amount)))
		return begin_again(cell);
	return 0;
}

bool metric_add_fraction(struct metric *metric, double amount)
{
	struct counter_cell *cell = find_cell(metric);

	if (unlikely(!cell))
		cell = make_counter(metric);
	if (likely(cell))
		owner_add_number(&cell->value, amount);
	return cell;
}

/*
 * The octave's counters, made when they are first needed; a handler may have made them meanwhile. A
 * cell of before a fork, in a child that returns from a handler, leads nowhere.
 */
static struct histogram_row *find_row(struct distribution_cell *cell, unsigned int bucket)
{
	relative *place = &cell->rows[bucket / HISTOGRAM_ROW_BUCKETS];
	struct histogram_row *row = relative_get(place);
	struct thread_cache *thread = recorder_thread;

	if (likely(row))
		return row;
	if (!process_owns_new_region(cell) || !thread || !thread->block)
		return NULL;
	row = thread_make_record(thread, sizeof(*row));
	if (row)
		relative_publish(place, 0, row);
	return relative_get(place);
}

/* The bits of numbers that are not negative are in the order of the numbers. */
static inline bool enter(struct metric *metric, unsigned int bucket, uint64_t value, bool is_number)
{
	struct distribution_cell *cell = find_cell(metric);

	if (unlikely(!cell))
		cell = make_distribution(metric);
	if (unlikely(!cell))
		return false;
	struct histogram_row *row = find_row(cell, bucket);

	if (unlikely(!row)) {
		metric_refuse(REFUSED_MEMORY);
		return false;
	}
	owner_add(&row->count[bucket % HISTOGRAM_ROW_BUCKETS], 1);
	if (is_number)
		owner_add_number(&cell->sum, number_of(value));
	else
		owner_add(&cell->sum, value);
	owner_min(&cell->min, value);
	owner_max(&cell->max, value);
	return true;
}

bool metric_enter(struct metric *metric, double value)
{
	unsigned int bucket = histogram_bucket_of_number(value, metric->family->first_index);

	/* -0 is not negative, but its bits would be the greatest. */
	return enter(metric, bucket, bits_of(value + 0.0), true);
}

bool metric_enter_ns(struct metric *metric, uint64_t ns)
{
	return enter(metric, histogram_bucket(ns), ns, false);
}

/* The description holds a gauge's value. A forked child has no region until it makes one. NULL: no
 * memory. */
static struct series_info *find_gauge(struct metric *metric)
{
	struct series_info *info = __atomic_load_n(&metric->info, __ATOMIC_ACQUIRE);

	if (likely(info && process_owns_new_region(info)))
		return info;
	recorder_start();
	struct thread_cache *thread = thread_find();

	info = thread ? find_info(thread, metric) : NULL;
	if (!info)
		metric_refuse(REFUSED_MEMORY);
	return info;
}

bool metric_set(struct metric *metric, double value)
{
	struct series_info *info = find_gauge(metric);
	uint64_t ticks = clock_last_ticks(&recorder_session.settings.clock) | 1;
	struct pair seen;

	if (!info)
		return false;
	seen = pair_guess(&info->gauge);
	/* Of two values, the later one stays, whoever comes to store his first. */
	while (seen.second <= ticks &&
	       !pair_replace(&info->gauge, &seen, (struct pair){bits_of(value), ticks}))
		;
	return true;
}

bool metric_change(struct metric *metric, double difference, double *ret_value)
{
	struct series_info *info = find_gauge(metric);
	uint64_t ticks = clock_last_ticks(&recorder_session.settings.clock) | 1;
	struct pair seen;
	struct pair changed;

	if (!info)
		return false;
	seen = pair_guess(&info->gauge);
	do {
		changed.first = bits_of(number_of(seen.first) + difference);
		changed.second = ticks > seen.second ? ticks : seen.second;
	} while (!pair_replace(&info->gauge, &seen, changed));
	*ret_value = number_of(changed.first);
	return true;
}
