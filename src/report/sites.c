// SPDX-License-Identifier: MIT
#include "config.h"

#include "report/sites.h"

#include <stdlib.h>
#include <string.h>

#include "model/stack-name.h"

static int compare_texts(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

/* What makes two stacks one site. */
static int compare_identity(const void *a, const void *b)
{
	const struct site *left = a;
	const struct site *right = b;
	int order = (int)left->stack->kind - (int)right->stack->kind;

	if (!order)
		order = strcmp(left->stack->call, right->stack->call);
	if (!order)
		order = compare_texts(left->stack->code, right->stack->code);
	if (!order)
		order = (left->frame > right->frame) - (left->frame < right->frame);
	return order;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

static int compare_weight(const void *a, const void *b)
{
	const struct site *left = a;
	const struct site *right = b;
	int order = (int)left->stack->kind - (int)right->stack->kind;

	if (!order && left->stack->kind == STACK_SLOW)
		order = compare_numbers(left->figures.sum_ns, right->figures.sum_ns);
	if (!order && left->stack->kind == STACK_ALLOCATION)
		order = compare_numbers(left->figures.live_bytes, right->figures.live_bytes);
	if (!order && left->stack->kind == STACK_ALLOCATION)
		order = compare_numbers(left->figures.bytes, right->figures.bytes);
	if (!order)
		order = compare_numbers(left->figures.count, right->figures.count);
	return order ? order : compare_identity(a, b);
}

/* Adds neighbours up that are one site; returns how many there are. */
static size_t add_up(struct site *sites, size_t n)
{
	size_t n_sites = 0;

	for (size_t i = 0; i < n; i++) {
		struct site *last = n_sites ? &sites[n_sites - 1] : NULL;

		if (!last || compare_identity(last, &sites[i]) != 0) {
			sites[n_sites++] = sites[i];
			continue;
		}
		if (sites[i].stack->figures.count > last->stack->figures.count) {
			last->stack = sites[i].stack;
			last->position = sites[i].position;
		}
		stack_figures_add(&last->figures, &sites[i].figures);
	}
	return n_sites;
}

struct site *sites_new(const struct stack_list *list, size_t *ret_n_sites)
{
	struct site *sites = calloc(list->n_stacks + 1, sizeof(*sites));
	size_t n = 0;

	if (!sites)
		return NULL;
	for (size_t i = 0; i < list->n_stacks; i++) {
		const struct stack_record *stack = &list->stacks[i];
		size_t position = stack_site_position(list, stack);

		if (stack->n_frames)
			sites[n++] = (struct site){
				.stack = stack,
				.frame = stack->frames[position],
				.position = position,
				.figures = stack->figures,
			};
	}
	qsort(sites, n, sizeof(*sites), compare_identity);
	n = add_up(sites, n);
	qsort(sites, n, sizeof(*sites), compare_weight);
	*ret_n_sites = n;
	return sites;
}
