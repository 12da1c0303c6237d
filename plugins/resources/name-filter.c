// SPDX-License-Identifier: MIT
#include "resources/name-filter.h"

#include <fnmatch.h>

static bool list_matches(const struct sonde_list *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->n_items; i++)
		if (fnmatch(patterns->items[i], name, 0) == 0)
			return true;
	return false;
}

bool name_filter_passes(const struct name_filter *filter, const char *name)
{
	if (filter->include.n_items && !list_matches(&filter->include, name))
		return false;
	return !list_matches(&filter->exclude, name);
}
