// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/measure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "calls/call.h"
#include "model/failure-class.h"
#include "model/pattern.h"

static const char *const figure_names[MEASURE_FIGURES] = {
	[MEASURE_CALLS] = "calls",   [MEASURE_FAILURES] = "failures",   [MEASURE_ERRORS] = "errors",
	[MEASURE_ERRNO] = "errors",  [MEASURE_BYTES] = "bytes",	      [MEASURE_TIME] = "time",
	[MEASURE_MEAN] = "mean",	    [MEASURE_P50] = "p50",	      [MEASURE_P99] = "p99",
	[MEASURE_PEAK] = "peak",	    [MEASURE_PROCESSES] = "processes", [MEASURE_THREADS] = "threads",
};

#define FIGURES_TEXT "calls, failures, errors, errors.ERRNO, bytes, time, mean, p50, p99, processes, threads or peak"

const char *measure_figure_name(enum measure_figure figure)
{
	return figure_names[figure];
}

bool measure_is_time(enum measure_figure figure)
{
	return figure == MEASURE_TIME || figure == MEASURE_MEAN || figure == MEASURE_P50 || figure == MEASURE_P99;
}

bool measure_is_of_run(enum measure_figure figure)
{
	return figure == MEASURE_PROCESSES || figure == MEASURE_THREADS || figure == MEASURE_PEAK;
}

/* -- Names ------------------------------------------------------------------------------------------ */

/* What follows a prefix, if that is anything. */
static const char *after(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(text, prefix, length) == 0 && text[length] ? text + length : NULL;
}

/* The program or test, and what follows it: names of tests have slashes, those of metrics have none. */
static int parse_scope(char *text, struct measure *metric, char **ret_rest, struct message *message)
{
	char *slash = strrchr(text, '/');

	*ret_rest = text;
	if (!slash)
		return 0;
	*slash = '\0';
	*ret_rest = slash + 1;
	metric->program = after(text, "program:");
	metric->test = after(text, "test:");
	if (metric->program || metric->test)
		return 0;
	message_set(message, "unknown scope '%s/': program:GLOB/ or test:GLOB/", text);
	return -EINVAL;
}

static int parse_subject(const char *subject, struct measure *metric, struct message *message)
{
	for (int call = 0; call < CALL_COUNT; call++) {
		if (strcmp(call_table[call].name, subject) == 0)
			metric->call = subject;
		if (strcmp(call_table[call].group, subject) == 0)
			metric->group = subject;
	}
	if (metric->call || metric->group)
		return 0;
	message_set(message, "'%s' is neither a call nor a group of calls", subject);
	return -EINVAL;
}

static int parse_figure(const char *name, struct measure *metric, struct message *message)
{
	for (int i = 0; i < MEASURE_FIGURES; i++) {
		if (i == MEASURE_ERRNO || strcmp(figure_names[i], name) != 0)
			continue;
		metric->figure = (enum measure_figure)i;
		if (measure_is_of_run(metric->figure) && (metric->call || metric->group))
			message_set(message, "'%s' is of processes, not of calls", name);
		else if (metric->test && (i == MEASURE_P50 || i == MEASURE_P99))
			message_set(message, "'%s' is not kept by test", name);
		else
			return 0;
		return -EINVAL;
	}
	message_set(message, "unknown figure '%s': " FIGURES_TEXT, name);
	return -EINVAL;
}

static int parse_symbol(const char *symbol, struct measure *metric, struct message *message)
{
	metric->figure = MEASURE_ERRNO;
	metric->symbol = symbol;
	if (failure_symbol_is_known(symbol))
		return 0;
	message_set(message, "unknown errno '%s'", symbol);
	return -EINVAL;
}

/* "open.errors.ENOENT", "errors.ENOENT", "open.calls", "calls" */
static int parse_name(char *text, struct measure *metric, struct message *message)
{
	char *dot = strchr(text, '.');

	if (dot && strncmp(text, "errors.", strlen("errors.")) != 0) {
		*dot = '\0';
		int result = parse_subject(text, metric, message);

		if (result < 0)
			return result;
		text = dot + 1;
		dot = strchr(text, '.');
	}
	if (!dot)
		return parse_figure(text, metric, message);
	*dot = '\0';
	if (strcmp(text, "errors") == 0)
		return parse_symbol(dot + 1, metric, message);
	message_set(message, "'%s' has no parts: only errors has, as in errors.ENOENT", text);
	return -EINVAL;
}

int measure_parse(const char *name, size_t length, struct measure *ret_metric, char **ret_copy,
		 struct message *ret_message)
{
	char *copy = strndup(name, length);
	struct measure metric = {0};
	char *rest;

	if (!copy)
		return -ENOMEM;
	int result = parse_scope(copy, &metric, &rest, ret_message);

	if (result == 0)
		result = parse_name(rest, &metric, ret_message);
	if (result < 0) {
		free(copy);
		return result;
	}
	*ret_metric = metric;
	*ret_copy = copy;
	return 0;
}

/* -- Values ----------------------------------------------------------------------------------------- */

static bool is_meant(const struct call_totals *call, const struct measure *metric)
{
	return (!metric->group || strcmp(call->group, metric->group) == 0) &&
	       (!metric->call || strcmp(call->name, metric->call) == 0) &&
	       (!metric->kind || strcmp(call->kind, metric->kind) == 0);
}

/* All that is meant of a list is added to the sum, as one call. */
static void add_list(struct call_totals *sum, const struct call_list *list, const struct measure *metric)
{
	for (size_t i = 0; i < list->n_calls; i++)
		if (is_meant(&list->calls[i], metric))
			call_totals_add(sum, &list->calls[i]);
}

/* What is not known is like "*" only. */
static bool is_program_meant(const struct measure *metric, const char *path)
{
	return pattern_has_program(metric->program, path ? path : "");
}

/* -- Of parts -------------------------------------------------------------------------------------- */

static bool has_scope(const struct measure *metric)
{
	return metric->test || metric->program;
}

/* The next part that is meant; begins where *cursor is 0. NULL: there is no more. */
static const struct part *next_part(const struct recording *recording, const struct measure *metric, size_t *cursor)
{
	const struct part_list *list = &recording->parts;

	if (metric->test)
		return part_list_next(list, metric->test, cursor);
	while (*cursor < list->n_parts) {
		const struct part *part = &list->parts[(*cursor)++];

		if (is_program_meant(metric, part->program))
			return part;
	}
	return NULL;
}

/* Whether the parts tell it: they have no distributions, and documents of older versions have no parts. */
static bool is_told_by_parts(const struct recording *recording, const struct measure *metric)
{
	return has_scope(metric) && recording->parts.n_parts && metric->figure != MEASURE_P50 &&
	       metric->figure != MEASURE_P99;
}

static bool is_part_call_meant(const struct part_call *call, const struct measure *metric)
{
	const struct call_totals names = {.name = (char *)call->name, .kind = (char *)call->kind, .group = (char *)call->group};

	return is_meant(&names, metric);
}

static void add_count(uint64_t *sum, uint64_t amount)
{
	if (__builtin_add_overflow(*sum, amount, sum))
		*sum = UINT64_MAX;
}

static uint64_t part_failures_with(const struct part_call *call, const char *symbol)
{
	for (size_t i = 0; i < call->n_errors; i++)
		if (strcmp(call->errors[i].symbol, symbol) == 0)
			return call->errors[i].count;
	return 0;
}

/* What a call adds to a figure; the mean needs two. */
static void add_part_call(uint64_t *sum, uint64_t *timed, const struct part_call *call, const struct measure *metric)
{
	switch (metric->figure) {
	case MEASURE_CALLS:
		add_count(sum, call->count);
		break;
	case MEASURE_FAILURES:
		add_count(sum, call->failures);
		break;
	case MEASURE_ERRORS:
		add_count(sum, call->failures > call->expected ? call->failures - call->expected : 0);
		break;
	case MEASURE_ERRNO:
		add_count(sum, part_failures_with(call, metric->symbol));
		break;
	case MEASURE_BYTES:
		add_count(sum, call->bytes);
		break;
	case MEASURE_TIME:
		add_count(sum, part_call_time_ns(call));
		break;
	default:
		add_count(sum, call->sum_ns);
		add_count(timed, call->timed);
		break;
	}
}

static void add_part(uint64_t *sum, uint64_t *timed, const struct part *part, const struct measure *metric)
{
	if (metric->figure == MEASURE_PROCESSES)
		add_count(sum, part->n_processes);
	else if (metric->figure == MEASURE_THREADS)
		add_count(sum, part->n_threads);
	else if (metric->figure == MEASURE_PEAK)
		*sum = part->has_peak && part->peak > *sum ? part->peak : *sum;
	else
		for (size_t i = 0; i < part->n_calls; i++)
			if (is_part_call_meant(&part->calls[i], metric))
				add_part_call(sum, timed, &part->calls[i], metric);
}

static bool value_of_parts(const struct recording *recording, const struct measure *metric, uint64_t *ret_value)
{
	const struct part *part;
	uint64_t sum = 0;
	uint64_t timed = 0;
	size_t cursor = 0;
	bool is_there = metric->program;
	bool has_peak = false;

	while ((part = next_part(recording, metric, &cursor))) {
		add_part(&sum, &timed, part, metric);
		is_there = true;
		has_peak |= part->has_peak;
	}
	*ret_value = metric->figure == MEASURE_MEAN && timed ? sum / timed : sum;
	if (metric->figure == MEASURE_MEAN)
		return timed;
	return metric->figure == MEASURE_PROCESSES || metric->figure == MEASURE_CALLS ||
	       (is_there && (metric->figure != MEASURE_PEAK || has_peak));
}

bool recording_has_program(const struct recording *recording, const char *pattern)
{
	const struct measure metric = {.program = pattern};
	size_t cursor = 0;

	for (size_t i = 0; i < recording->n_process_records; i++)
		if (is_program_meant(&metric, recording->processes[i]->executable))
			return true;
	return next_part(recording, &metric, &cursor);
}

/* -- Of the run ------------------------------------------------------------------------------------ */

static void add_programs(struct call_totals *sum, const struct recording *recording, const struct measure *metric)
{
	for (size_t i = 0; i < recording->n_process_records; i++)
		if (is_program_meant(metric, recording->processes[i]->executable))
			add_list(sum, &recording->processes[i]->calls, metric);
}

static uint64_t failures_with(const struct call_totals *sum, const char *symbol)
{
	for (size_t i = 0; i < sum->n_errors; i++)
		if (strcmp(sum->errors[i].symbol, symbol) == 0)
			return sum->errors[i].count;
	return 0;
}

/* Where failures are of one class in one call and of another in another, the sum has both. */
static uint64_t count_errors(const struct call_totals *sum)
{
	return sum->failures - sum->expected;
}

static bool value_of_calls(const struct call_totals *sum, const struct measure *metric, uint64_t *ret_value)
{
	switch (metric->figure) {
	case MEASURE_CALLS:
		*ret_value = sum->count;
		return true;
	case MEASURE_FAILURES:
		*ret_value = sum->failures;
		return true;
	case MEASURE_ERRORS:
		*ret_value = count_errors(sum);
		return true;
	case MEASURE_ERRNO:
		*ret_value = failures_with(sum, metric->symbol);
		return true;
	case MEASURE_BYTES:
		*ret_value = sum->bytes;
		return true;
	case MEASURE_TIME:
		*ret_value = call_totals_time_ns(sum);
		return true;
	case MEASURE_MEAN:
		*ret_value = sum->timed ? sum->sum_ns / sum->timed : 0;
		return sum->timed;
	default:
		*ret_value = (uint64_t)call_totals_quantile_ns(sum, metric->figure == MEASURE_P50 ? 0.5 : 0.99);
		return sum->timed;
	}
}

static bool value_of_run(const struct recording *recording, enum measure_figure figure, uint64_t *ret_value)
{
	*ret_value = figure == MEASURE_PROCESSES ? recording->n_processes
		     : figure == MEASURE_THREADS ? recording->n_threads
						: recording->largest_memory.peak;
	return figure != MEASURE_PEAK || recording->largest_memory.is_known;
}

/* What is sampled in one call and not in another has no common scale: times are added call by call. */
static uint64_t sum_of_times(const struct call_list *list, const struct measure *metric, uint64_t sum)
{
	for (size_t i = 0; i < list->n_calls; i++)
		if (is_meant(&list->calls[i], metric) &&
		    __builtin_add_overflow(sum, call_totals_time_ns(&list->calls[i]), &sum))
			return UINT64_MAX;
	return sum;
}

static uint64_t whole_time(const struct recording *recording, const struct measure *metric)
{
	uint64_t sum = 0;

	if (!metric->program)
		return sum_of_times(&recording->calls, metric, 0);
	for (size_t i = 0; i < recording->n_process_records; i++)
		if (is_program_meant(metric, recording->processes[i]->executable))
			sum = sum_of_times(&recording->processes[i]->calls, metric, sum);
	return sum;
}

/* A group of which some calls are off is what is counted of it. */
static bool counts_any_of(const struct recording *recording, const char *group)
{
	for (unsigned int call = 0; call < CALL_COUNT; call++)
		if (strcmp(call_table[call].group, group) == 0 && recording_counts_call(recording, call_table[call].name))
			return true;
	return false;
}

bool measure_is_counted(const struct recording *recording, const struct measure *metric)
{
	if (!recording->off.n_items && !recording->switched.n_items)
		return true;
	return metric->call ? recording_counts_call(recording, metric->call)
			    : !metric->group || counts_any_of(recording, metric->group);
}

bool measure_value(const struct recording *recording, const struct measure *metric, uint64_t *ret_value)
{
	struct call_list list = {0};
	struct call_totals *sum;
	bool is_known;

	if (!measure_is_counted(recording, metric))
		return false;
	if (is_told_by_parts(recording, metric))
		return value_of_parts(recording, metric, ret_value);
	if (metric->test || (metric->program && measure_is_of_run(metric->figure)))
		return false;
	if (measure_is_of_run(metric->figure))
		return value_of_run(recording, metric->figure, ret_value);
	if (metric->figure == MEASURE_TIME) {
		*ret_value = whole_time(recording, metric);
		return true;
	}
	sum = call_list_get(&list, "", "", "");
	if (!sum)
		return false;
	if (metric->program)
		add_programs(sum, recording, metric);
	else
		add_list(sum, &recording->calls, metric);
	is_known = value_of_calls(sum, metric, ret_value);
	call_list_deinit(&list);
	return is_known;
}
