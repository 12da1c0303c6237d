// SPDX-License-Identifier: MIT
/*
 * Totals are whole numbers and stay exact; a sum that passes 2^64, which only a damaged file can
 * bring about, stops there. A list of calls is kept in the order of names, so that finding one is a
 * binary search and the result does not depend on the order of adding.
 */
#include "config.h"

#include "model/recording.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/distribution.h"

static void add_counts(uint64_t *sum, uint64_t amount)
{
	if (__builtin_add_overflow(*sum, amount, sum))
		*sum = UINT64_MAX;
}

static void errors_deinit(struct error_totals *errors, size_t n_errors)
{
	for (size_t i = 0; i < n_errors; i++)
		free(errors[i].symbol);
	free(errors);
}

static void call_totals_deinit(struct call_totals *totals)
{
	free(totals->name);
	bucket_counts_deinit(&totals->buckets);
	errors_deinit(totals->errors, totals->n_errors);
	exemplar_list_deinit(&totals->exemplars);
}

void call_list_deinit(struct call_list *list)
{
	for (size_t i = 0; i < list->n_calls; i++)
		call_totals_deinit(&list->calls[i]);
	free(list->calls);
	*list = (struct call_list){0};
}

void process_record_deinit(struct process_record *process)
{
	free(process->executable);
	free(process->command);
	free(process->allocator);
	free(process->test);
	label_set_deinit(&process->labels);
	name_counts_deinit(&process->coverage.raw_calls);
	call_list_deinit(&process->calls);
}

void process_record_free(struct process_record *process)
{
	process_record_deinit(process);
	free(process);
}

void recording_deinit(struct recording *recording)
{
	for (char **word = recording->command; word && *word; word++)
		free(*word);
	for (size_t i = 0; i < recording->n_labels; i++) {
		free(recording->labels[i].key);
		free(recording->labels[i].value);
	}
	for (size_t i = 0; i < recording->n_process_records; i++)
		process_record_free(recording->processes[i]);
	for (size_t i = 0; i < recording->n_unwatched; i++)
		free(recording->unwatched[i].command);
	part_list_deinit(&recording->parts);
	call_list_deinit(&recording->calls);
	metric_list_deinit(&recording->metrics);
	object_list_deinit(&recording->files);
	object_list_deinit(&recording->peers);
	stack_list_deinit(&recording->stacks);
	name_counts_deinit(&recording->raw_calls);
	name_counts_deinit(&recording->off);
	name_counts_deinit(&recording->switched);
	name_counts_deinit(&recording->retimed);
	free(recording->command);
	free(recording->labels);
	free(recording->processes);
	free(recording->unwatched);
	for (size_t i = 0; i < recording->n_plugins; i++)
		plugin_record_deinit(&recording->plugins[i]);
	free(recording->plugins);
	free(recording->id);
	free(recording->host);
	free(recording->version);
	*recording = (struct recording){0};
}

/* Where the call is, or would be. */
static size_t call_position(const struct call_list *list, const char *name, const char *kind,
			    bool *ret_is_there)
{
	size_t low = 0;
	size_t high = list->n_calls;

	*ret_is_there = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, list->calls[middle].name);

		if (order == 0)
			order = strcmp(kind, list->calls[middle].kind);
		if (order == 0) {
			*ret_is_there = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct call_totals *call_list_find(const struct call_list *list, const char *name, const char *kind)
{
	bool is_there;
	size_t position = call_position(list, name, kind, &is_there);

	return is_there ? &list->calls[position] : NULL;
}

/* Room for one more; the capacity is the next power of two, and at first what a small process has. */
static int call_list_grow(struct call_list *list)
{
	enum { AT_FIRST = 8 };

	if (list->n_calls && (list->n_calls < AT_FIRST || list->n_calls & (list->n_calls - 1)))
		return 0;
	size_t capacity = list->n_calls ? 2 * list->n_calls : AT_FIRST;
	void *calls = reallocarray(list->calls, capacity, sizeof(*list->calls));

	if (!calls)
		return -ENOMEM;
	list->calls = calls;
	return 0;
}

/* A call's three names in one piece of memory, which goes with the first. False: there is no memory. */
static bool copy_names(struct call_totals *totals, const char *name, const char *kind, const char *group)
{
	size_t name_size = strlen(name) + 1;
	size_t kind_size = strlen(kind) + 1;
	size_t group_size = strlen(group) + 1;
	char *names = malloc(name_size + kind_size + group_size);

	if (!names)
		return false;
	totals->name = memcpy(names, name, name_size);
	totals->kind = memcpy(names + name_size, kind, kind_size);
	totals->group = memcpy(names + name_size + kind_size, group, group_size);
	return true;
}

struct call_totals *call_list_get(struct call_list *list, const char *name, const char *kind,
				  const char *group)
{
	bool is_there;
	size_t position = call_position(list, name, kind, &is_there);

	if (is_there)
		return &list->calls[position];
	struct call_totals totals = {0};

	if (!copy_names(&totals, name, kind, group) || call_list_grow(list)) {
		call_totals_deinit(&totals);
		return NULL;
	}
	memmove(&list->calls[position + 1], &list->calls[position],
		(list->n_calls - position) * sizeof(totals));
	list->calls[position] = totals;
	list->n_calls++;
	return &list->calls[position];
}

static struct error_totals *find_error(const struct call_totals *totals, const char *symbol)
{
	for (size_t i = 0; i < totals->n_errors; i++)
		if (strcmp(totals->errors[i].symbol, symbol) == 0)
			return &totals->errors[i];
	return NULL;
}

static struct error_totals *add_error(struct call_totals *totals, const struct error_totals *other)
{
	struct error_totals *errors =
		reallocarray(totals->errors, totals->n_errors + 1, sizeof(*errors));

	if (!errors)
		return NULL;
	totals->errors = errors;
	char *symbol = strdup(other->symbol);

	if (!symbol)
		return NULL;
	errors[totals->n_errors] = (struct error_totals){
		.symbol = symbol,
		.is_expected = other->is_expected,
		.first_ns = other->first_ns,
		.last_ns = other->last_ns,
		.last_pid = other->last_pid,
	};
	return &errors[totals->n_errors++];
}

static int merge_error(struct call_totals *totals, const struct error_totals *other)
{
	struct error_totals *error = find_error(totals, other->symbol);

	if (!error)
		error = add_error(totals, other);
	if (!error)
		return -ENOMEM;
	add_counts(&error->count, other->count);
	add_counts(&error->timed, other->timed);
	add_counts(&error->sum_ns, other->sum_ns);
	if (other->first_ns < error->first_ns)
		error->first_ns = other->first_ns;
	if (other->last_ns > error->last_ns) {
		error->last_ns = other->last_ns;
		error->last_pid = other->last_pid;
	}
	return 0;
}

static int compare_errors(const void *a, const void *b)
{
	const struct error_totals *left = a;
	const struct error_totals *right = b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return strcmp(left->symbol, right->symbol);
}

static int merge_durations(struct call_totals *totals, const struct call_totals *other)
{
	if (!other->timed)
		return 0;
	if (bucket_counts_add_all(&totals->buckets, &other->buckets))
		return -ENOMEM;
	if (!totals->timed || other->min_ns < totals->min_ns)
		totals->min_ns = other->min_ns;
	if (other->max_ns > totals->max_ns)
		totals->max_ns = other->max_ns;
	add_counts(&totals->timed, other->timed);
	add_counts(&totals->sum_ns, other->sum_ns);
	return 0;
}

int call_totals_add(struct call_totals *totals, const struct call_totals *other)
{
	add_counts(&totals->count, other->count);
	add_counts(&totals->failures, other->failures);
	add_counts(&totals->expected, other->expected);
	add_counts(&totals->unfinished, other->unfinished);
	add_counts(&totals->unfinished_ns, other->unfinished_ns);
	add_counts(&totals->bytes, other->bytes);
	if (merge_durations(totals, other))
		return -ENOMEM;
	for (size_t i = 0; i < other->n_errors; i++)
		if (merge_error(totals, &other->errors[i]))
			return -ENOMEM;
	if (other->n_errors && totals->n_errors > 1)
		qsort(totals->errors, totals->n_errors, sizeof(*totals->errors), compare_errors);
	return exemplar_list_add_all(&totals->exemplars, &other->exemplars);
}

int call_list_add(struct call_list *list, const struct call_list *other)
{
	for (size_t i = 0; i < other->n_calls; i++) {
		const struct call_totals *call = &other->calls[i];
		struct call_totals *totals = call_list_get(list, call->name, call->kind, call->group);

		if (!totals || call_totals_add(totals, call))
			return -ENOMEM;
	}
	return 0;
}

int recording_add_exemplars(struct recording *recording, size_t first_slow_call)
{
	const struct stack_list *list = &recording->stacks;
	int result = 0;

	for (size_t i = first_slow_call; result == 0 && i < list->n_slow_calls; i++) {
		const struct slow_call *slow = &list->slow_calls[i];
		const struct stack_record *stack = &list->stacks[slow->stack];
		struct call_totals *call = call_list_find(&recording->calls, stack->call, slow->kind);

		/* It may have come while the region was read: then it is not in its bucket yet. */
		if (call && !stack->code && bucket_counts_get(&call->buckets, histogram_bucket(slow->ns)))
			result = exemplar_list_add_slow_call(&call->exemplars, list, slow);
	}
	return result;
}

bool call_is_allocation(const struct call_totals *totals)
{
	static const char *const names[] = {
		"malloc",        "calloc",         "realloc", "reallocarray", "memalign",
		"aligned_alloc", "posix_memalign", "valloc",  "pvalloc",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(totals->name, names[i]) == 0)
			return true;
	return false;
}

uint64_t call_totals_successes(const struct call_totals *totals)
{
	uint64_t others = totals->failures;

	add_counts(&others, totals->unfinished);
	return totals->count > others ? totals->count - others : 0;
}

uint64_t scaled_time_ns(uint64_t sum_ns, uint64_t timed, uint64_t successes)
{
	if (!timed || successes <= timed)
		return sum_ns;
	/* Two 64-bit numbers multiplied fit; the quotient may not. */
	unsigned __int128 scaled = (unsigned __int128)sum_ns * successes / timed;

	return scaled > UINT64_MAX ? UINT64_MAX : (uint64_t)scaled;
}

uint64_t call_totals_time_ns(const struct call_totals *totals)
{
	return scaled_time_ns(totals->sum_ns, totals->timed, call_totals_successes(totals));
}

uint64_t call_totals_whole_ns(const struct call_totals *totals)
{
	uint64_t ns = call_totals_time_ns(totals);

	for (size_t i = 0; i < totals->n_errors; i++) {
		const struct error_totals *error = &totals->errors[i];

		add_counts(&ns, scaled_time_ns(error->sum_ns, error->timed, error->count));
	}
	add_counts(&ns, totals->unfinished_ns);
	return ns;
}

double call_totals_quantile_ns(const struct call_totals *totals, double q)
{
	double ns;

	call_totals_quantiles_ns(totals, &q, 1, &ns);
	return ns;
}

void call_totals_quantiles_ns(const struct call_totals *totals, const double *q, size_t n_quantiles,
			      double *ret_ns)
{
	const struct distribution distribution = {
		.count = totals->timed,
		.min = (double)totals->min_ns,
		.max = (double)totals->max_ns,
		.scale = 1e9,
		.zero = totals->buckets.zero,
		.over = totals->buckets.over,
		.inside = totals->buckets.inside,
		.first = totals->buckets.first,
		.n = totals->buckets.n,
	};

	distribution_quantiles(&distribution, q, n_quantiles, ret_ns);
}

static const char *const note_reason_names[NOTE_REASONS] = {
	[NOTE_NONE] = "none",
	[NOTE_STATIC] = "static",
	[NOTE_SETUID] = "setuid",
	[NOTE_ARCHITECTURE] = "architecture",
	[NOTE_ENVIRONMENT] = "environment",
	[NOTE_NO_REGION] = "no_region",
	[NOTE_UNREACHABLE] = "unreachable",
	[NOTE_SANDBOX] = "sandbox",
	[NOTE_SESSION] = "session",
};

static const char *const region_loss_names[LOSS_REASONS] = {
	[LOSS_REGION_FULL] = "region_full",
	[LOSS_DETAIL] = "detail",
	[LOSS_EARLY] = "early",
};

const char *note_reason_name(enum note_reason reason)
{
	return (unsigned int)reason < NOTE_REASONS ? note_reason_names[reason] : "none";
}

const char *region_loss_name(enum region_loss reason)
{
	return (unsigned int)reason < LOSS_REASONS ? region_loss_names[reason] : "unknown";
}

static const char *const series_refusal_names[SERIES_REFUSALS] = {
	[REFUSED_NAME] = "name",     [REFUSED_TAGS] = "tags",	[REFUSED_CONFLICT] = "conflict",
	[REFUSED_NUMBER] = "number", [REFUSED_RANGE] = "range", [REFUSED_MEMORY] = "memory",
};

const char *series_refusal_name(enum series_refusal reason)
{
	return (unsigned int)reason < SERIES_REFUSALS ? series_refusal_names[reason] : "unknown";
}
