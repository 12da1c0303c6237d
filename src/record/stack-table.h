// SPDX-License-Identifier: MIT
/*
 * stack-table.h - the region's table of stacks, and what a process needs to find its way in it.
 *
 * Records lie in the region; an index of them, by hash, is private memory that the kernel wipes at fork, so a child
 * begins with nothing. All threads use both, without a lock.
 */
#ifndef SONDE_RECORD_STACK_TABLE_H
#define SONDE_RECORD_STACK_TABLE_H

#include "record/probe.h"
#include "record/region.h"
#include "record/unwind.h"

enum {
	STACK_INDEX_SLOTS = 2 * STACK_SITES_MAX,
	STACK_MODULE_SLOTS = 2048,
	STACK_LOOK_SLOTS = 1024,
};

_Static_assert((int)STACK_MODULES_MAX < (int)STACK_MODULE_SLOTS, "there is always an empty slot");

/* How often calls failed in one way at one place, for not to take each of their stacks. */
struct stack_look {
	uint64_t key;
	struct stack_figures *figures; /* of the last stack */
	uint32_t count;
	uint32_t left; /* failures until the next stack */
};

struct stack_index {
	struct unwind_cache steps;
	struct stack_site *sites[STACK_INDEX_SLOTS];
	struct code_module *modules[STACK_MODULE_SLOTS]; /* by mark */
	struct stack_look looks[STACK_LOOK_SLOTS];
};

/* What a stack is taken of. */
struct stack_subject {
	struct call_info_record *info;
	enum stack_kind kind;
	int code;
};

struct stack_trace {
	unsigned int n_frames;
	bool is_cut;
	uint64_t frames[STACK_DEPTH_MAX];
};

/* The process's index, made if it is not there yet and it may be. NULL: it is not there. */
struct stack_index *stack_index_find(bool must_exist) HIDDEN;

/* The region's table, the same. */
struct stack_table *stack_table_find(struct thread_cache *thread, struct region_header *region) HIDDEN;

/* An address as frames are kept: of a module, which is described in the region if it is not yet. */
uint64_t stack_table_frame(struct thread_cache *thread, struct stack_table *table, struct stack_index *index,
			   const struct unwind *unwind) HIDDEN;

/* The site of a stack, made if it is not there yet. NULL: there is no room for another. */
struct stack_site *stack_table_site(struct thread_cache *thread, struct stack_table *table, struct stack_index *index,
				    const struct stack_subject *subject, const struct stack_trace *trace) HIDDEN;

/* Takes memory for slow calls, so that none is needed when there is one. */
void stack_table_prepare_events(struct region_header *region, struct stack_table *table) HIDDEN;

/* Keeps a slow call by itself. */
void stack_table_add_event(struct region_header *region, struct stack_table *table, const struct stack_event *event,
			   const struct stack_site *site) HIDDEN;

#endif
