// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/recording.h"

static void add_counts(uint64_t *sum, uint64_t amount)
{
	if (__builtin_add_overflow(*sum, amount, sum))
		*sum = UINT64_MAX;
}

/* -- Finding a part -------------------------------------------------------------------------------- */

/* What tells parts apart. */
struct part_key {
	const char *test;
	const char *program;
	const char *labels;
};

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static uint64_t hash_of(const struct part_key *key)
{
	uint64_t hash = hash_string(HASH_START, key->test ? key->test : "");

	hash = hash_string(hash, key->program ? key->program : "");
	return hash_string(hash, key->labels);
}

static struct part *find(const struct part_list *list, const struct part_key *key)
{
	uint64_t hash = hash_of(key);
	size_t cursor = 0;
	size_t position;

	while (hash_index_next(&list->index, hash, &cursor, &position)) {
		struct part *part = &list->parts[position];

		if (is_same(part->test, key->test) && is_same(part->program, key->program) &&
		    strcmp(part->labels, key->labels) == 0)
			return part;
	}
	return NULL;
}

static void part_deinit(struct part *part)
{
	for (size_t i = 0; i < part->n_calls; i++)
		free(part->calls[i].errors);
	free(part->calls);
	free(part->test);
	free(part->program);
	free(part->labels);
}

static int fill(struct part *part, const struct part_key *key)
{
	*part = (struct part){
		.test = key->test ? strdup(key->test) : NULL,
		.program = key->program ? strdup(key->program) : NULL,
		.labels = strdup(key->labels),
		.started_ns = INT64_MAX,
		.ended_ns = INT64_MIN,
	};
	if ((!key->test || part->test) && (!key->program || part->program) && part->labels)
		return 0;
	part_deinit(part);
	return -ENOMEM;
}

static struct part *make(struct part_list *list, const struct part_key *key)
{
	if ((list->n_parts & (list->n_parts - 1)) == 0) {
		size_t room = list->n_parts ? 2 * list->n_parts : 1;
		struct part *parts = reallocarray(list->parts, room, sizeof(*parts));

		if (!parts)
			return NULL;
		list->parts = parts;
	}
	struct part *part = &list->parts[list->n_parts];

	if (fill(part, key) < 0)
		return NULL;
	if (hash_index_add(&list->index, hash_of(key), list->n_parts) < 0 ||
	    (key->test && hash_index_add(&list->by_test, hash_string(HASH_START, key->test), list->n_parts) < 0)) {
		part_deinit(part);
		return NULL;
	}
	list->n_parts++;
	return part;
}

/* The key with less and less detail, as long as there is no place for more. */
struct part *part_list_get(struct part_list *list, const char *test, const char *program, const char *labels)
{
	struct part_key key = {test, program, labels};
	struct part *part = find(list, &key);

	if (!part && list->n_parts >= PARTS_DETAILED) {
		key = (struct part_key){test, NULL, ""};
		part = find(list, &key);
	}
	if (!part && list->n_parts >= PARTS_MOST - 1) {
		key = (struct part_key){PART_OTHERS, NULL, ""};
		part = find(list, &key);
	}
	return part ? part : make(list, &key);
}

const struct part *part_list_next(const struct part_list *list, const char *test, size_t *cursor)
{
	size_t position;

	while (hash_index_next(&list->by_test, hash_string(HASH_START, test), cursor, &position))
		if (strcmp(list->parts[position].test, test) == 0)
			return &list->parts[position];
	return NULL;
}

void part_list_deinit(struct part_list *list)
{
	for (size_t i = 0; i < list->n_parts; i++)
		part_deinit(&list->parts[i]);
	free(list->parts);
	hash_index_deinit(&list->index);
	hash_index_deinit(&list->by_test);
	*list = (struct part_list){0};
}

uint64_t part_call_time_ns(const struct part_call *call)
{
	uint64_t others;
	bool is_none = __builtin_add_overflow(call->failures, call->unfinished, &others) || others >= call->count;

	return scaled_time_ns(call->sum_ns, call->timed, is_none ? 0 : call->count - others);
}

uint64_t part_error_time_ns(const struct part_error *error)
{
	return scaled_time_ns(error->sum_ns, error->timed, error->count);
}

/* -- Adding ---------------------------------------------------------------------------------------- */

static int compare(const struct part_call *part_call, const char *name, const char *kind)
{
	int order = strcmp(part_call->name, name);

	return order ? order : strcmp(part_call->kind, kind);
}

/* Room for one more; the capacity is the next power of two. */
static int grow(struct part *part)
{
	if (part->n_calls & (part->n_calls - 1))
		return 0;
	size_t room = part->n_calls ? 2 * part->n_calls : 1;
	struct part_call *calls = reallocarray(part->calls, room, sizeof(*calls));

	if (!calls)
		return -ENOMEM;
	part->calls = calls;
	return 0;
}

struct part_call *part_call_get(struct part *part, const char *name, const char *kind, const char *group)
{
	size_t position = part->n_calls;

	/* Calls come in the order of names, so it is the last one that is looked for, or one to be made behind it. */
	while (position > 0 && compare(&part->calls[position - 1], name, kind) > 0)
		position--;
	if (position > 0 && compare(&part->calls[position - 1], name, kind) == 0)
		return &part->calls[position - 1];
	if (grow(part) < 0)
		return NULL;
	memmove(&part->calls[position + 1], &part->calls[position],
		(part->n_calls - position) * sizeof(*part->calls));
	part->calls[position] = (struct part_call){.name = name, .kind = kind, .group = group};
	part->n_calls++;
	return &part->calls[position];
}

int part_call_add_error(struct part_call *part_call, const struct part_error *error)
{
	for (size_t i = 0; i < part_call->n_errors; i++)
		if (strcmp(part_call->errors[i].symbol, error->symbol) == 0) {
			add_counts(&part_call->errors[i].count, error->count);
			add_counts(&part_call->errors[i].timed, error->timed);
			add_counts(&part_call->errors[i].sum_ns, error->sum_ns);
			return 0;
		}
	struct part_error *errors = reallocarray(part_call->errors, part_call->n_errors + 1, sizeof(*errors));

	if (!errors)
		return -ENOMEM;
	part_call->errors = errors;
	errors[part_call->n_errors++] = *error;
	return 0;
}

/* The symbol as the recording's own list has it, which lives as long as the part. */
static const char *kept_symbol(const struct call_totals *call, const char *symbol)
{
	for (size_t i = 0; i < call->n_errors; i++)
		if (strcmp(call->errors[i].symbol, symbol) == 0)
			return call->errors[i].symbol;
	return NULL;
}

static int add_errors(struct part_call *part_call, const struct call_totals *kept, const struct call_totals *call)
{
	for (size_t i = 0; i < call->n_errors; i++) {
		const struct error_totals *totals = &call->errors[i];
		const struct part_error error = {
			.symbol = kept_symbol(kept, totals->symbol),
			.is_expected = totals->is_expected,
			.count = totals->count,
			.timed = totals->timed,
			.sum_ns = totals->sum_ns,
		};

		if (!error.symbol || part_call_add_error(part_call, &error) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int add_call(const struct recording *recording, struct part *part, const struct call_totals *call)
{
	const struct call_totals *kept = call_list_find(&recording->calls, call->name, call->kind);
	struct part_call *part_call = kept ? part_call_get(part, kept->name, kept->kind, kept->group) : NULL;

	if (!part_call)
		return -ENOMEM;
	add_counts(&part_call->count, call->count);
	add_counts(&part_call->failures, call->failures);
	add_counts(&part_call->expected, call->expected);
	add_counts(&part_call->unfinished, call->unfinished);
	add_counts(&part_call->bytes, call->bytes);
	add_counts(&part_call->timed, call->timed);
	add_counts(&part_call->sum_ns, call->sum_ns);
	return add_errors(part_call, kept, call);
}

static void note_time(struct part *part, int64_t started_ns, int64_t ended_ns)
{
	if (started_ns < part->started_ns)
		part->started_ns = started_ns;
	if (ended_ns > part->ended_ns)
		part->ended_ns = ended_ns;
}

static void add_circumstances(struct part *part, const struct process_record *process)
{
	int64_t ended_ns = process->started_ns + (int64_t)process->wall_ns;

	part->n_images++;
	part->n_processes += process->exit.kind != EXIT_EXECUTED;
	part->n_threads += process->n_threads;
	if (process->memory.is_known && (!part->has_peak || process->memory.peak > part->peak)) {
		part->has_peak = true;
		part->peak = process->memory.peak;
	}
	note_time(part, process->started_ns, ended_ns);
}

/* The part of the process, in which its calls are. */
static struct part *part_of(struct recording *recording, const struct process_record *process)
{
	char *labels = label_set_text(&process->labels);
	struct part *part =
		labels ? part_list_get(&recording->parts, process->test, process->executable, labels) : NULL;

	free(labels);
	return part;
}

int part_list_add(struct recording *recording, const struct process_record *process)
{
	struct part *part = part_of(recording, process);
	int result = part ? 0 : -ENOMEM;

	if (part)
		add_circumstances(part, process);
	for (size_t i = 0; result == 0 && i < process->calls.n_calls; i++)
		result = add_call(recording, part, &process->calls.calls[i]);
	return result;
}

/* -- Merging --------------------------------------------------------------------------------------- */

static int merge_call(const struct recording *recording, struct part *part, const struct part_call *other)
{
	const struct call_totals *kept = call_list_find(&recording->calls, other->name, other->kind);
	struct part_call *call = kept ? part_call_get(part, kept->name, kept->kind, kept->group) : NULL;
	int result = call ? 0 : -ENOMEM;

	if (!call)
		return result;
	add_counts(&call->count, other->count);
	add_counts(&call->failures, other->failures);
	add_counts(&call->expected, other->expected);
	add_counts(&call->unfinished, other->unfinished);
	add_counts(&call->bytes, other->bytes);
	add_counts(&call->timed, other->timed);
	add_counts(&call->sum_ns, other->sum_ns);
	for (size_t i = 0; i < other->n_errors && result == 0; i++) {
		struct part_error error = other->errors[i];

		error.symbol = kept_symbol(kept, error.symbol);
		result = error.symbol ? part_call_add_error(call, &error) : -ENOMEM;
	}
	return result;
}

static int64_t span_of(const struct part *part)
{
	int64_t span;

	if (part->ended_ns <= part->started_ns || __builtin_sub_overflow(part->ended_ns, part->started_ns, &span))
		return 0;
	return span;
}

/* What was between two runs is not time of either: their times are put one behind the other. */
static void add_time(struct part *part, const struct part *other)
{
	int64_t span;

	if (__builtin_add_overflow(span_of(part), span_of(other), &span))
		span = INT64_MAX;
	if (other->started_ns < part->started_ns)
		part->started_ns = other->started_ns;
	if (__builtin_add_overflow(part->started_ns, span, &part->ended_ns))
		part->ended_ns = INT64_MAX;
}

int part_list_merge(struct recording *recording, const struct part *other, const char *labels)
{
	struct part *part = part_list_get(&recording->parts, other->test, other->program, labels);
	int result = part ? 0 : -ENOMEM;

	if (!part)
		return result;
	add_counts(&part->n_images, other->n_images);
	add_counts(&part->n_processes, other->n_processes);
	add_counts(&part->n_threads, other->n_threads);
	if (other->has_peak && (!part->has_peak || other->peak > part->peak)) {
		part->has_peak = true;
		part->peak = other->peak;
	}
	add_time(part, other);
	for (size_t i = 0; i < other->n_calls && result == 0; i++)
		result = merge_call(recording, part, &other->calls[i]);
	return result;
}

/* -- Moving ---------------------------------------------------------------------------------------- */

/* Of a process that runs, the one may have been looked at a moment before the other. */
static void subtract(uint64_t *sum, uint64_t amount)
{
	*sum = *sum > amount ? *sum - amount : 0;
}

static void subtract_error(struct part_call *call, const struct error_totals *other)
{
	for (size_t i = 0; i < call->n_errors; i++) {
		struct part_error *error = &call->errors[i];

		if (strcmp(error->symbol, other->symbol) != 0)
			continue;
		subtract(&error->count, other->count);
		subtract(&error->timed, other->timed);
		subtract(&error->sum_ns, other->sum_ns);
	}
}

static int subtract_call(struct part *part, const struct call_totals *other)
{
	struct part_call *call = part_call_get(part, other->name, other->kind, other->group);

	if (!call)
		return -ENOMEM;
	subtract(&call->count, other->count);
	subtract(&call->failures, other->failures);
	subtract(&call->expected, other->expected);
	subtract(&call->bytes, other->bytes);
	subtract(&call->timed, other->timed);
	subtract(&call->sum_ns, other->sum_ns);
	for (size_t i = 0; i < other->n_errors; i++)
		subtract_error(call, &other->errors[i]);
	return 0;
}

int part_list_move(struct recording *recording, const struct process_record *process, const struct part_span *span)
{
	/* Made first: making one moves the others. */
	struct part *to = part_list_get(&recording->parts, span->test, process->executable, span->labels);
	struct part *from = to ? part_of(recording, process) : NULL;
	int result = from ? 0 : -ENOMEM;

	if (from)
		note_time(to, span->started_ns, span->ended_ns);
	for (size_t i = 0; i < span->calls->n_calls && result == 0; i++) {
		const struct call_totals *call = &span->calls->calls[i];

		if (!call_list_find(&recording->calls, call->name, call->kind))
			continue; /* its own record was damaged */
		result = add_call(recording, to, call);
		if (result == 0)
			result = subtract_call(from, call);
	}
	return result;
}
