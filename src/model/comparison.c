// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/comparison.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Times within this part of each other are the same. */
static const double time_noise = 0.25;

static int compare_values(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

bool side_counts(const struct side *side, const struct measure *metric)
{
	for (size_t i = 0; i < side->n_recordings; i++)
		if (!measure_is_counted(&side->recordings[i], metric))
			return false;
	return true;
}

struct spread side_value(const struct side *side, const struct measure *metric)
{
	uint64_t *values = side_counts(side, metric) ? calloc(side->n_recordings + 1, sizeof(*values)) : NULL;
	struct spread spread = {0};
	size_t n = 0;

	for (size_t i = 0; values && i < side->n_recordings; i++)
		n += measure_value(&side->recordings[i], metric, &values[n]);
	if (n) {
		qsort(values, n, sizeof(*values), compare_values);
		spread = (struct spread){n, values[n / 2], values[0], values[n - 1]};
	}
	free(values);
	return spread;
}

static bool is_same_command(char *const *a, char *const *b)
{
	while (*a && *b && strcmp(*a, *b) == 0) {
		a++;
		b++;
	}
	return !*a && !*b;
}

/* All that are known are the first that is. */
static bool is_of_command(const struct side *side, char *const **command)
{
	for (size_t i = 0; i < side->n_recordings; i++) {
		char *const *own = side->recordings[i].command;

		if (!*command)
			*command = own;
		if (own && !is_same_command(own, *command))
			return false;
	}
	return true;
}

bool sides_have_one_command(const struct side *before, const struct side *after)
{
	char *const *command = NULL;

	return is_of_command(before, &command) && is_of_command(after, &command);
}

static bool is_beyond_noise(const struct spread *low, const struct spread *high)
{
	return (double)high->least > (double)low->most * (1 + time_noise);
}

bool comparison_has_times(const struct side *before, const struct side *after)
{
	return before->n_recordings >= COMPARISON_TIMES_LEAST && after->n_recordings >= COMPARISON_TIMES_LEAST;
}

bool change_is_real(const struct change *change)
{
	const struct spread *before = &change->before;
	const struct spread *after = &change->after;

	if (measure_is_time(change->metric.figure))
		return before->n_values >= COMPARISON_TIMES_LEAST && after->n_values >= COMPARISON_TIMES_LEAST &&
		       (is_beyond_noise(before, after) || is_beyond_noise(after, before));
	/* A figure that a side does not have is none, and not 0. */
	if (!before->n_values || !after->n_values)
		return false;
	return after->least > before->most || before->least > after->most;
}

/* How far the two sides are apart: 0 for none at all. */
static double distance(const struct change *change)
{
	double before = (double)change->before.median;
	double after = (double)change->after.median;

	return fabs(log((after + 1) / (before + 1)));
}

/* NULL comes first. */
static int compare_texts(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

/* Of a test that both sides have, there are changes of single calls and of processes. */
static bool is_of_new_test(const struct change *change)
{
	return change->metric.test && !change->metric.call && change->metric.figure == MEASURE_CALLS;
}

static int compare_tests(const struct change *a, const struct change *b)
{
	if (!a->metric.test || !b->metric.test)
		return compare_texts(a->metric.test, b->metric.test);
	if (is_of_new_test(a) != is_of_new_test(b))
		return is_of_new_test(a) ? 1 : -1;
	if (a->test_distance != b->test_distance)
		return a->test_distance > b->test_distance ? -1 : 1;
	return strcmp(a->metric.test, b->metric.test);
}

/* Counts before times: they are certain. */
static int compare_changes(const void *left, const void *right)
{
	const struct change *a = left;
	const struct change *b = right;
	int test_order = compare_tests(a, b);
	bool is_time = measure_is_time(a->metric.figure);

	if (test_order)
		return test_order;
	if (is_time != measure_is_time(b->metric.figure))
		return is_time ? 1 : -1;
	double difference = distance(b) - distance(a);

	if (difference != 0)
		return difference > 0 ? 1 : -1;
	int order = compare_texts(a->metric.call, b->metric.call);

	if (!order)
		order = compare_texts(a->metric.kind, b->metric.kind);
	if (!order)
		order = compare_texts(a->metric.symbol, b->metric.symbol);

	return order ? order : (int)a->metric.figure - (int)b->metric.figure;
}

struct comparing {
	struct comparison *comparison;
	const struct side *before;
	const struct side *after;
	size_t room;
};

static int add(struct comparing *comparing, const struct measure *metric)
{
	struct comparison *comparison = comparing->comparison;
	struct change change = {
		.metric = *metric,
		.before = side_value(comparing->before, metric),
		.after = side_value(comparing->after, metric),
	};

	if (!change_is_real(&change))
		return 0;
	if (comparison->n_changes == comparing->room) {
		size_t room = comparing->room * 2 + 16;
		struct change *changes = reallocarray(comparison->changes, room, sizeof(*changes));

		if (!changes)
			return -ENOMEM;
		comparison->changes = changes;
		comparing->room = room;
	}
	comparison->changes[comparison->n_changes++] = change;
	return 0;
}

/* Whether an earlier recording of both sides has the call, and with a symbol the failure, so that it has had its turn. */
static bool is_in_earlier(const struct comparing *comparing, const struct recording *until,
			  const struct measure *metric)
{
	const struct side *sides[] = {comparing->before, comparing->after};

	for (int k = 0; k < 2; k++) {
		for (size_t i = 0; i < sides[k]->n_recordings; i++) {
			const struct recording *recording = &sides[k]->recordings[i];
			const struct call_totals *call = call_list_find(&recording->calls, metric->call, metric->kind);

			if (recording == until)
				return false;
			for (size_t e = 0; call && metric->symbol && e < call->n_errors; e++)
				if (strcmp(call->errors[e].symbol, metric->symbol) == 0)
					return true;
			if (call && !metric->symbol)
				return true;
		}
	}
	return false;
}

static int add_errors(struct comparing *comparing, const struct recording *recording,
		      const struct call_totals *call)
{
	int result = 0;

	for (size_t i = 0; i < call->n_errors && result == 0; i++) {
		const struct measure metric = {.figure = MEASURE_ERRNO,
					      .call = call->name,
					      .kind = call->kind,
					      .symbol = call->errors[i].symbol};

		if (!is_in_earlier(comparing, recording, &metric))
			result = add(comparing, &metric);
	}
	return result;
}

static int add_call(struct comparing *comparing, const struct recording *recording, const struct call_totals *call)
{
	static const enum measure_figure figures[] = {MEASURE_CALLS, MEASURE_BYTES, MEASURE_MEAN};
	struct measure metric = {.call = call->name, .kind = call->kind};
	int result = add_errors(comparing, recording, call);

	if (is_in_earlier(comparing, recording, &metric))
		return result;
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]) && result == 0; i++) {
		metric.figure = figures[i];
		result = add(comparing, &metric);
	}
	return result;
}

static int add_side(struct comparing *comparing, const struct side *side)
{
	int result = 0;

	for (size_t i = 0; i < side->n_recordings; i++) {
		const struct recording *recording = &side->recordings[i];

		for (size_t k = 0; k < recording->calls.n_calls && result == 0; k++)
			result = add_call(comparing, recording, &recording->calls.calls[k]);
	}
	return result;
}

/* -- By test --------------------------------------------------------------------------------------- */

/* The figures of one call in one test: what it is told by in a set. */
struct test_call {
	const char *name;
	const char *kind;
	const char *symbol; /* NULL: not of failures */
};

static int compare_test_calls(const void *left, const void *right)
{
	const struct test_call *a = left;
	const struct test_call *b = right;
	int order = strcmp(a->name, b->name);

	if (!order)
		order = strcmp(a->kind, b->kind);
	return order ? order : compare_texts(a->symbol, b->symbol);
}

struct test_calls {
	struct test_call *calls;
	size_t n_calls;
	size_t room;
};

static int note_test_call(struct test_calls *set, const struct part_call *call, const char *symbol)
{
	if (set->n_calls == set->room) {
		size_t room = set->room * 2 + 64;
		struct test_call *calls = reallocarray(set->calls, room, sizeof(*calls));

		if (!calls)
			return -ENOMEM;
		set->calls = calls;
		set->room = room;
	}
	set->calls[set->n_calls++] = (struct test_call){call->name, call->kind, symbol};
	return 0;
}

static int note_part(struct test_calls *set, const struct part *part)
{
	int result = 0;

	for (size_t i = 0; i < part->n_calls && result == 0; i++) {
		const struct part_call *call = &part->calls[i];

		result = note_test_call(set, call, NULL);
		for (size_t e = 0; e < call->n_errors && result == 0; e++)
			result = note_test_call(set, call, call->errors[e].symbol);
	}
	return result;
}

static int note_side(struct test_calls *set, const struct side *side, const char *test)
{
	const struct part *part;
	int result = 0;

	for (size_t i = 0; i < side->n_recordings; i++) {
		size_t cursor = 0;

		while (result == 0 && (part = part_list_next(&side->recordings[i].parts, test, &cursor)))
			result = note_part(set, part);
	}
	return result;
}

static int add_test_call(struct comparing *comparing, const char *test, const struct test_call *call)
{
	struct measure metric = {.test = test, .call = call->name, .kind = call->kind, .symbol = call->symbol};
	int result;

	metric.figure = call->symbol ? MEASURE_ERRNO : MEASURE_CALLS;
	result = add(comparing, &metric);
	if (result < 0 || call->symbol)
		return result;
	metric.figure = MEASURE_BYTES;
	return add(comparing, &metric);
}

static int add_test_calls(struct comparing *comparing, const char *test)
{
	struct test_calls set = {0};
	int result = note_side(&set, comparing->before, test);

	if (result == 0)
		result = note_side(&set, comparing->after, test);
	if (set.n_calls)
		qsort(set.calls, set.n_calls, sizeof(*set.calls), compare_test_calls);
	for (size_t i = 0; i < set.n_calls && result == 0; i++)
		if (i == 0 || compare_test_calls(&set.calls[i - 1], &set.calls[i]) != 0)
			result = add_test_call(comparing, test, &set.calls[i]);
	free(set.calls);
	return result;
}

bool side_has_test(const struct side *side, const char *test)
{
	for (size_t i = 0; i < side->n_recordings; i++) {
		size_t cursor = 0;

		if (!part_list_next(&side->recordings[i].parts, test, &cursor))
			return false;
	}
	return side->n_recordings;
}

/* Of the test whose changes are the last ones, from `first` on. */
static void note_test_distance(struct comparison *comparison, size_t first)
{
	double greatest = 0;

	for (size_t i = first; i < comparison->n_changes; i++)
		greatest = fmax(greatest, distance(&comparison->changes[i]));
	for (size_t i = first; i < comparison->n_changes; i++)
		comparison->changes[i].test_distance = greatest;
}

static int add_test(struct comparing *comparing, const char *test)
{
	size_t first = comparing->comparison->n_changes;
	bool is_in_both = side_has_test(comparing->before, test) && side_has_test(comparing->after, test);
	struct measure metric = {.figure = is_in_both ? MEASURE_PROCESSES : MEASURE_CALLS, .test = test};
	int result = add(comparing, &metric);

	if (result == 0 && is_in_both)
		result = add_test_calls(comparing, test);
	note_test_distance(comparing->comparison, first);
	return result;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static size_t note_names(const char **names, const struct side *side)
{
	size_t n = 0;

	for (size_t i = 0; i < side->n_recordings; i++) {
		const struct part_list *list = &side->recordings[i].parts;

		for (size_t k = 0; k < list->n_parts; k++) {
			if (!list->parts[k].test)
				continue;
			if (names)
				names[n] = list->parts[k].test;
			n++;
		}
	}
	return n;
}

int test_names_init(struct test_names *names, const struct side *before, const struct side *after)
{
	size_t n = note_names(NULL, before) + note_names(NULL, after);

	*names = (struct test_names){.names = calloc(n + 1, sizeof(*names->names))};
	if (!names->names)
		return -ENOMEM;
	note_names(names->names + note_names(names->names, before), after);
	qsort(names->names, n, sizeof(*names->names), compare_names);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(names->names[i], names->names[names->n_names - 1]) != 0)
			names->names[names->n_names++] = names->names[i];
	return 0;
}

void test_names_deinit(struct test_names *names)
{
	free(names->names);
	*names = (struct test_names){0};
}

static int add_tests(struct comparing *comparing)
{
	struct test_names names;
	int result = test_names_init(&names, comparing->before, comparing->after);

	for (size_t i = 0; i < names.n_names && result == 0; i++)
		result = add_test(comparing, names.names[i]);
	test_names_deinit(&names);
	return result;
}

/* -- What is not compared -------------------------------------------------------------------------- */

static bool is_off_in(const struct side *side, const char *name)
{
	for (size_t i = 0; i < side->n_recordings; i++)
		if (!name_counts_get(&side->recordings[i].off, name))
			return false;
	return true;
}

/* What nobody has wanted to be counted is not missed. */
static int note_names_of(struct comparing *comparing, const struct name_counts *names)
{
	int result = 0;

	for (size_t i = 0; i < names->n_items && result == 0; i++)
		if (!is_off_in(comparing->before, names->items[i].name) ||
		    !is_off_in(comparing->after, names->items[i].name))
			result = name_set_add(&comparing->comparison->not_compared, names->items[i].name);
	return result;
}

static int note_not_compared(struct comparing *comparing, const struct side *side)
{
	int result = 0;

	for (size_t i = 0; i < side->n_recordings && result == 0; i++) {
		result = note_names_of(comparing, &side->recordings[i].off);
		if (result == 0)
			result = note_names_of(comparing, &side->recordings[i].switched);
	}
	return result;
}

int comparison_init(struct comparison *comparison, const struct side *before, const struct side *after)
{
	static const enum measure_figure of_run[] = {MEASURE_PROCESSES, MEASURE_THREADS, MEASURE_PEAK};
	struct comparing comparing = {.comparison = comparison, .before = before, .after = after};
	int result = 0;

	*comparison = (struct comparison){0};
	for (size_t i = 0; i < sizeof(of_run) / sizeof(of_run[0]) && result == 0; i++)
		result = add(&comparing, &(struct measure){.figure = of_run[i]});
	if (result == 0)
		result = add_side(&comparing, before);
	if (result == 0)
		result = add_side(&comparing, after);
	if (result == 0)
		result = add_tests(&comparing);
	if (result == 0)
		result = note_not_compared(&comparing, before);
	if (result == 0)
		result = note_not_compared(&comparing, after);
	if (comparison->n_changes)
		qsort(comparison->changes, comparison->n_changes, sizeof(*comparison->changes), compare_changes);
	return result;
}

bool comparison_counts_alike(const struct comparison *comparison, const struct measure *metric)
{
	const struct name_counts *names = &comparison->not_compared;

	if (metric->call || measure_is_of_run(metric->figure))
		return true;
	for (size_t i = 0; i < names->n_items; i++)
		if (!metric->group || call_is_of_group(names->items[i].name, metric->group))
			return false;
	return true;
}

void comparison_deinit(struct comparison *comparison)
{
	free(comparison->changes);
	name_counts_deinit(&comparison->not_compared);
	*comparison = (struct comparison){0};
}
