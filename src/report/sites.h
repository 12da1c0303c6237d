// SPDX-License-Identifier: MIT
/*
 * sites.h - stacks added up by the place that called: the first frame of the program's own.
 */
#ifndef SONDE_REPORT_SITES_H
#define SONDE_REPORT_SITES_H

#include "model/stack-list.h"

struct site {
	const struct stack_record *stack; /* of the stacks that were added up, the one with most calls */
	size_t frame;	      /* position of the place, in the list's frames */
	size_t position;      /* and in the stack's */
	struct stack_figures figures;
};

/*
 * All sites, those of one kind together, in the order of kinds; failures and turns by calls, slow calls by time, allocations by
 * what is live and then by bytes, most first. The caller frees the array. NULL without memory.
 */
struct site *sites_new(const struct stack_list *list, size_t *ret_n_sites);

#endif
