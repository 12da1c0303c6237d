// SPDX-License-Identifier: MIT
/*
 * explain.h - what can stand in a configuration file, told from the tables.
 */
#ifndef SONDE_HOST_EXPLAIN_H
#define SONDE_HOST_EXPLAIN_H

#include <stdio.h>

#include "host/configuration.h"
#include "host/option-table.h"

enum explain_format {
	EXPLAIN_TEXT,
	EXPLAIN_MARKDOWN, /* rows of a table */
};

/*
 * Explains what a path names: a setting ("timing.memory"), all settings of a group ("timing"; "" is
 * everything), an option of a plugin ("plugins.prometheus.listen"), all of its options
 * ("plugins.prometheus"), or those that every plugin has ("plugins"). 0, or -ENOENT with
 * ret_message set.
 */
int explain(const char *path, const struct plugin_catalogue *plugins, enum explain_format format,
	    FILE *stream, struct message *ret_message);

/* Explains the options in a table, whose names follow the prefix: "listen", of "". */
void explain_options(const struct option_table *table, const char *prefix,
		     enum explain_format format, FILE *stream);

#endif
