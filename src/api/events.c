// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/events.h"

#include <sched.h>

#include "api/values.h"
#include "base/histogram.h"
#include "base/number-bits.h"
#include "record/metric-private.h"

enum { PATIENCE = 1000 }; /* how often the processor is left to those who are telling */

/* What is known of a metric, in the marks of a ring. */
enum { MARK_UNKNOWN, MARK_MET, MARK_NOT_MET };

static struct event_outlet *outlets;
static struct event_outlet *closed; /* off the list, but perhaps not out of everybody's hands */
static uint32_t n_telling;

/* -- Metrics as series ------------------------------------------------------------------------ */

/* All but the value. What it points to lives as long as the process, but for the tags. */
static void describe(const struct metric *metric, struct tag *tags, struct series *ret_series)
{
	static const enum series_type types[] = {
		[KIND_COUNTER] = SERIES_COUNTER,
		[KIND_GAUGE] = SERIES_GAUGE,
		[KIND_HISTOGRAM] = SERIES_HISTOGRAM,
		[KIND_TIMER] = SERIES_TIMER,
	};
	struct metric_tag found[METRIC_TAGS_MAX];
	uint8_t kind = instance.engine->kind(metric);
	size_t n_tags = instance.engine->tags(metric, found);

	for (size_t i = 0; i < n_tags; i++)
		tags[i] = (struct tag){found[i].key, found[i].value};
	*ret_series = (struct series){
		.name = instance.engine->name(metric),
		.unit = instance.engine->unit(metric),
		.type = types[kind],
		.is_fractional = kind == KIND_COUNTER &&
				 (instance.engine->flags(metric) & SERIES_OF_FRACTIONS),
		.tags = tags,
		.n_tags = n_tags,
	};
}

/* A histogram of one value. */
static void fill_histogram(const struct metric *metric, uint64_t bits,
			   struct series_histogram *histogram)
{
	bool is_timer = instance.engine->kind(metric) == KIND_TIMER;
	int first_index = metric->family->first_index;
	double value = is_timer ? (double)bits * 1e-9 : number_of(bits);
	unsigned int bucket =
		is_timer ? histogram_bucket(bits) : histogram_bucket_of_number(value, first_index);

	*histogram = (struct series_histogram){
		.count = 1,
		.sum = value,
		.min = value,
		.max = value,
		.first_index = first_index,
	};
	histogram->buckets[bucket] = 1;
}

struct sonde_metric_value *event_value(const struct event *event)
{
	const struct clock_calibration *clock = &instance.engine->settings()->clock;
	struct tag tags[METRIC_TAGS_MAX];
	struct series_histogram histogram;
	struct series series;

	describe(event->metric, tags, &series);
	series.start_ns = clock_ticks_to_realtime_ns(clock, event->ticks);
	if (series_has_histogram(&series)) {
		fill_histogram(event->metric, event->bits, &histogram);
		series.value.histogram = &histogram;
	} else if (series.type == SERIES_COUNTER && !series.is_fractional) {
		series.value.count = event->bits;
	} else {
		series.value.number = number_of(event->bits);
	}
	return value_new(&series, series.start_ns);
}

/* -- Telling ---------------------------------------------------------------------------------- */

/* Looked at once for each metric: a metric does not change. */
static bool is_met(const struct event_outlet *outlet, const struct metric *metric)
{
	uint8_t *mark = event_ring_mark(outlet->ring, metric->number);
	uint8_t known = __atomic_load_n(mark, __ATOMIC_RELAXED);

	if (unlikely(known == MARK_UNKNOWN)) {
		struct tag tags[METRIC_TAGS_MAX];
		struct series series;

		describe(metric, tags, &series);
		known = stream_filter_lets(outlet->filter, &series) ? MARK_MET : MARK_NOT_MET;
		__atomic_store_n(mark, known, __ATOMIC_RELAXED);
	}
	return known == MARK_MET;
}

void events_tell(struct metric *metric, uint64_t bits)
{
	const struct event event = {metric, bits, instance.engine->ticks()};

	/* In one order with the loads and stores of the list, so that nobody who is not counted
	 * here has found an outlet that was taken off it before he was looked for. */
	__atomic_fetch_add(&n_telling, 1, __ATOMIC_SEQ_CST);
	struct event_outlet *outlet = __atomic_load_n(&outlets, __ATOMIC_SEQ_CST);

	for (; outlet; outlet = __atomic_load_n(&outlet->next, __ATOMIC_SEQ_CST))
		if (event_ring_is_alive(outlet->ring) && is_met(outlet, metric))
			event_ring_put(outlet->ring, &event);
	/* Release: what was done here is done before it is not counted any more. */
	__atomic_fetch_sub(&n_telling, 1, __ATOMIC_RELEASE);
}

/* -- The list --------------------------------------------------------------------------------- */

bool events_are_wanted(void)
{
	return outlets;
}

void events_attach(struct event_outlet *outlet)
{
	outlet->next = outlets;
	__atomic_store_n(&outlets, outlet, __ATOMIC_SEQ_CST);
}

static bool is_anybody_telling(void)
{
	return __atomic_load_n(&n_telling, __ATOMIC_SEQ_CST) != 0;
}

/* Where they never come to an end all at once, the outlets wait for the next occasion. */
static void free_closed(void)
{
	for (int i = 0; i < PATIENCE && is_anybody_telling(); i++)
		sched_yield();
	while (closed && !is_anybody_telling()) {
		struct event_outlet *outlet = closed;

		closed = outlet->next_closed;
		outlet->free(outlet);
	}
}

void events_detach(struct event_outlet *outlet)
{
	struct event_outlet **place = &outlets;

	while (*place && *place != outlet)
		place = &(*place)->next;
	if (*place)
		__atomic_store_n(place, outlet->next, __ATOMIC_SEQ_CST);
	outlet->next_closed = closed;
	closed = outlet;
	free_closed();
}

void events_after_fork(void)
{
	outlets = NULL;
	closed = NULL;
	n_telling = 0;
}
