// SPDX-License-Identifier: MIT
/*
 * given.h - what was given instead of a default: where it was said, and as what.
 *
 * Checking and using a value is others' work. This is kept to show people where each value comes
 * from, and to notice when a thing is given twice.
 */
#ifndef SONDE_HOST_GIVEN_H
#define SONDE_HOST_GIVEN_H

#include <stddef.h>
#include <stdio.h>

#include "host/value.h"

struct given {
	char *path;   /* "timing.memory" */
	char *text;   /* the value, in the syntax of a configuration file */
	char *origin; /* "sonde.cfg:3", "SONDE_TIMING_MEMORY" or "command line" */
};

struct given_list {
	struct given *items;
	size_t n_items;
};

void given_list_deinit(struct given_list *list);

/* Notes a value; one that was given before is replaced. 0 or -ENOMEM. */
int given_list_set(struct given_list *list, const char *path, const struct value_rule *rule,
		   const struct value *value, const char *origin);

/* NULL: not given. */
const struct given *given_list_find(const struct given_list *list, const char *path);

#endif
