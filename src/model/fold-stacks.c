// SPDX-License-Identifier: MIT
/*
 * Numbers of modules are the writer's: a frame of a module that is not there is one in none.
 */
#include "config.h"

#include "model/fold-stacks.h"

#include "model/failure-class.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* One table on its way into the list. */
struct stack_folding {
	const struct region_header *header;
	const struct stack_table *table;
	struct stack_list *list;
	size_t *modules; /* position in the list, by number */
	size_t n_modules;
};

static const char *hexadecimal(const uint8_t *bytes, size_t n, char *ret_text)
{
	ret_text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		sprintf(ret_text + 2 * i, "%02x", bytes[i]);
	return ret_text;
}

static int fold_module(struct stack_folding *folding, const struct code_module *module)
{
	char build_id[2 * MODULE_BUILD_ID_SIZE + 1];
	size_t position;
	int result = stack_list_module(folding->list, module->path,
				       hexadecimal(module->build_id, module->build_id_size, build_id), &position);

	if (result == 0 && module->number < folding->n_modules)
		folding->modules[module->number] = position;
	return result;
}

static int fold_modules(struct stack_folding *folding)
{
	const struct code_module *module = relative_get(&folding->table->modules);

	for (size_t i = 0; i < folding->n_modules; i++)
		folding->modules[i] = STACK_NO_MODULE;
	for (; module; module = relative_get(&module->next))
		if (fold_module(folding, module))
			return -ENOMEM;
	return 0;
}

static int fold_frames(const struct stack_folding *folding, const struct stack_site *site, size_t *ret_frames)
{
	for (size_t i = 0; i < site->n_frames; i++) {
		uint64_t number = site->frames[i] >> STACK_PLACE_BITS;
		uint64_t place = site->frames[i] & ((UINT64_C(1) << STACK_PLACE_BITS) - 1);
		size_t module = number < folding->n_modules ? folding->modules[number] : STACK_NO_MODULE;

		if (stack_list_frame(folding->list, module, place, &ret_frames[i]))
			return -ENOMEM;
	}
	return 0;
}

/* What a running process frees may have been taken off before we saw it added. */
static struct stack_figures settled(struct stack_figures figures)
{
	if (figures.live_bytes > figures.bytes)
		figures.live_bytes = 0;
	if (figures.live_count > figures.count)
		figures.live_count = 0;
	return figures;
}

/* With figures that are all zero a stack is found, and nothing is added to it. */
static int fold_site(const struct stack_folding *folding, const struct stack_site *site, struct stack_figures figures,
		     size_t *ret_stack)
{
	const struct call_info_record *info = relative_get(&site->info);
	char symbol[FAILURE_SYMBOL_SIZE];
	size_t frames[STACK_DEPTH_MAX];
	const struct stack_record record = {
		.kind = site->kind,
		.call = (char *)info->name,
		.code = site->code ? (char *)failure_symbol(site->code, symbol) : NULL,
		.is_cut = site->flags & STACK_IS_CUT,
		.frames = frames,
		.n_frames = site->n_frames,
		.figures = figures,
	};
	int result = fold_frames(folding, site, frames);

	return result ? result : stack_list_stack(folding->list, &record, ret_stack);
}

/* A site that has no figures yet is just being made. */
static bool site_is_whole(const struct stack_site *site)
{
	return site->info && site->kind < STACK_KINDS && site->n_frames && site->n_frames <= STACK_DEPTH_MAX;
}

static int fold_event(const struct stack_folding *folding, const struct stack_event *event)
{
	const struct stack_site *site = relative_get(&event->site);
	struct slow_call call = {
		.pid = folding->header->pid,
		.tid = event->tid,
		.start_ns = clock_ticks_to_realtime_ns(&folding->header->clock, event->start_ticks),
		.ns = event->ns,
	};
	int result;

	if (!site || !site_is_whole(site))
		return 0;
	const struct call_info_record *info = relative_get(&site->info);

	snprintf(call.kind, sizeof(call.kind), "%s", info->kind);
	result = fold_site(folding, site, (struct stack_figures){0}, &call.stack);
	return result ? result : stack_list_add_slow(folding->list, &call);
}

static int fold_events(const struct stack_folding *folding)
{
	const struct stack_events *events = relative_get(&folding->table->events);

	if (!events)
		return 0;
	uint64_t end = events->n_events;
	uint64_t begin = end > STACK_EVENTS ? end - STACK_EVENTS : 0;

	folding->list->n_slow += end;
	for (uint64_t i = begin; i < end; i++)
		if (fold_event(folding, &events->event[i % STACK_EVENTS]))
			return -ENOMEM;
	return 0;
}

static void fold_cost(const struct stack_folding *folding)
{
	const struct clock_calibration *clock = &folding->header->clock;
	const struct stack_table *table = folding->table;
	struct stack_list *list = folding->list;

	list->is_known = true;
	list->walks += table->walks;
	list->walk_ns += clock_interval_ns(clock, 0, table->walk_ticks);
	list->looks += table->looks;
	list->look_ns += clock_interval_ns(clock, 0, table->look_ticks);
	for (unsigned int i = 0; i < STACK_SHORTAGES; i++)
		list->shortages[i] += table->shortages[i];
	for (unsigned int i = 0; i < STACK_KINDS; i++) {
		struct stack_figures others = settled(table->others[i]);

		stack_figures_add(&list->others[i], &others);
	}
	if (table->heap_period)
		list->heap_period = table->heap_period;
	if (table->peak_bytes > list->peak_bytes)
		list->peak_bytes = table->peak_bytes;
}

static int fold_sites(const struct stack_folding *folding)
{
	const struct stack_site *site = relative_get(&folding->table->sites);
	size_t stack;

	for (; site; site = relative_get(&site->next))
		if (site_is_whole(site) && fold_site(folding, site, settled(site->figures), &stack))
			return -ENOMEM;
	return 0;
}

int fold_stacks(struct stack_list *list, const struct region_image *image)
{
	struct stack_folding folding = {.header = image->header, .list = list};

	folding.table = relative_get(&image->header->stacks);
	if (!folding.table)
		return 0;
	folding.n_modules = STACK_MODULES_MAX + 1;
	folding.modules = calloc(folding.n_modules, sizeof(*folding.modules));
	int result = folding.modules ? 0 : -ENOMEM;

	if (result == 0)
		result = fold_modules(&folding);
	if (result == 0)
		result = fold_sites(&folding);
	if (result == 0)
		result = fold_events(&folding);
	fold_cost(&folding);
	free(folding.modules);
	return result;
}
