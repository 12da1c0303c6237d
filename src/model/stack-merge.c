// SPDX-License-Identifier: MIT
/*
 * A list refers to its own modules, frames and stacks by position, so that of each in the other list is looked up first.
 */
#include "config.h"

#include "model/stack-merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where what the other list has stands in ours. */
struct places {
	size_t *modules;
	size_t *frames;
	size_t *stacks;
};

static int merge_modules(struct stack_list *list, const struct stack_list *other, struct places *places)
{
	int result = 0;

	for (size_t i = 0; i < other->n_modules && result == 0; i++)
		result = stack_list_module(list, other->modules[i].path, other->modules[i].build_id, &places->modules[i]);
	return result;
}

/* A frame of which somebody found out what it is called keeps that. */
static int copy_symbols(struct stack_frame *frame, const struct stack_frame *other)
{
	struct stack_symbol *symbols;
	bool is_whole = true;

	if (frame->n_symbols || !other->n_symbols)
		return 0;
	symbols = calloc(other->n_symbols, sizeof(*symbols));
	if (!symbols)
		return -ENOMEM;
	for (size_t i = 0; i < other->n_symbols; i++) {
		const struct stack_symbol *symbol = &other->symbols[i];

		symbols[i].line = symbol->line;
		symbols[i].function = symbol->function ? strdup(symbol->function) : NULL;
		symbols[i].file = symbol->file ? strdup(symbol->file) : NULL;
		is_whole &= (!symbol->function || symbols[i].function) && (!symbol->file || symbols[i].file);
	}
	stack_frame_set_symbols(frame, symbols, other->n_symbols);
	return is_whole ? 0 : -ENOMEM;
}

static int merge_frames(struct stack_list *list, const struct stack_list *other, struct places *places)
{
	int result = 0;

	for (size_t i = 0; i < other->n_frames && result == 0; i++) {
		const struct stack_frame *frame = &other->frames[i];
		size_t module = frame->module == STACK_NO_MODULE ? STACK_NO_MODULE : places->modules[frame->module];

		result = stack_list_frame(list, module, frame->place, &places->frames[i]);
		if (result == 0)
			result = copy_symbols(&list->frames[places->frames[i]], frame);
	}
	return result;
}

static int merge_stack(struct stack_list *list, const struct stack_record *other, const struct places *places,
		       size_t *ret_stack)
{
	struct stack_record stack = *other;

	stack.frames = calloc(other->n_frames + 1, sizeof(*stack.frames));
	if (!stack.frames)
		return -ENOMEM;
	for (size_t i = 0; i < other->n_frames; i++)
		stack.frames[i] = places->frames[other->frames[i]];
	int result = stack_list_stack(list, &stack, ret_stack);

	free(stack.frames);
	return result;
}

static int merge_calls(struct stack_list *list, const struct stack_list *other, struct places *places)
{
	int result = 0;

	for (size_t i = 0; i < other->n_stacks && result == 0; i++)
		result = merge_stack(list, &other->stacks[i], places, &places->stacks[i]);
	for (size_t i = 0; i < other->n_slow_calls && result == 0; i++) {
		struct slow_call call = other->slow_calls[i];

		call.stack = places->stacks[call.stack];
		result = stack_list_add_slow(list, &call);
	}
	return result;
}

static void merge_numbers(struct stack_list *list, const struct stack_list *other)
{
	list->is_known |= other->is_known;
	for (unsigned int i = 0; i < STACK_KINDS; i++)
		stack_figures_add(&list->others[i], &other->others[i]);
	for (unsigned int i = 0; i < STACK_SHORTAGES; i++)
		list->shortages[i] += other->shortages[i];
	list->n_slow += other->n_slow;
	list->walks += other->walks;
	list->walk_ns += other->walk_ns;
	list->looks += other->looks;
	list->look_ns += other->look_ns;
	if (other->heap_period > list->heap_period)
		list->heap_period = other->heap_period;
	if (other->peak_bytes > list->peak_bytes)
		list->peak_bytes = other->peak_bytes;
}

int stack_list_merge(struct stack_list *list, const struct stack_list *other)
{
	struct places places = {
		.modules = calloc(other->n_modules + 1, sizeof(size_t)),
		.frames = calloc(other->n_frames + 1, sizeof(size_t)),
		.stacks = calloc(other->n_stacks + 1, sizeof(size_t)),
	};
	int result = places.modules && places.frames && places.stacks ? 0 : -ENOMEM;

	if (result == 0)
		result = merge_modules(list, other, &places);
	if (result == 0)
		result = merge_frames(list, other, &places);
	if (result == 0)
		result = merge_calls(list, other, &places);
	merge_numbers(list, other);
	free(places.modules);
	free(places.frames);
	free(places.stacks);
	return result;
}
