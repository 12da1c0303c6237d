// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/fold-spans.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/test-rule.h"

/* One span on its way into the parts. */
struct unfolding {
	const struct region_header *header;
	const struct process_record *process;
	const struct failure_classes *classes;
};

static int add_error(const struct unfolding *unfolding, struct call_totals *totals, const struct span_error *error)
{
	char symbol[FAILURE_SYMBOL_SIZE];

	failure_symbol(error->code, symbol);
	bool is_expected = unfolding->classes && failure_is_expected(unfolding->classes, totals->name, symbol);
	struct error_totals one = {.symbol = symbol, .is_expected = is_expected, .count = error->count};
	const struct call_totals failures = {
		.failures = error->count,
		.expected = is_expected ? error->count : 0,
		.errors = &one,
		.n_errors = 1,
	};

	return error->count ? call_totals_add(totals, &failures) : 0;
}

/* Durations are told by their number and sum only: that is what a part has of them. */
static void add_times(struct call_totals *totals, const struct span_call *call)
{
	if (__builtin_add_overflow(totals->timed, call->timed, &totals->timed) ||
	    __builtin_add_overflow(totals->sum_ns, call->sum_ns, &totals->sum_ns))
		totals->timed = totals->sum_ns = UINT64_MAX;
}

static int add_call(const struct unfolding *unfolding, struct call_list *list, const struct span_call *call)
{
	const struct call_info_record *info = relative_get(&call->info);
	const struct call_totals own = {.count = call->count, .bytes = call->bytes};
	const struct span_error *error = relative_get(&call->errors);
	struct call_totals *totals = info ? call_list_get(list, info->name, info->kind, info->group) : NULL;
	int result = totals ? call_totals_add(totals, &own) : info ? -ENOMEM : 0;

	if (totals)
		add_times(totals, call);
	for (; totals && error && result == 0; error = relative_get(&error->next))
		result = add_error(unfolding, totals, error);
	return result;
}

static bool is_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* The test of what has no mark at all. */
static const char *test_of_run(const struct recording *recording)
{
	for (size_t i = 0; i < recording->n_labels; i++)
		if (strcmp(recording->labels[i].key, TEST_LABEL) == 0 && recording->labels[i].value[0])
			return recording->labels[i].value;
	return NULL;
}

/* A label `test` that is the process's own as well marks nothing new; one that has ended marks nothing any more. */
static const char *test_of(const struct recording *recording, const struct process_record *process,
			   const struct label_set *labels)
{
	const char *test = label_set_find(labels, TEST_LABEL);
	const char *own = label_set_find(&process->labels, TEST_LABEL);

	if (!test || !*test)
		return own && is_same(own, process->test) ? test_of_run(recording) : process->test;
	return is_same(test, own) ? process->test : test;
}

static int64_t instant(const struct unfolding *unfolding, uint64_t ticks)
{
	return clock_ticks_to_realtime_ns(&unfolding->header->clock, ticks);
}

static int move(struct recording *recording, const struct unfolding *unfolding, const struct label_span *span,
		const struct call_list *calls)
{
	struct label_set set = {0};
	char *labels = label_set_parse(&set, span->labels) == 0 ? label_set_text(&set) : NULL;
	const struct process_record *process = unfolding->process;
	bool is_present = span == relative_get(&unfolding->header->present_span);
	const struct part_span moved = {
		.test = test_of(recording, unfolding->process, &set),
		.labels = labels,
		.calls = calls,
		.started_ns = instant(unfolding, span->first_ticks),
		.ended_ns = is_present ? process->started_ns + (int64_t)process->wall_ns
				       : instant(unfolding, span->last_ticks),
	};
	int result = labels ? part_list_move(recording, unfolding->process, &moved) : -ENOMEM;

	free(labels);
	label_set_deinit(&set);
	return result;
}

/* -- What no change of labels has told yet --------------------------------------------------------- */

static uint64_t rest(uint64_t now, uint64_t told)
{
	return now > told ? now - told : 0;
}

static uint64_t count_timed(const struct call_stats *stats)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < HISTOGRAM_ROWS; i++) {
		const struct histogram_row *row = relative_get(&stats->rows[i]);

		for (unsigned int k = 0; row && k < HISTOGRAM_ROW_BUCKETS; k++)
			sum += row->count[k];
	}
	return sum;
}

static uint64_t told_errors(const struct span_base *base, int32_t code)
{
	const struct span_error *error = relative_get(&base->errors);

	while (error && error->code != code)
		error = relative_get(&error->next);
	return error ? error->count : 0;
}

static int add_rest_errors(const struct unfolding *unfolding, struct call_totals *totals,
			   const struct call_stats *stats, const struct span_base *base)
{
	const struct error_stats *error = relative_get(&stats->errors);
	int result = 0;

	for (; error && result == 0; error = relative_get(&error->next)) {
		const struct span_error left = {
			.code = error->code,
			.count = rest(error->count, told_errors(base, error->code)),
		};

		result = add_error(unfolding, totals, &left);
	}
	return result;
}

static int add_rest(const struct unfolding *unfolding, struct call_list *list, const struct call_stats *stats)
{
	static const struct span_base nothing;
	const struct call_info_record *info = relative_get(&stats->info);
	const struct span_base *base = relative_get(&stats->base);

	if (!info)
		return 0;
	if (!base)
		base = &nothing;
	const struct span_call call = {
		.timed = rest(count_timed(stats), base->timed),
		.sum_ns = rest(stats->sum_ns, base->sum_ns),
	};
	const struct call_totals own = {
		.count = rest(stats->count, base->count),
		.bytes = rest(stats->bytes, base->bytes),
	};
	if (!own.count && !call.timed && !stats->errors)
		return 0;
	struct call_totals *totals = call_list_get(list, info->name, info->kind, info->group);

	if (!totals || call_totals_add(totals, &own))
		return -ENOMEM;
	add_times(totals, &call);
	return add_rest_errors(unfolding, totals, stats, base);
}

static int add_rests(const struct unfolding *unfolding, struct call_list *list)
{
	const struct thread_block *thread = relative_get(&unfolding->header->threads);
	int result = 0;

	for (; thread; thread = relative_get(&thread->next)) {
		const struct call_stats *stats = relative_get(&thread->calls);

		for (; stats && result == 0; stats = relative_get(&stats->next))
			result = add_rest(unfolding, list, stats);
	}
	return result;
}

/* -- Spans ----------------------------------------------------------------------------------------- */

static int fold_span(struct recording *recording, const struct unfolding *unfolding, const struct label_span *span)
{
	const struct span_call *call = relative_get(&span->calls);
	struct call_list calls = {0};
	int result = 0;

	for (; call && result == 0; call = relative_get(&call->next))
		result = add_call(unfolding, &calls, call);
	if (result == 0 && span == relative_get(&unfolding->header->present_span))
		result = add_rests(unfolding, &calls);
	if (result == 0)
		result = move(recording, unfolding, span, &calls);
	call_list_deinit(&calls);
	return result;
}

int fold_spans(struct recording *recording, const struct region_image *image, const struct process_record *process,
	       const struct failure_classes *classes)
{
	const struct unfolding unfolding = {image->header, process, classes};
	const struct label_span *span = relative_get(&image->header->spans);
	int result = 0;

	for (; span && result == 0; span = relative_get(&span->next))
		result = fold_span(recording, &unfolding, span);
	return result;
}
