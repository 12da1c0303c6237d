// SPDX-License-Identifier: MIT
/*
 * A cell is made a series, and that is added to the list: threads, processes and sessions add up by
 * the same rule. A series without cells is one that somebody asked for and nobody used: its cells
 * came before its use.
 */
#include "config.h"

#include "model/fold-metrics.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number-bits.h"
#include "model/series-check.h"

/* A series while its cell is looked at: what it points to lies in the image. */
struct unfolding {
	const struct region_header *header;
	struct series series;
	struct tag tags[SERIES_TAGS_MAX];
	struct series_histogram histogram;
};

/* The list refuses what no series can have: names, units and numbers are the writer's. */
static int add(struct metric_list *list, const struct unfolding *unfolding, unsigned int merge,
	       int64_t changed_ns)
{
	if (series_is_valid(&unfolding->series))
		return metric_list_add(list, &unfolding->series, merge, changed_ns);
	list->n_refused++;
	return 0;
}

static const char *next_string(const char **strings)
{
	const char *string = *strings;

	*strings = string + strlen(string) + 1;
	return string;
}

/* All of it but the value. */
static void describe(struct unfolding *unfolding, const struct series_info *info)
{
	static const enum series_type types[] = {
		[KIND_COUNTER] = SERIES_COUNTER,
		[KIND_GAUGE] = SERIES_GAUGE,
		[KIND_HISTOGRAM] = SERIES_HISTOGRAM,
		[KIND_TIMER] = SERIES_TIMER,
	};
	const char *strings = info->strings;
	struct series *series = &unfolding->series;

	*series = (struct series){
		.type = types[info->kind],
		.is_fractional = info->kind == KIND_COUNTER && (info->flags & SERIES_OF_FRACTIONS),
		.is_signed = info->kind == KIND_HISTOGRAM && (info->flags & SERIES_SIGNED),
		.tags = unfolding->tags,
		.n_tags = info->n_tags,
		.start_ns =
			clock_ticks_to_realtime_ns(&unfolding->header->clock, info->started_ticks),
	};
	series->name = next_string(&strings);
	series->unit = next_string(&strings);
	for (size_t i = 0; i < info->n_tags; i++) {
		unfolding->tags[i].key = next_string(&strings);
		unfolding->tags[i].value = next_string(&strings);
	}
}

/* -- Counters and distributions --------------------------------------------------------------- */

static int fold_counter(struct metric_list *list, struct unfolding *unfolding,
			const struct counter_cell *cell)
{
	const struct series_info *info = relative_get(&cell->info);

	if (!info)
		return 0;
	describe(unfolding, info);
	if (unfolding->series.is_fractional)
		unfolding->series.value.number = number_of(cell->value);
	else
		unfolding->series.value.count = cell->value;
	return add(list, unfolding, MERGE_SUM, 0);
}

static void copy_buckets(struct series_histogram *histogram, const struct distribution_cell *cell)
{
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		const relative *reference = &cell->rows[i / HISTOGRAM_ROW_BUCKETS];
		const struct histogram_row *row = relative_get(reference);

		histogram->buckets[i] = row ? row->count[i % HISTOGRAM_ROW_BUCKETS] : 0;
		if (__builtin_add_overflow(histogram->count, histogram->buckets[i],
					   &histogram->count))
			histogram->count = UINT64_MAX;
	}
}

static double cell_number(const struct series_info *info, uint64_t word)
{
	return info->kind == KIND_TIMER ? (double)word * 1e-9 : number_of(word);
}

/* The bucket is written before the extremes: a copy may have the one without the others. */
static void copy_values(struct series_histogram *histogram, const struct distribution_cell *cell,
			const struct series_info *info)
{
	uint64_t min = cell->min < cell->max ? cell->min : cell->max;

	if (!histogram->count)
		return;
	histogram->sum = cell_number(info, cell->sum);
	histogram->min = cell_number(info, min);
	histogram->max = cell_number(info, cell->max);
}

static int fold_distribution(struct metric_list *list, struct unfolding *unfolding,
			     const struct distribution_cell *cell)
{
	const struct series_info *info = relative_get(&cell->info);

	if (!info)
		return 0;
	describe(unfolding, info);
	unfolding->histogram = (struct series_histogram){.first_index = info->first_index};
	unfolding->series.value.histogram = &unfolding->histogram;
	copy_buckets(&unfolding->histogram, cell);
	copy_values(&unfolding->histogram, cell, info);
	return add(list, unfolding, MERGE_SUM, 0);
}

static int fold_thread(struct metric_list *list, struct unfolding *unfolding,
		       const struct thread_block *thread)
{
	const struct counter_cell *counter = relative_get(&thread->counters);
	const struct distribution_cell *distribution = relative_get(&thread->distributions);

	for (; counter; counter = relative_get(&counter->next))
		if (fold_counter(list, unfolding, counter))
			return -ENOMEM;
	for (; distribution; distribution = relative_get(&distribution->next))
		if (fold_distribution(list, unfolding, distribution))
			return -ENOMEM;
	return 0;
}

/* -- Gauges ----------------------------------------------------------------------------------- */

/* Gauges that several processes have, each its own, are told apart by a tag. */
static void add_pid(struct unfolding *unfolding, char *buf, size_t size)
{
	struct series *series = &unfolding->series;

	if (series->n_tags == SERIES_TAGS_MAX)
		return;
	snprintf(buf, size, "%" PRId32, unfolding->header->pid);
	unfolding->tags[series->n_tags++] = (struct tag){"pid", buf};
	tags_sort(unfolding->tags, series->n_tags);
}

static int fold_gauge(struct metric_list *list, struct unfolding *unfolding,
		      const struct series_info *info, struct fold_scope scope)
{
	const struct pair value = info->gauge;
	unsigned int merge = info->merge & ~(unsigned int)MERGE_LIVE;
	char pid[16];

	if (!value.second || ((info->merge & MERGE_LIVE) && !scope.is_running))
		return 0;
	describe(unfolding, info);
	if (merge == MERGE_ALL && !scope.is_alone)
		add_pid(unfolding, pid, sizeof(pid));
	unfolding->series.value.number = number_of(value.first);
	return add(list, unfolding, merge,
		   clock_ticks_to_realtime_ns(&unfolding->header->clock, value.second));
}

int fold_metrics(struct metric_list *list, const struct region_image *image,
		 struct fold_scope scope)
{
	struct unfolding unfolding = {.header = image->header};
	const struct thread_block *thread = relative_get(&image->header->threads);
	const struct series_info *info = relative_get(&image->header->series);

	for (; info; info = relative_get(&info->next))
		if (info->kind == KIND_GAUGE && fold_gauge(list, &unfolding, info, scope))
			return -ENOMEM;
	for (; thread; thread = relative_get(&thread->next))
		if (fold_thread(list, &unfolding, thread))
			return -ENOMEM;
	return 0;
}
