// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/name-counts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where the name is, or would be: the lists are a dozen long. */
static size_t find_position(const struct name_counts *counts, const char *name)
{
	size_t position = 0;

	while (position < counts->n_items && strcmp(counts->items[position].name, name) < 0)
		position++;
	return position;
}

static struct name_count *find(const struct name_counts *counts, const char *name)
{
	size_t position = find_position(counts, name);

	if (position == counts->n_items || strcmp(counts->items[position].name, name) != 0)
		return NULL;
	return &counts->items[position];
}

static struct name_count *insert(struct name_counts *counts, const char *name)
{
	size_t position = find_position(counts, name);
	struct name_count *items =
		reallocarray(counts->items, counts->n_items + 1, sizeof(*items));

	if (!items)
		return NULL;
	counts->items = items;
	char *copy = strdup(name);

	if (!copy)
		return NULL;
	memmove(&items[position + 1], &items[position],
		(counts->n_items - position) * sizeof(*items));
	items[position] = (struct name_count){.name = copy};
	counts->n_items++;
	return &items[position];
}

int name_counts_add(struct name_counts *counts, const char *name, uint64_t count)
{
	struct name_count *item = find(counts, name);

	if (!item)
		item = insert(counts, name);
	if (!item)
		return -ENOMEM;
	if (__builtin_add_overflow(item->count, count, &item->count))
		item->count = UINT64_MAX;
	return 0;
}

int name_set_add(struct name_counts *set, const char *name)
{
	return name_counts_get(set, name) ? 0 : name_counts_add(set, name, 1);
}

int name_counts_add_all(struct name_counts *counts, const struct name_counts *other)
{
	for (size_t i = 0; i < other->n_items; i++)
		if (name_counts_add(counts, other->items[i].name, other->items[i].count))
			return -ENOMEM;
	return 0;
}

uint64_t name_counts_get(const struct name_counts *counts, const char *name)
{
	const struct name_count *item = find(counts, name);

	return item ? item->count : 0;
}

void name_counts_deinit(struct name_counts *counts)
{
	for (size_t i = 0; i < counts->n_items; i++)
		free(counts->items[i].name);
	free(counts->items);
	*counts = (struct name_counts){0};
}
