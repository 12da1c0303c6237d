// SPDX-License-Identifier: MIT
#include "config.h"

#include "report/sites.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/stack-name.h"

static int compare_texts(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

static uint64_t amount_of(const struct stack_figures *figures, const struct site_way *way)
{
	if (way->stack->kind == STACK_SLOW)
		return figures->sum_ns;
	if (way->stack->kind == STACK_ALLOCATION)
		return way->is_live ? figures->live_bytes : figures->bytes;
	return figures->count;
}

uint64_t site_amount(const struct site *site)
{
	return amount_of(&site->figures, site->ways);
}

uint64_t site_way_amount(const struct site_way *way)
{
	return amount_of(&way->stack->figures, way);
}

static size_t frame_of(const struct site_way *way)
{
	return way->stack->frames[way->position];
}

static int compare_kinds(const struct site_way *a, const struct site_way *b)
{
	int order = (int)a->stack->kind - (int)b->stack->kind;

	return order ? order : b->is_live - a->is_live;
}

/* What makes two ways lead to one site. */
static int compare_identity(const struct site_way *a, const struct site_way *b)
{
	int order = compare_kinds(a, b);

	if (!order)
		order = strcmp(a->stack->call, b->stack->call);
	if (!order)
		order = compare_texts(a->stack->code, b->stack->code);
	if (!order)
		order = (frame_of(a) > frame_of(b)) - (frame_of(a) < frame_of(b));
	return order;
}

static int compare_ways(const void *a, const void *b)
{
	const struct site_way *left = a;
	const struct site_way *right = b;
	int order = compare_identity(left, right);

	if (!order)
		order = compare_numbers(site_way_amount(left), site_way_amount(right));
	/* As in the list. */
	return order ? order : (left->stack > right->stack) - (left->stack < right->stack);
}

static int compare_sites(const void *a, const void *b)
{
	const struct site *left = a;
	const struct site *right = b;
	int order = compare_kinds(left->ways, right->ways);

	if (!order)
		order = compare_numbers(site_amount(left), site_amount(right));
	if (!order)
		order = compare_numbers(left->figures.count, right->figures.count);
	return order ? order : compare_identity(left->ways, right->ways);
}

static size_t list_ways(struct site_way *ways, const struct stack_list *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n_stacks; i++) {
		const struct stack_record *stack = &list->stacks[i];
		struct site_way way = {stack, stack_site_position(list, stack), false};

		if (!stack->n_frames)
			continue;
		ways[n++] = way;
		way.is_live = true;
		if (stack->kind == STACK_ALLOCATION && stack->figures.live_bytes)
			ways[n++] = way;
	}
	return n;
}

/* Neighbours that lead to one place are one site. */
static size_t add_up(struct site *sites, const struct site_way *ways, size_t n_ways)
{
	size_t n_sites = 0;

	for (size_t i = 0; i < n_ways; i++) {
		struct site *last = n_sites ? &sites[n_sites - 1] : NULL;

		if (!last || compare_identity(last->ways, &ways[i]) != 0) {
			last = &sites[n_sites++];
			*last = (struct site){.ways = &ways[i], .frame = frame_of(&ways[i])};
		}
		stack_figures_add(&last->figures, &ways[i].stack->figures);
		last->n_ways++;
	}
	return n_sites;
}

int site_list_init(struct site_list *ret_sites, const struct stack_list *list)
{
	struct site_list sites = {
		.sites = calloc(2 * list->n_stacks + 1, sizeof(*sites.sites)),
		.ways = calloc(2 * list->n_stacks + 1, sizeof(*sites.ways)),
	};

	if (!sites.sites || !sites.ways) {
		site_list_deinit(&sites);
		return -ENOMEM;
	}
	size_t n_ways = list_ways(sites.ways, list);

	qsort(sites.ways, n_ways, sizeof(*sites.ways), compare_ways);
	sites.n_sites = add_up(sites.sites, sites.ways, n_ways);
	qsort(sites.sites, sites.n_sites, sizeof(*sites.sites), compare_sites);
	*ret_sites = sites;
	return 0;
}

void site_list_deinit(struct site_list *sites)
{
	free(sites->sites);
	free(sites->ways);
	*sites = (struct site_list){0};
}
