// SPDX-License-Identifier: MIT
/*
 * newcomers.h - processes of a session that run and have no region in it, or none of the program that they are now.
 */
#ifndef SONDE_HOST_NEWCOMERS_H
#define SONDE_HOST_NEWCOMERS_H

#include <stddef.h>

#include "host/region-list.h"

/*
 * How many there are, by the session's open file, its directory and its regions as they were last read. Looks at all
 * processes of the machine: it takes some milliseconds. Those of other users are not seen.
 */
size_t newcomers_count(int fd, const char *directory, const struct region_list *list);

#endif
