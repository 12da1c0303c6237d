// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/recording-json-stacks.h"

#include "format/json-text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MOST = INT_MAX };

static const double PLACES = (double)(UINT64_C(1) << STACK_PLACE_BITS);

/* -- Writing ------------------------------------------------------------------------------------------ */

/* Adds to an array that becomes NULL when something cannot be made. */
static void append(json_t **array, json_t *value)
{
	if (json_array_append_new(*array, value) == 0)
		return;
	json_decref(*array);
	*array = NULL;
}

json_t *stack_modules_to_json(const struct stack_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < list->n_modules; i++)
		append(&array, json_pack("{s:o, s:o}", "path", text_to_json(list->modules[i].path), "build_id",
					 text_to_json(list->modules[i].build_id)));
	return array;
}

static json_t *symbols_to_json(const struct stack_frame *frame)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < frame->n_symbols; i++)
		append(&array, json_pack("{s:o, s:o, s:o}", "function", text_to_json(frame->symbols[i].function), "file",
					 text_to_json(frame->symbols[i].file), "line",
					 count_to_json(frame->symbols[i].line)));
	return array;
}

static json_t *position_to_json(size_t position)
{
	return position == STACK_NO_MODULE ? json_null() : count_to_json(position);
}

json_t *stack_frames_to_json(const struct stack_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < list->n_frames; i++)
		append(&array, json_pack("{s:o, s:o, s:o}", "module", position_to_json(list->frames[i].module),
					 "offset", count_to_json(list->frames[i].place), "symbols",
					 symbols_to_json(&list->frames[i])));
	return array;
}

static json_t *seconds(uint64_t ns)
{
	return json_real((double)ns / 1e9);
}

static json_t *figures_to_json(const struct stack_figures *figures)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "samples", count_to_json(figures->samples),
			 "calls", json_real(stack_calls(figures->count)), "seconds", seconds(figures->sum_ns),
			 "max_seconds", seconds(figures->max_ns), "bytes", count_to_json(figures->bytes),
			 "live_blocks", json_real(stack_calls(figures->live_count)), "live_bytes",
			 count_to_json(figures->live_bytes), "peak_bytes", count_to_json(figures->peak_bytes));
}

static json_t *stack_to_json(const struct stack_record *stack)
{
	json_t *object = figures_to_json(&stack->figures);
	json_t *frames = json_array();

	for (size_t i = 0; frames && i < stack->n_frames; i++)
		append(&frames, count_to_json(stack->frames[i]));
	json_t *names = json_pack("{s:s, s:o, s:o, s:b, s:o}", "kind", stack_kind_name(stack->kind), "call",
				  text_to_json(stack->call), "errno", text_to_json(stack->code), "cut", stack->is_cut,
				  "frames", frames);

	if (!names || !object || json_object_update(names, object) < 0) {
		json_decref(names);
		names = NULL;
	}
	json_decref(object);
	return names;
}

json_t *stacks_to_json(const struct stack_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < list->n_stacks; i++)
		append(&array, stack_to_json(&list->stacks[i]));
	return array;
}

json_t *slow_calls_to_json(const struct stack_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < list->n_slow_calls; i++) {
		const struct slow_call *call = &list->slow_calls[i];

		append(&array, json_pack("{s:o, s:i, s:i, s:o, s:o, s:s*}", "stack", count_to_json(call->stack), "pid",
					 call->pid, "tid", call->tid, "started", instant_to_json(call->start_ns),
					 "seconds", seconds(call->ns), "kind", *call->kind ? call->kind : NULL));
	}
	return array;
}

json_t *stack_coverage_to_json(const struct stack_list *list)
{
	json_t *others = json_object();
	json_t *shortages = json_object();

	for (unsigned int i = 0; i < STACK_KINDS; i++)
		json_object_set_new(others, stack_kind_name(i), figures_to_json(&list->others[i]));
	for (unsigned int i = 0; i < STACK_SHORTAGES; i++)
		json_object_set_new(shortages, stack_shortage_name(i), count_to_json(list->shortages[i]));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "others", others, "shortages", shortages,
			 "taken", count_to_json(list->walks), "taken_seconds", seconds(list->walk_ns), "looked_at",
			 count_to_json(list->looks), "looked_at_seconds", seconds(list->look_ns), "slow",
			 count_to_json(list->n_slow), "heap_period", count_to_json(list->heap_period), "peak_bytes",
			 count_to_json(list->peak_bytes));
}

/* -- Reading ------------------------------------------------------------------------------------------ */

/* So many calls, as parts of one. */
static uint64_t read_scaled(struct json_reader *reader, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	double number = json_number_value(value);

	if (json_is_number(value) && number >= 0 && number < 0x1p54)
		return (uint64_t)(number * STACK_SCALE + 0.5);
	reader_complain_type(reader, key, value, "a number of calls");
	return 0;
}

static struct stack_figures read_figures(struct json_reader *reader, const json_t *object)
{
	return (struct stack_figures){
		.samples = reader_count(reader, object, "samples"),
		.count = read_scaled(reader, object, "calls"),
		.sum_ns = reader_seconds(reader, object, "seconds"),
		.max_ns = reader_seconds(reader, object, "max_seconds"),
		.bytes = reader_count(reader, object, "bytes"),
		.live_count = read_scaled(reader, object, "live_blocks"),
		.live_bytes = reader_count(reader, object, "live_bytes"),
		.peak_bytes = reader_count(reader, object, "peak_bytes"),
	};
}

/* The elements of an array, each with its place known to the reader. */
typedef void read_element(struct json_reader *reader, const json_t *element, struct stack_list *list, size_t number);

static void read_list(struct json_reader *reader, const json_t *document, const char *key, read_element *read,
		      struct stack_list *list)
{
	const json_t *array = reader_array(reader, document, key);

	for (size_t i = 0; !reader->error && i < json_array_size(array); i++) {
		size_t back = reader_enter(reader, key, (long)i);

		read(reader, json_array_get(array, i), list, i);
		reader_leave(reader, back);
	}
}

/* Others refer to it by its place. */
static void check_number(struct json_reader *reader, const char *key, int result, size_t position, size_t number)
{
	if (result == -ENOMEM)
		reader_out_of_memory(reader);
	else if (!reader->error && position != number)
		reader_complain(reader, key, "is there twice");
}

static void read_module(struct json_reader *reader, const json_t *object, struct stack_list *list, size_t number)
{
	size_t position = number;
	int result = stack_list_module(list, reader_text(reader, object, "path"),
				       reader_text(reader, object, "build_id"), &position);

	check_number(reader, "path", result, position, number);
}

static void read_symbols(struct json_reader *reader, const json_t *object, struct stack_frame *frame)
{
	const json_t *array = reader_array(reader, object, "symbols");
	size_t n_symbols = json_array_size(array);
	struct stack_symbol *symbols = reader_make(reader, n_symbols, sizeof(*symbols));

	for (size_t i = 0; symbols && i < n_symbols; i++) {
		const json_t *symbol = json_array_get(array, i);

		symbols[i].function = reader_copy(reader, reader_text(reader, symbol, "function"));
		symbols[i].file = reader_optional_text(reader, symbol, "file");
		symbols[i].line = (unsigned int)reader_integer(reader, symbol, "line", 0, LINES_MOST);
	}
	stack_frame_set_symbols(frame, symbols, symbols ? n_symbols : 0);
}

static void read_frame(struct json_reader *reader, const json_t *object, struct stack_list *list, size_t number)
{
	size_t module = STACK_NO_MODULE;
	size_t position = number;

	if (!json_is_null(json_object_get(object, "module")))
		module = (size_t)reader_integer(reader, object, "module", 0, (int64_t)list->n_modules - 1);
	uint64_t place = (uint64_t)reader_integer(reader, object, "offset", 0, (int64_t)PLACES - 1);

	if (reader->error)
		return;
	check_number(reader, "offset", stack_list_frame(list, module, place, &position), position, number);
	if (!reader->error)
		read_symbols(reader, object, &list->frames[position]);
}

static enum stack_kind read_kind(struct json_reader *reader, const json_t *object)
{
	const char *name = reader_text(reader, object, "kind");

	for (unsigned int kind = 0; kind < STACK_KINDS; kind++)
		if (strcmp(name, stack_kind_name(kind)) == 0)
			return kind;
	reader_complain(reader, "kind", "'%.20s' is not known", name);
	return STACK_FAILURE;
}

static void read_stack_frames(struct json_reader *reader, const json_t *object, const struct stack_list *list,
			      struct stack_record *record)
{
	const json_t *array = reader_array(reader, object, "frames");
	size_t n_frames = json_array_size(array);

	record->frames = reader_make(reader, n_frames, sizeof(*record->frames));
	record->n_frames = record->frames ? n_frames : 0;
	for (size_t i = 0; i < record->n_frames; i++) {
		const json_t *number = json_array_get(array, i);

		if (json_is_integer(number) && json_integer_value(number) >= 0 &&
		    (uint64_t)json_integer_value(number) < list->n_frames)
			record->frames[i] = (size_t)json_integer_value(number);
		else
			reader_complain_type(reader, "frames", number, "numbers of frames");
	}
}

static void read_stack(struct json_reader *reader, const json_t *object, struct stack_list *list, size_t number)
{
	struct stack_record record = {
		.kind = read_kind(reader, object),
		.call = (char *)reader_text(reader, object, "call"),
		.code = reader_optional_text(reader, object, "errno"),
		.is_cut = reader_boolean(reader, object, "cut"),
		.figures = read_figures(reader, object),
	};
	size_t position = number;

	read_stack_frames(reader, object, list, &record);
	if (!reader->error)
		check_number(reader, "frames", stack_list_stack(list, &record, &position), position, number);
	free(record.code);
	free(record.frames);
}

static void read_slow_call(struct json_reader *reader, const json_t *object, struct stack_list *list, size_t number)
{
	struct slow_call call = {
		.stack = (size_t)reader_integer(reader, object, "stack", 0, (int64_t)list->n_stacks - 1),
		.pid = (int)reader_integer(reader, object, "pid", 0, INT_MAX),
		.tid = (int)reader_integer(reader, object, "tid", 0, INT_MAX),
		.start_ns = reader_instant(reader, object, "started"),
		.ns = reader_seconds(reader, object, "seconds"),
	};

	(void)number;
	if (json_object_get(object, "kind"))
		snprintf(call.kind, sizeof(call.kind), "%s", reader_text(reader, object, "kind"));
	if (!reader->error && stack_list_add_slow(list, &call))
		reader_out_of_memory(reader);
}

static void read_others(struct json_reader *reader, const json_t *object, struct stack_list *list)
{
	const json_t *others = reader_object(reader, object, "others");
	size_t back = reader_enter(reader, "others", -1);

	for (unsigned int i = 0; others && i < STACK_KINDS; i++) {
		const json_t *figures = reader_object(reader, others, stack_kind_name(i));

		if (figures)
			list->others[i] = read_figures(reader, figures);
	}
	reader_leave(reader, back);
}

static void read_stack_coverage(struct json_reader *reader, const json_t *object, struct stack_list *list)
{
	const json_t *shortages = reader_object(reader, object, "shortages");

	read_others(reader, object, list);
	for (unsigned int i = 0; shortages && i < STACK_SHORTAGES; i++)
		list->shortages[i] = reader_count(reader, shortages, stack_shortage_name(i));
	list->walks = reader_count(reader, object, "taken");
	list->walk_ns = reader_seconds(reader, object, "taken_seconds");
	list->looks = reader_count(reader, object, "looked_at");
	list->look_ns = reader_seconds(reader, object, "looked_at_seconds");
	list->n_slow = reader_count(reader, object, "slow");
	list->heap_period = reader_count(reader, object, "heap_period");
	list->peak_bytes = reader_count(reader, object, "peak_bytes");
}

void stacks_from_json(struct json_reader *reader, const json_t *document, struct stack_list *list)
{
	const json_t *coverage = json_object_get(document, "coverage");
	const json_t *object = json_object_get(coverage, "stacks");

	if (!object)
		return;
	list->is_known = true;
	read_list(reader, document, "modules", read_module, list);
	read_list(reader, document, "frames", read_frame, list);
	read_list(reader, document, "stacks", read_stack, list);
	read_list(reader, document, "slow_calls", read_slow_call, list);
	size_t back = reader_enter(reader, "coverage.stacks", -1);

	read_stack_coverage(reader, object, list);
	reader_leave(reader, back);
}
