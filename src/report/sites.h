// SPDX-License-Identifier: MIT
/*
 * sites.h - stacks added up by the place that called: the first frame of the program's own.
 *
 * What was allocated there and what of it is live are sites of their own: the places are not the same, nor are the ways.
 */
#ifndef SONDE_REPORT_SITES_H
#define SONDE_REPORT_SITES_H

#include <stdbool.h>

#include "model/stack-list.h"

/* A stack on its way to the place. */
struct site_way {
	const struct stack_record *stack;
	size_t position; /* of the place, in the stack's frames */
	bool is_live;    /* of bytes that are live, not of all that were allocated */
};

struct site {
	const struct site_way *ways; /* those with most of it first */
	size_t n_ways;
	size_t frame; /* position of the place, in the list's frames */
	struct stack_figures figures;
};

/* The sites of one kind stand together, in the order of kinds, live bytes before all; those with most of it first. */
struct site_list {
	struct site *sites;
	size_t n_sites;
	struct site_way *ways;
};

/* Failures and turns: calls; slow calls: nanoseconds; allocations: bytes. */
uint64_t site_amount(const struct site *site);
uint64_t site_way_amount(const struct site_way *way);

/* 0 or -ENOMEM. */
int site_list_init(struct site_list *ret_sites, const struct stack_list *list);
void site_list_deinit(struct site_list *sites);

#endif
