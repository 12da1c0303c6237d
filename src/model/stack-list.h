// SPDX-License-Identifier: MIT
/*
 * stack-list.h - where calls came from: stacks, their frames, and the modules that those are in.
 *
 * Each module, frame and stack stands in the list once, whatever process it was seen in; stacks refer to frames, and frames
 * to modules, by position. What a frame is called is filled in afterwards by who can find out (tool/symbols.h).
 *
 * All zero is an empty list. It owns all that it points to.
 */
#ifndef SONDE_MODEL_STACK_LIST_H
#define SONDE_MODEL_STACK_LIST_H

#include "calls/kinds.h"
#include "model/hash-index.h"
#include "record/region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STACK_NO_MODULE SIZE_MAX

struct stack_module {
	char *path;
	char *build_id; /* hexadecimal; "": none */
};

/* A function that a frame is in. */
struct stack_symbol {
	char *function;
	char *file; /* NULL: not known */
	unsigned int line; /* 0: not known */
};

struct stack_frame {
	size_t module;     /* STACK_NO_MODULE: the place is an address in no object */
	uint64_t place;    /* return address as in the module's file: the call is before it */
	struct stack_symbol *symbols; /* the innermost of inlined functions first; the last one is real */
	size_t n_symbols;  /* 0: not known */
};

struct stack_record {
	enum stack_kind kind;
	char *call;
	char *code;        /* "ENOENT"; NULL: the call succeeded */
	bool is_cut;       /* there are more frames */
	size_t *frames;    /* innermost first */
	size_t n_frames;
	struct stack_figures figures;
};

struct slow_call {
	size_t stack;
	int pid;
	int tid;
	int64_t start_ns;  /* CLOCK_REALTIME */
	uint64_t ns;
	char kind[KIND_NAME_SIZE]; /* of the call, where its kinds are told apart */
};

struct stack_list {
	struct stack_module *modules;
	size_t n_modules;
	struct stack_frame *frames;
	size_t n_frames;
	struct stack_record *stacks;
	size_t n_stacks;
	struct slow_call *slow_calls; /* the latest of each process */
	size_t n_slow_calls;

	bool is_known;        /* some process took stacks */
	struct stack_figures others[STACK_KINDS]; /* of calls that are at no stack for want of room */
	uint64_t n_slow;      /* slow calls that there were, also those that are not kept */
	uint64_t heap_period; /* as in struct stack_table; 0: no allocations */
	uint64_t peak_bytes;  /* the most that was live in one process */
	uint64_t walks;
	uint64_t walk_ns;
	uint64_t looks;
	uint64_t look_ns;
	uint64_t shortages[STACK_SHORTAGES];

	struct hash_index module_index;
	struct hash_index frame_index;
	struct hash_index stack_index;
};

/* Each finds the position of what is given, and adds a copy of it where it is not there yet. 0 or -ENOMEM. */
int stack_list_module(struct stack_list *list, const char *path, const char *build_id, size_t *ret_module);
int stack_list_frame(struct stack_list *list, size_t module, uint64_t place, size_t *ret_frame);
/* Figures are added to those that are there. */
int stack_list_stack(struct stack_list *list, const struct stack_record *record, size_t *ret_stack);

int stack_list_add_slow(struct stack_list *list, const struct slow_call *call);

void stack_figures_add(struct stack_figures *figures, const struct stack_figures *other);

/* Takes the symbols over. */
void stack_frame_set_symbols(struct stack_frame *frame, struct stack_symbol *symbols, size_t n_symbols);

void stack_list_deinit(struct stack_list *list);

/* "failure", "slow", "every", "allocation" */
const char *stack_kind_name(enum stack_kind kind);
/* "table_full", ... */
const char *stack_shortage_name(enum stack_shortage shortage);

/* How many calls a stack stands for. */
static inline double stack_calls(uint64_t count)
{
	return (double)count / STACK_SCALE;
}

#endif
