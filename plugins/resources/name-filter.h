// SPDX-License-Identifier: MIT
/*
 * name-filter.h - which of many things are wanted, by patterns of the shell: "eth*".
 */
#ifndef SONDE_RESOURCES_NAME_FILTER_H
#define SONDE_RESOURCES_NAME_FILTER_H

#include <sonde/plugin.h>

#include <stdbool.h>

struct name_filter {
	struct sonde_list include; /* none: all */
	struct sonde_list exclude; /* comes after include */
};

bool name_filter_passes(const struct name_filter *filter, const char *name);

#endif
