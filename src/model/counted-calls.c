// SPDX-License-Identifier: MIT
/*
 * Whether figures of calls mean what they say: not where one of these calls was off, or was switched on the way.
 * A recording has names only, which may be those of another version: what is not in our table is not one of them.
 */
#include "config.h"

#include "model/recording.h"

#include "calls/call.h"

#include <string.h>

static bool may_wait(const struct call_info *row)
{
	for (unsigned int kind = 0; kind < kind_count(row->kinds); kind++)
		if (kind_waits(row->kinds, kind, row->waits) != WAIT_NONE)
			return true;
	return false;
}

bool call_may_wait(const char *name)
{
	for (unsigned int call = 0; call < CALL_COUNT; call++)
		if (strcmp(call_table[call].name, name) == 0)
			return may_wait(&call_table[call]);
	return false;
}

bool call_is_of_group(const char *name, const char *group)
{
	for (unsigned int call = 0; call < CALL_COUNT; call++)
		if (strcmp(call_table[call].name, name) == 0)
			return strcmp(call_table[call].group, group) == 0;
	return false;
}

bool recording_counts_call(const struct recording *recording, const char *name)
{
	return !name_counts_get(&recording->off, name) && !name_counts_get(&recording->switched, name);
}

static bool is_allocating_call(const char *name)
{
	return call_is_allocation(&(struct call_totals){.name = (char *)name});
}

static bool has_any(const struct name_counts *names, bool (*is_one)(const char *name))
{
	for (size_t i = 0; i < names->n_items; i++)
		if (is_one(names->items[i].name))
			return true;
	return false;
}

bool recording_counts_waiting(const struct recording *recording)
{
	return !has_any(&recording->off, call_may_wait) && !has_any(&recording->switched, call_may_wait);
}

bool recording_counts_allocations(const struct recording *recording)
{
	return !has_any(&recording->off, is_allocating_call) && !has_any(&recording->switched, is_allocating_call);
}
