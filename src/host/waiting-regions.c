// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/waiting-regions.h"

#include "record/session.h"

int waiting_regions_add(struct waiting_regions *waiting, const struct region_entry *entry, uint64_t capacity)
{
	uint64_t place = session_place(entry->offset, capacity);
	int result = place_set_add(&waiting->places, place);

	if (result < 0)
		return result;
	result = added_regions_add(&waiting->added, entry);
	if (result < 0)
		place_set_remove(&waiting->places, place);
	else
		waiting->n_bytes += entry->size;
	return result;
}

int waiting_regions_add_before(struct waiting_regions *waiting, const struct added_regions *before,
			       const struct region_list *list, uint64_t capacity)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < list->n_entries; i++)
		if (added_regions_have(before, &list->entries[i]))
			result = waiting_regions_add(waiting, &list->entries[i], capacity);
	return result;
}

void waiting_regions_deinit(struct waiting_regions *waiting)
{
	added_regions_deinit(&waiting->added);
	place_set_deinit(&waiting->places);
	waiting->n_bytes = 0;
}
