// SPDX-License-Identifier: MIT
#include "resources/growth.h"

#include <stdlib.h>
#include <string.h>

#include "resources/amount.h"

uint64_t growth_update(struct growth *growth, uint64_t reading)
{
	uint64_t more = reading >= growth->last ? reading - growth->last : reading;

	growth->total = amount_plus(growth->total, more);
	growth->last = reading;
	return growth->total;
}

void growth_table_begin(struct growth_table *table)
{
	table->round++;
}

/* Those that were in neither this round nor the last one. */
static void forget_gone(struct growth_table *table)
{
	size_t n_kept = 0;

	for (size_t i = 0; i < table->n_items; i++)
		if (table->items[i].round + 1 >= table->round)
			table->items[n_kept++] = table->items[i];
	table->n_items = n_kept;
}

static struct named_growths *add(struct growth_table *table, const char *name)
{
	if (table->n_items == GROWTH_NAMES_MAX)
		forget_gone(table);
	if (table->n_items == GROWTH_NAMES_MAX || strlen(name) > GROWTH_NAME_MAX)
		return NULL;

	struct named_growths *items =
		reallocarray(table->items, table->n_items + 1, sizeof(*items));

	if (!items)
		return NULL;
	table->items = items;
	items[table->n_items] = (struct named_growths){0};
	strcpy(items[table->n_items].name, name);
	return &items[table->n_items++];
}

struct named_growths *growth_table_get(struct growth_table *table, const char *name)
{
	struct named_growths *found = NULL;

	for (size_t i = 0; i < table->n_items && !found; i++)
		if (strcmp(table->items[i].name, name) == 0)
			found = &table->items[i];
	if (!found)
		found = add(table, name);
	if (found)
		found->round = table->round;
	return found;
}

void growth_table_deinit(struct growth_table *table)
{
	free(table->items);
	*table = (struct growth_table){0};
}
