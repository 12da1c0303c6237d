// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/breakdown.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MOST = 200 };

static const char *const by_names[BREAKDOWNS] = {
	[BY_TEST] = "test",   [BY_PROGRAM] = "program", [BY_PROCESS] = "process",
	[BY_LABEL] = "label", [BY_CALL] = "call",	[BY_ERRNO] = "errno",
};

static const char *const sort_names[BREAKDOWN_SORTS] = {
	[BREAKDOWN_SORT_TIME] = "time",	  [BREAKDOWN_SORT_COUNT] = "count", [BREAKDOWN_SORT_ERRORS] = "errors",
	[BREAKDOWN_SORT_BYTES] = "bytes", [BREAKDOWN_SORT_NAME] = "name",   [BREAKDOWN_SORT_START] = "start",
};

/* -- Names ----------------------------------------------------------------------------------------- */

int breakdown_by_parse(const char *text, struct breakdown_request *request, struct message *ret_message)
{
	static const char label[] = "label:";

	if (strncmp(text, label, strlen(label)) == 0 && text[strlen(label)]) {
		request->by = BY_LABEL;
		free(request->label);
		request->label = strdup(text + strlen(label));
		return request->label ? 0 : -ENOMEM;
	}
	for (int i = 0; i < BREAKDOWNS; i++)
		if (i != BY_LABEL && strcmp(text, by_names[i]) == 0) {
			request->by = (enum breakdown_by)i;
			return 0;
		}
	message_set(ret_message, "'%s' is none of test, program, process, label:KEY, call, errno, file, peer or site", text);
	return -EINVAL;
}

int breakdown_sort_from_name(const char *name, enum breakdown_sort *ret_sort)
{
	for (int i = 0; i < BREAKDOWN_SORTS; i++)
		if (strcmp(name, sort_names[i]) == 0) {
			*ret_sort = (enum breakdown_sort)i;
			return 0;
		}
	return -EINVAL;
}

const char *breakdown_by_name(enum breakdown_by by)
{
	return by_names[by];
}

/* -- Rows ------------------------------------------------------------------------------------------ */

/* What a breakdown is made with. */
struct dividing {
	struct breakdown *breakdown;
	const struct recording *recording;
	const struct breakdown_request *request;
	struct hash_index index; /* of rows by name */
};

static void add_count(uint64_t *sum, uint64_t amount)
{
	if (__builtin_add_overflow(*sum, amount, sum))
		*sum = UINT64_MAX;
}

static void add_row(struct breakdown_row *row, const struct breakdown_row *other)
{
	add_count(&row->n_images, other->n_images);
	add_count(&row->n_processes, other->n_processes);
	add_count(&row->calls, other->calls);
	add_count(&row->failures, other->failures);
	add_count(&row->errors, other->errors);
	add_count(&row->bytes, other->bytes);
	add_count(&row->time_ns, other->time_ns);
	if (!other->ended_ns)
		return;
	if (!row->ended_ns || other->started_ns < row->started_ns)
		row->started_ns = other->started_ns;
	if (other->ended_ns > row->ended_ns)
		row->ended_ns = other->ended_ns;
}

static struct breakdown_row *append_row(struct breakdown *breakdown)
{
	if ((breakdown->n_rows & (breakdown->n_rows - 1)) == 0) {
		size_t room = breakdown->n_rows ? 2 * breakdown->n_rows : 1;
		struct breakdown_row *rows = reallocarray(breakdown->rows, room, sizeof(*rows));

		if (!rows)
			return NULL;
		breakdown->rows = rows;
	}
	struct breakdown_row *row = &breakdown->rows[breakdown->n_rows++];

	*row = (struct breakdown_row){0};
	return row;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* The row of a name, made if it is not there. NULL without memory. */
static struct breakdown_row *find_row(struct dividing *dividing, const char *name)
{
	uint64_t hash = hash_string(HASH_START, name ? name : "");
	size_t cursor = 0;
	size_t position;

	while (hash_index_next(&dividing->index, hash, &cursor, &position))
		if (is_same(dividing->breakdown->rows[position].name, name))
			return &dividing->breakdown->rows[position];
	char *copy = name ? strdup(name) : NULL;
	struct breakdown_row *row = name && !copy ? NULL : append_row(dividing->breakdown);

	if (!row || hash_index_add(&dividing->index, hash, dividing->breakdown->n_rows - 1) < 0) {
		free(copy);
		return NULL;
	}
	row->name = copy;
	return row;
}

static int add_to_row(struct dividing *dividing, const char *name, const struct breakdown_row *figures)
{
	struct breakdown_row *row = find_row(dividing, name);

	if (!row)
		return -ENOMEM;
	add_row(row, figures);
	add_row(&dividing->breakdown->total, figures);
	return 0;
}

/* -- From parts ------------------------------------------------------------------------------------ */

static bool is_call_wanted(const struct dividing *dividing, const struct part_call *call)
{
	return selection_has_call(dividing->request->selection, call->name, call->group);
}

static struct breakdown_row figures_of_call(const struct part_call *call)
{
	struct breakdown_row figures = {
		.calls = call->count,
		.failures = call->failures,
		.errors = call->failures > call->expected ? call->failures - call->expected : 0,
		.bytes = call->bytes,
		.time_ns = part_call_time_ns(call),
	};

	for (size_t i = 0; i < call->n_errors; i++)
		add_count(&figures.time_ns, part_error_time_ns(&call->errors[i]));
	return figures;
}

static struct breakdown_row figures_of_error(const struct part_error *error)
{
	return (struct breakdown_row){
		.calls = error->count,
		.failures = error->count,
		.errors = error->is_expected ? 0 : error->count,
		.time_ns = part_error_time_ns(error),
	};
}

/* Where only some codes are wanted, a call is its failures with these. */
static struct breakdown_row figures_of_errors(const struct dividing *dividing, const struct part_call *call)
{
	struct breakdown_row sum = {0};

	for (size_t i = 0; i < call->n_errors; i++) {
		const struct breakdown_row figures = figures_of_error(&call->errors[i]);

		if (selection_has_errno(dividing->request->selection, call->errors[i].symbol))
			add_row(&sum, &figures);
	}
	return sum;
}

/* Whether there is a term that no success can meet. */
static bool wants_some_errnos(const struct dividing *dividing)
{
	return !selection_has_errno(dividing->request->selection, NULL);
}

static struct breakdown_row figures_of(const struct dividing *dividing, const struct part_call *call)
{
	return wants_some_errnos(dividing) ? figures_of_errors(dividing, call) : figures_of_call(call);
}

static int add_calls(struct dividing *dividing, const struct part *part)
{
	int result = 0;

	for (size_t i = 0; i < part->n_calls && result == 0; i++) {
		const struct part_call *call = &part->calls[i];
		const struct breakdown_row figures = figures_of(dividing, call);

		if (is_call_wanted(dividing, call) && figures.calls)
			result = add_to_row(dividing, call->name, &figures);
	}
	return result;
}

static int add_errnos(struct dividing *dividing, const struct part_call *call)
{
	int result = 0;

	for (size_t i = 0; i < call->n_errors && result == 0; i++) {
		const struct part_error *error = &call->errors[i];
		const struct breakdown_row figures = figures_of_error(error);

		if (selection_has_errno(dividing->request->selection, error->symbol))
			result = add_to_row(dividing, error->symbol, &figures);
	}
	return result;
}

static int add_errnos_of_part(struct dividing *dividing, const struct part *part)
{
	int result = 0;

	for (size_t i = 0; i < part->n_calls && result == 0; i++)
		if (is_call_wanted(dividing, &part->calls[i]))
			result = add_errnos(dividing, &part->calls[i]);
	return result;
}

/* All calls of the part that are wanted, under one name. */
static int add_whole(struct dividing *dividing, const struct part *part, const char *name)
{
	struct breakdown_row sum = {
		.n_images = part->n_images,
		.n_processes = part->n_processes,
		.started_ns = part->started_ns,
		.ended_ns = part->ended_ns,
	};

	for (size_t i = 0; i < part->n_calls; i++) {
		const struct breakdown_row figures = figures_of(dividing, &part->calls[i]);

		if (is_call_wanted(dividing, &part->calls[i]))
			add_row(&sum, &figures);
	}
	return add_to_row(dividing, name, &sum);
}

static int add_by_label(struct dividing *dividing, const struct part *part)
{
	char *value = selection_label(dividing->recording, part->labels, dividing->request->label);
	int result = add_whole(dividing, part, value);

	free(value);
	return result;
}

static int add_part(struct dividing *dividing, const struct part *part)
{
	switch (dividing->request->by) {
	case BY_CALL:
		return add_calls(dividing, part);
	case BY_ERRNO:
		return add_errnos_of_part(dividing, part);
	case BY_PROGRAM:
		return add_whole(dividing, part, part->program);
	case BY_LABEL:
		return add_by_label(dividing, part);
	default:
		return add_whole(dividing, part, part->test);
	}
}

static int add_parts(struct dividing *dividing)
{
	const struct part_list *list = &dividing->recording->parts;
	int result = list->n_parts || !dividing->recording->n_processes ? 0 : -ENODATA;

	for (size_t i = 0; i < list->n_parts && result == 0; i++)
		if (selection_has_part(dividing->request->selection, dividing->recording, &list->parts[i]))
			result = add_part(dividing, &list->parts[i]);
	return result;
}

/* -- Sorting --------------------------------------------------------------------------------------- */

static uint64_t sort_number(const struct breakdown_row *row, enum breakdown_sort sort)
{
	switch (sort) {
	case BREAKDOWN_SORT_TIME:
		return row->time_ns;
	case BREAKDOWN_SORT_COUNT:
		return row->calls;
	case BREAKDOWN_SORT_ERRORS:
		return row->errors;
	case BREAKDOWN_SORT_BYTES:
		return row->bytes;
	default:
		return 0;
	}
}

/* What has no name comes last. */
static int compare_names(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a == NULL) - (b == NULL);
}

static int compare_rows(const void *left, const void *right, void *argument)
{
	const struct breakdown_row *a = left;
	const struct breakdown_row *b = right;
	enum breakdown_sort sort = *(const enum breakdown_sort *)argument;
	uint64_t number_a = sort_number(a, sort);
	uint64_t number_b = sort_number(b, sort);

	if (number_a != number_b)
		return number_a > number_b ? -1 : 1;
	if (sort == BREAKDOWN_SORT_START && a->started_ns != b->started_ns)
		return a->started_ns < b->started_ns ? -1 : 1;
	int order = compare_names(a->name, b->name);

	return order ? order : (a->started_ns > b->started_ns) - (a->started_ns < b->started_ns);
}

static void sort_rows(struct breakdown_row *rows, size_t n, enum breakdown_sort sort)
{
	if (n)
		qsort_r(rows, n, sizeof(*rows), compare_rows, &sort);
}

/* -- Processes ------------------------------------------------------------------------------------- */

static struct part_call call_of_totals(const struct call_totals *totals)
{
	return (struct part_call){
		.name = totals->name,
		.kind = totals->kind,
		.group = totals->group,
		.count = totals->count,
		.failures = totals->failures,
		.expected = totals->expected,
		.unfinished = totals->unfinished,
		.bytes = totals->bytes,
		.timed = totals->timed,
		.sum_ns = totals->sum_ns,
	};
}

static struct part_error error_of_totals(const struct error_totals *totals)
{
	return (struct part_error){
		.symbol = totals->symbol,
		.is_expected = totals->is_expected,
		.count = totals->count,
		.timed = totals->timed,
		.sum_ns = totals->sum_ns,
	};
}

/* A call of a process as one of a part. */
static int add_process_call(const struct dividing *dividing, struct breakdown_row *row, const struct call_totals *totals)
{
	struct part_call call = call_of_totals(totals);

	if (!is_call_wanted(dividing, &call))
		return 0;
	call.errors = calloc(totals->n_errors + 1, sizeof(*call.errors));
	if (!call.errors)
		return -ENOMEM;
	for (; call.n_errors < totals->n_errors; call.n_errors++)
		call.errors[call.n_errors] = error_of_totals(&totals->errors[call.n_errors]);
	const struct breakdown_row figures = figures_of(dividing, &call);

	add_row(row, &figures);
	free(call.errors);
	return 0;
}

static int add_process(struct dividing *dividing, const struct process_record *process)
{
	struct breakdown_row *row = append_row(dividing->breakdown);

	if (!row)
		return -ENOMEM;
	row->name = strdup(process->command ? process->command : "");
	row->n_images = 1;
	row->pid = process->pid;
	row->parent_pid = process->parent_pid;
	row->run = process->run;
	row->n_processes = process->exit.kind != EXIT_EXECUTED;
	row->started_ns = process->started_ns;
	row->ended_ns = process->started_ns + (int64_t)process->wall_ns;
	int result = row->name ? 0 : -ENOMEM;

	for (size_t i = 0; i < process->calls.n_calls && result == 0; i++)
		result = add_process_call(dividing, row, &process->calls.calls[i]);
	add_row(&dividing->breakdown->total, row);
	return result;
}

/* The last image of a process that there was before a row began. */
static const struct breakdown_row *last_before(const struct breakdown *breakdown, const struct breakdown_row *row, int pid)
{
	const struct breakdown_row *last = NULL;

	for (size_t i = 0; i < breakdown->n_rows; i++) {
		const struct breakdown_row *other = &breakdown->rows[i];

		if (other->pid == pid && other->run == row->run && other->started_ns < row->started_ns &&
		    (!last || other->started_ns > last->started_ns))
			last = other;
	}
	return last;
}

/*
 * The row that a row's process came from: its parent's last image before; what it was before an exec is no parent.
 * But that still knows its parent where that had ended by the time of the exec.
 */
static const struct breakdown_row *parent_of(const struct breakdown *breakdown, const struct breakdown_row *row)
{
	const struct breakdown_row *parent = last_before(breakdown, row, row->parent_pid);

	while (!parent) {
		row = last_before(breakdown, row, row->pid);
		/* One that did not go on as another program was another process of this number. */
		if (!row || row->n_processes)
			return NULL;
		parent = last_before(breakdown, row, row->parent_pid);
	}
	return parent;
}

/* Copies a parent's children behind what is there, each followed by its own. */
static void lay_out(const struct breakdown *breakdown, const struct breakdown_row *const *parents,
		    const struct breakdown_row *parent, unsigned int depth, struct breakdown *laid)
{
	for (size_t i = 0; i < breakdown->n_rows; i++) {
		if (parents[i] != parent)
			continue;
		laid->rows[laid->n_rows] = breakdown->rows[i];
		laid->rows[laid->n_rows++].depth = depth;
		lay_out(breakdown, parents, &breakdown->rows[i], depth + 1, laid);
	}
}

/* So deep a tree nobody looks at: what is below begins a new one. */
static bool is_too_deep(const struct breakdown *breakdown, const struct breakdown_row *const *parents, size_t i)
{
	for (unsigned int depth = 0; parents[i]; depth++) {
		if (depth == DEPTH_MOST)
			return true;
		i = (size_t)(parents[i] - breakdown->rows);
	}
	return false;
}

/* Siblings are in order; nobody is his own ancestor, as parents begin before their children. */
static int make_tree(struct breakdown *breakdown)
{
	const struct breakdown_row **parents = calloc(breakdown->n_rows + 1, sizeof(*parents));
	struct breakdown laid = {.rows = calloc(breakdown->n_rows + 1, sizeof(*laid.rows))};
	int result = parents && laid.rows ? 0 : -ENOMEM;

	if (result == 0) {
		for (size_t i = 0; i < breakdown->n_rows; i++)
			parents[i] = parent_of(breakdown, &breakdown->rows[i]);
		for (size_t i = 0; i < breakdown->n_rows; i++)
			if (is_too_deep(breakdown, parents, i))
				parents[i] = NULL;
		lay_out(breakdown, parents, NULL, 0, &laid);
		memcpy(breakdown->rows, laid.rows, laid.n_rows * sizeof(*laid.rows));
	}
	free(laid.rows);
	free(parents);
	return result;
}

static int add_processes(struct dividing *dividing)
{
	const struct recording *recording = dividing->recording;
	int result = 0;

	for (size_t i = 0; i < recording->n_process_records && result == 0; i++)
		if (selection_has_process(dividing->request->selection, recording, recording->processes[i]))
			result = add_process(dividing, recording->processes[i]);
	dividing->breakdown->n_not_kept = recording->processes_not_kept;
	return result;
}

/* -- Processes without a record of their own ------------------------------------------------------- */

static void subtract(uint64_t *from, uint64_t amount)
{
	*from -= amount < *from ? amount : *from;
}

static void subtract_row(struct breakdown_row *row, const struct breakdown_row *other)
{
	subtract(&row->n_images, other->n_images);
	subtract(&row->n_processes, other->n_processes);
	subtract(&row->calls, other->calls);
	subtract(&row->failures, other->failures);
	subtract(&row->errors, other->errors);
	subtract(&row->bytes, other->bytes);
	subtract(&row->time_ns, other->time_ns);
}

/* Those of each program, whether they are kept or not. */
static int add_programs(struct dividing *programs)
{
	const struct part_list *list = &programs->recording->parts;
	int result = 0;

	for (size_t i = 0; i < list->n_parts && result == 0; i++)
		if (selection_has_part(programs->request->selection, programs->recording, &list->parts[i]))
			result = add_whole(programs, &list->parts[i], list->parts[i].program);
	return result;
}

/* Where there were too many programs, what is kept may be of those that have no name in the parts. */
static int take_kept_away(struct dividing *programs)
{
	const struct recording *recording = programs->recording;

	for (size_t i = 0; i < recording->n_process_records; i++) {
		const struct process_record *process = recording->processes[i];
		struct breakdown one = {0};
		struct dividing alone = {&one, recording, programs->request, {0}};

		if (!selection_has_process(programs->request->selection, recording, process))
			continue;
		int result = add_process(&alone, process);
		struct breakdown_row *row = result == 0 ? find_row(programs, process->executable) : NULL;

		if (row && !row->n_images)
			row = find_row(programs, NULL);
		if (row)
			subtract_row(row, one.rows);
		breakdown_deinit(&one);
		if (!row)
			return -ENOMEM;
	}
	return 0;
}

static int add_other(struct breakdown *breakdown, const struct breakdown_row *program)
{
	struct breakdown_row *row = append_row(breakdown);
	char *name = NULL;

	if (!row)
		return -ENOMEM;
	*row = *program;
	row->is_of_others = true;
	row->name = NULL;
	if (asprintf(&name, "others of %s", program->name ? program->name : "several programs") < 0)
		return -ENOMEM;
	row->name = name;
	add_row(&breakdown->total, row);
	return 0;
}

/* In the order of the tree's siblings, behind it. */
static int add_others(struct breakdown *breakdown, struct dividing *dividing)
{
	struct breakdown whole = {0};
	struct dividing programs = {&whole, dividing->recording, dividing->request, {0}};
	int result = add_programs(&programs);

	if (result == 0)
		result = take_kept_away(&programs);
	sort_rows(whole.rows, whole.n_rows, dividing->request->sort);
	for (size_t i = 0; i < whole.n_rows && result == 0; i++)
		if (whole.rows[i].n_images)
			result = add_other(breakdown, &whole.rows[i]);
	hash_index_deinit(&programs.index);
	breakdown_deinit(&whole);
	return result;
}

/* -- The whole ------------------------------------------------------------------------------------- */

int breakdown_init(struct breakdown *breakdown, const struct recording *recording,
		   const struct breakdown_request *request)
{
	struct dividing dividing = {.breakdown = breakdown, .recording = recording, .request = request};
	bool is_tree = request->by == BY_PROCESS;

	*breakdown = (struct breakdown){.by = request->by};
	int result = is_tree ? add_processes(&dividing) : add_parts(&dividing);

	hash_index_deinit(&dividing.index);
	if (result < 0)
		return result;
	sort_rows(breakdown->rows, breakdown->n_rows, request->sort);
	if (!is_tree)
		return 0;
	result = make_tree(breakdown);
	return result == 0 && breakdown->n_not_kept ? add_others(breakdown, &dividing) : result;
}

void breakdown_deinit(struct breakdown *breakdown)
{
	for (size_t i = 0; i < breakdown->n_rows; i++)
		free(breakdown->rows[i].name);
	free(breakdown->rows);
	*breakdown = (struct breakdown){0};
}
