// SPDX-License-Identifier: MIT
/*
 * Each record of calls has a base: what of it has been told to a span. The rest belongs to the present labels; a
 * reader finds it by itself, so that nothing is to be done at the process's end. Bases and spans are of the process's
 * region, and a forked child begins with none of either.
 *
 * Counters go up while they are looked at. Each is read once, told, and kept as base, so that nothing is told twice or
 * not at all.
 */
#include "config.h"

#include "record/span.h"

#include "base/text.h"
#include "record/marks.h"
#include "record/process.h"
#include "record/region-writer.h"

static struct {
	struct region_header *region; /* that all below is of */
	struct label_span *present;   /* NULL: the process's first labels */
	struct span_call *hint;       /* of it, found last: calls come in the same order each time */
	char *memory;
	uint32_t room;
} spans;

/* A record of zero bytes; NULL, with a loss counted, without memory. */
static void *make(uint32_t size)
{
	size = (size + 7) / 8 * 8;
	if (size > spans.room) {
		uint32_t wanted = size > REGION_SLAB ? size : REGION_SLAB;

		spans.memory = region_take(spans.region, wanted);
		spans.room = spans.memory ? wanted : 0;
	}
	if (!spans.memory) {
		process_count_loss(LOSS_DETAIL);
		return NULL;
	}
	void *record = spans.memory;

	spans.memory += size;
	spans.room -= size;
	return record;
}

/* Puts a complete record at the head of a list. Release: a reader that follows it, with acquire, finds it so. */
static void publish(relative *head, relative *next, void *record)
{
	*next = relative_to(next, relative_get(head));
	__atomic_store_n(head, relative_to(head, record), __ATOMIC_RELEASE);
}

/* -- What is told ---------------------------------------------------------------------------------- */

static struct span_call *find_call(struct label_span *span, const struct call_info_record *info)
{
	struct span_call *next = spans.hint ? relative_get(&spans.hint->next) : NULL;

	if (next && relative_get(&next->info) == info)
		return spans.hint = next;
	for (struct span_call *call = relative_get(&span->calls); call; call = relative_get(&call->next))
		if (relative_get(&call->info) == info)
			return spans.hint = call;
	struct span_call *call = make(sizeof(*call));

	if (!call)
		return NULL;
	call->info = relative_to(&call->info, info);
	publish(&span->calls, &call->next, call);
	return spans.hint = call;
}

static struct span_error *find_error(relative *errors, int32_t code)
{
	for (struct span_error *error = relative_get(errors); error; error = relative_get(&error->next))
		if (error->code == code)
			return error;
	struct span_error *error = make(sizeof(*error));

	if (!error)
		return NULL;
	error->code = code;
	publish(errors, &error->next, error);
	return error;
}

static uint64_t count_timed(const struct call_stats *stats)
{
	uint64_t sum = 0;

	for (int i = 0; i < HISTOGRAM_ROWS; i++) {
		const struct histogram_row *row = relative_get(&stats->rows[i]);

		for (int k = 0; row && k < HISTOGRAM_ROW_BUCKETS; k++)
			sum += __atomic_load_n(&row->count[k], __ATOMIC_RELAXED);
	}
	return sum;
}

/* Takes over how far a counter is, and adds what is new to a sum. */
static void tell(uint64_t *base, uint64_t now, uint64_t *sum)
{
	if (sum)
		*sum += now - *base;
	*base = now;
}

static void tell_errors(const struct call_stats *stats, struct span_base *base, struct span_call *call)
{
	const struct error_stats *error = relative_get(&stats->errors);

	for (; error; error = relative_get(&error->next)) {
		uint64_t count = __atomic_load_n(&error->count, __ATOMIC_RELAXED);
		struct span_error *told = find_error(&base->errors, error->code);

		if (!told || told->count == count)
			continue;
		struct span_error *to = call ? find_error(&call->errors, error->code) : NULL;

		tell(&told->count, count, to ? &to->count : NULL);
	}
}

static struct span_base *base_of(struct call_stats *stats)
{
	struct span_base *base = relative_get(&stats->base);

	if (base)
		return base;
	base = make(sizeof(*base));
	if (base)
		stats->base = relative_to(&stats->base, base);
	return base;
}

static void tell_call(struct call_stats *stats, struct label_span *span)
{
	const struct call_info_record *info = relative_get(&stats->info);
	struct span_base *base = info ? base_of(stats) : NULL;
	uint64_t count = __atomic_load_n(&stats->count, __ATOMIC_RELAXED);
	uint64_t timed = count_timed(stats);

	if (!base)
		return;
	/* One that was under way at the last change may have come back since. */
	bool is_new = count != base->count || timed != base->timed;
	struct span_call *call = span && (is_new || stats->errors) ? find_call(span, info) : NULL;

	tell(&base->count, count, call ? &call->count : NULL);
	tell(&base->timed, timed, call ? &call->timed : NULL);
	tell(&base->bytes, __atomic_load_n(&stats->bytes, __ATOMIC_RELAXED), call ? &call->bytes : NULL);
	tell(&base->sum_ns, __atomic_load_n(&stats->sum_ns, __ATOMIC_RELAXED), call ? &call->sum_ns : NULL);
	tell_errors(stats, base, call);
}

/* All that was done since the last change, to the labels that there were. */
static void tell_all(void)
{
	struct thread_block *thread = relative_get(&spans.region->threads);

	spans.hint = NULL;
	for (; thread; thread = relative_get(&thread->next)) {
		struct call_stats *stats = relative_get(&thread->calls);

		for (; stats; stats = relative_get(&stats->next))
			tell_call(stats, spans.present);
	}
}

/* -- Changing -------------------------------------------------------------------------------------- */

/* The labels that the process's region says it began with. */
static const char *first_labels(void)
{
	const struct region_marks *marks = relative_get(&spans.region->marks);

	return marks ? marks->strings : "";
}

static uint64_t now(void)
{
	return clock_last_ticks(&recorder_session.settings.clock);
}

/* The span of some labels, made if it is not there. NULL: they are the first ones, or there is no memory. */
static struct label_span *find_span(const char *labels)
{
	if (text_equals(labels, first_labels()))
		return NULL;
	for (struct label_span *span = relative_get(&spans.region->spans); span; span = relative_get(&span->next))
		if (text_equals(span->labels, labels))
			return span;
	uint32_t length = (uint32_t)text_length(labels);
	struct label_span *span = make((uint32_t)sizeof(*span) + length + 1);

	if (!span)
		return NULL;
	__builtin_memcpy(span->labels, labels, length + 1);
	span->size = (uint32_t)sizeof(*span) + length + 1;
	span->first_ticks = now();
	publish(&spans.region->spans, &span->next, span);
	return span;
}

/* Who was forked has a region of its own, and no spans in it yet. */
static bool find_region(void)
{
	struct region_header *region = recorder_own_region();

	if (region && region != spans.region) {
		spans.region = region;
		spans.present = NULL;
		spans.memory = NULL;
		spans.room = 0;
	}
	return region;
}

void span_switch(const char *labels)
{
	if (find_region()) {
		tell_all();
		if (spans.present)
			spans.present->last_ticks = now();
		spans.present = find_span(labels);
		/* Release: who follows it finds the bases as they were told. */
		__atomic_store_n(&spans.region->present_span, relative_to(&spans.region->present_span, spans.present),
				 __ATOMIC_RELEASE);
	}
	marks_change_labels(labels);
}
