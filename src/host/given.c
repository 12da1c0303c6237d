// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/given.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void given_deinit(struct given *given)
{
	free(given->path);
	free(given->text);
	free(given->origin);
}

void given_list_deinit(struct given_list *list)
{
	for (size_t i = 0; i < list->n_items; i++)
		given_deinit(&list->items[i]);
	free(list->items);
	*list = (struct given_list){0};
}

/* The place of a path in the list, made if it is not there. NULL: no memory. */
static struct given *find_place(struct given_list *list, const char *path)
{
	struct given *given = (struct given *)given_list_find(list, path);

	if (given)
		return given;
	struct given *items = realloc(list->items, (list->n_items + 1) * sizeof(*items));

	if (!items)
		return NULL;
	list->items = items;
	items[list->n_items] = (struct given){0};
	return &items[list->n_items++];
}

int given_list_set(struct given_list *list, const char *path, const struct value_rule *rule,
		   const struct value *value, const char *origin)
{
	struct given given = {
		.path = strdup(path),
		.text = value_to_text(rule, value),
		.origin = strdup(origin),
	};
	bool is_complete = given.path && given.text && given.origin;
	struct given *place = is_complete ? find_place(list, path) : NULL;

	if (!place) {
		given_deinit(&given);
		return -ENOMEM;
	}
	given_deinit(place);
	*place = given;
	return 0;
}

const struct given *given_list_find(const struct given_list *list, const char *path)
{
	for (size_t i = 0; i < list->n_items; i++)
		if (strcmp(list->items[i].path, path) == 0)
			return &list->items[i];
	return NULL;
}
