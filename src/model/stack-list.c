// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/stack-list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t hash_number(uint64_t hash, uint64_t number)
{
	for (int i = 0; i < 8; i++)
		hash = (hash ^ (number >> (8 * i) & 0xff)) * 0x100000001b3;
	return hash;
}

/* The array with room for one more item; NULL: there is none. */
static void *grow(void *items, size_t n, size_t size)
{
	if (n & (n - 1))
		return items;
	return reallocarray(items, n ? 2 * n : 1, size);
}

static int grow_modules(struct stack_list *list)
{
	struct stack_module *modules = grow(list->modules, list->n_modules, sizeof(*modules));

	if (!modules)
		return -ENOMEM;
	list->modules = modules;
	return 0;
}

static int grow_frames(struct stack_list *list)
{
	struct stack_frame *frames = grow(list->frames, list->n_frames, sizeof(*frames));

	if (!frames)
		return -ENOMEM;
	list->frames = frames;
	return 0;
}

static int grow_stacks(struct stack_list *list)
{
	struct stack_record *stacks = grow(list->stacks, list->n_stacks, sizeof(*stacks));

	if (!stacks)
		return -ENOMEM;
	list->stacks = stacks;
	return 0;
}

int stack_list_module(struct stack_list *list, const char *path, const char *build_id, size_t *ret_module)
{
	uint64_t hash = hash_string(hash_string(HASH_START, path), build_id);
	size_t cursor = 0;

	while (hash_index_next(&list->module_index, hash, &cursor, ret_module)) {
		const struct stack_module *module = &list->modules[*ret_module];

		if (strcmp(module->path, path) == 0 && strcmp(module->build_id, build_id) == 0)
			return 0;
	}
	struct stack_module module = {.path = strdup(path), .build_id = strdup(build_id)};

	if (!module.path || !module.build_id || grow_modules(list) ||
	    hash_index_add(&list->module_index, hash, list->n_modules)) {
		free(module.path);
		free(module.build_id);
		return -ENOMEM;
	}
	*ret_module = list->n_modules++;
	list->modules[*ret_module] = module;
	return 0;
}

int stack_list_frame(struct stack_list *list, size_t module, uint64_t place, size_t *ret_frame)
{
	uint64_t hash = hash_number(hash_number(HASH_START, module), place);
	size_t cursor = 0;

	while (hash_index_next(&list->frame_index, hash, &cursor, ret_frame))
		if (list->frames[*ret_frame].module == module && list->frames[*ret_frame].place == place)
			return 0;
	if (grow_frames(list) ||
	    hash_index_add(&list->frame_index, hash, list->n_frames))
		return -ENOMEM;
	*ret_frame = list->n_frames++;
	list->frames[*ret_frame] = (struct stack_frame){.module = module, .place = place};
	return 0;
}

static bool is_same_code(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same(const struct stack_record *a, const struct stack_record *b)
{
	return a->kind == b->kind && a->is_cut == b->is_cut && a->n_frames == b->n_frames &&
	       strcmp(a->call, b->call) == 0 && is_same_code(a->code, b->code) &&
	       (!a->n_frames || memcmp(a->frames, b->frames, a->n_frames * sizeof(a->frames[0])) == 0);
}

static uint64_t hash_of(const struct stack_record *record)
{
	uint64_t hash = hash_string(hash_string(HASH_START, record->call), record->code ? record->code : "");

	for (size_t i = 0; i < record->n_frames; i++)
		hash = hash_number(hash, record->frames[i]);
	return hash_number(hash, (uint64_t)record->kind);
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a + b < a ? UINT64_MAX : a + b;
}

void stack_figures_add(struct stack_figures *figures, const struct stack_figures *other)
{
	figures->samples = sum(figures->samples, other->samples);
	figures->count = sum(figures->count, other->count);
	figures->sum_ns = sum(figures->sum_ns, other->sum_ns);
	figures->bytes = sum(figures->bytes, other->bytes);
	figures->live_count = sum(figures->live_count, other->live_count);
	figures->live_bytes = sum(figures->live_bytes, other->live_bytes);
	figures->peak_bytes = sum(figures->peak_bytes, other->peak_bytes);
	if (other->max_ns > figures->max_ns)
		figures->max_ns = other->max_ns;
}

static void free_record(struct stack_record *record)
{
	free(record->call);
	free(record->code);
	free(record->frames);
}

static int copy_record(const struct stack_record *record, struct stack_record *ret_copy)
{
	struct stack_record copy = *record;
	size_t size = record->n_frames * sizeof(record->frames[0]);

	copy.call = strdup(record->call);
	copy.code = record->code ? strdup(record->code) : NULL;
	copy.frames = malloc(size ? size : 1);
	if (!copy.call || (record->code && !copy.code) || !copy.frames) {
		free_record(&copy);
		return -ENOMEM;
	}
	if (size)
		memcpy(copy.frames, record->frames, size);
	*ret_copy = copy;
	return 0;
}

int stack_list_stack(struct stack_list *list, const struct stack_record *record, size_t *ret_stack)
{
	uint64_t hash = hash_of(record);
	struct stack_record copy;
	size_t cursor = 0;

	while (hash_index_next(&list->stack_index, hash, &cursor, ret_stack)) {
		if (!is_same(&list->stacks[*ret_stack], record))
			continue;
		stack_figures_add(&list->stacks[*ret_stack].figures, &record->figures);
		return 0;
	}
	if (grow_stacks(list) || copy_record(record, &copy))
		return -ENOMEM;
	if (hash_index_add(&list->stack_index, hash, list->n_stacks)) {
		free_record(&copy);
		return -ENOMEM;
	}
	*ret_stack = list->n_stacks++;
	list->stacks[*ret_stack] = copy;
	return 0;
}

int stack_list_add_slow(struct stack_list *list, const struct slow_call *call)
{
	struct slow_call *calls = grow(list->slow_calls, list->n_slow_calls, sizeof(*calls));

	if (!calls)
		return -ENOMEM;
	list->slow_calls = calls;
	list->slow_calls[list->n_slow_calls++] = *call;
	return 0;
}

static void free_symbols(struct stack_frame *frame)
{
	for (size_t i = 0; i < frame->n_symbols; i++) {
		free(frame->symbols[i].function);
		free(frame->symbols[i].file);
	}
	free(frame->symbols);
}

void stack_frame_set_symbols(struct stack_frame *frame, struct stack_symbol *symbols, size_t n_symbols)
{
	free_symbols(frame);
	frame->symbols = symbols;
	frame->n_symbols = n_symbols;
}

void stack_list_deinit(struct stack_list *list)
{
	for (size_t i = 0; i < list->n_modules; i++) {
		free(list->modules[i].path);
		free(list->modules[i].build_id);
	}
	for (size_t i = 0; i < list->n_frames; i++)
		free_symbols(&list->frames[i]);
	for (size_t i = 0; i < list->n_stacks; i++)
		free_record(&list->stacks[i]);
	free(list->modules);
	free(list->frames);
	free(list->stacks);
	free(list->slow_calls);
	hash_index_deinit(&list->module_index);
	hash_index_deinit(&list->frame_index);
	hash_index_deinit(&list->stack_index);
	*list = (struct stack_list){0};
}

const char *stack_kind_name(enum stack_kind kind)
{
	static const char *const names[] = {
		[STACK_FAILURE] = "failure",
		[STACK_SLOW] = "slow",
		[STACK_EVERY] = "every",
		[STACK_ALLOCATION] = "allocation",
	};

	return kind < STACK_KINDS ? names[kind] : NULL;
}

const char *stack_shortage_name(enum stack_shortage shortage)
{
	static const char *const names[] = {
		[STACK_TABLE_FULL] = "table_full",
		[STACK_UNKNOWN] = "unknown",
		[STACK_UNFOLLOWED] = "unfollowed",
	};

	return shortage < STACK_SHORTAGES ? names[shortage] : NULL;
}
