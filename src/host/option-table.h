// SPDX-License-Identifier: MIT
/*
 * option-table.h - the options of a plugin: their table, and the struct that is filled in from it.
 *
 * The table is the plugin's, made as include/sonde/plugin.h says, perhaps by a newer version of
 * that header: then its rows are longer than those known here. A table is checked before it is
 * used; what the functions below say of rows holds for checked ones.
 */
#ifndef SONDE_HOST_OPTION_TABLE_H
#define SONDE_HOST_OPTION_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "host/value.h"
#include "model/message.h"
#include "sonde/plugin.h"

enum { OPTION_PATH_SIZE = 128 };

struct option_table {
	const struct sonde_option *rows; /* NULL: none */
	size_t row_size;		 /* from one row to the next */
	size_t options_size;		 /* of the struct that is filled in */
};

/*
 * Finds what a plugin's author has done wrong; `reserved` has names that may not be in the table.
 * 0, or -EINVAL with ret_message set.
 */
int option_table_check(const struct option_table *table, const struct option_table *reserved,
		       struct message *ret_message);

/* Rows from 0 on, those of groups included as one; NULL after the last one. */
const struct sonde_option *option_table_row(const struct option_table *table, size_t index);

/* The rows of a group, as a table. */
struct option_table option_table_members(const struct option_table *table,
					 const struct sonde_option *group);

/* The row of "listen" or, in a group, "tls.verify"; NULL: there is none. */
const struct sonde_option *option_table_find(const struct option_table *table, const char *path);

/* Calls a function for each row that has a value, also in groups, until it returns another than 0,
 * which is returned. */
typedef int (*option_visitor)(void *argument, const char *path, const struct sonde_option *option);
int option_table_visit(const struct option_table *table, option_visitor visit, void *argument);

/* What a value of a row may be; the row is no group. */
struct value_rule option_rule(const struct sonde_option *option);

/* A filled struct of options, and all that it points to. */
struct option_values {
	void *data; /* NULL: the plugin has none */
	void **owned;
	size_t n_owned;
};

/* All defaults. 0 or -ENOMEM; to be deinitialised in any case. */
int option_values_init(struct option_values *values, const struct option_table *table);
void option_values_deinit(struct option_values *values);

/* Sets one to a value that was read by its rule; copies it. 0 or -ENOMEM. */
int option_values_set(struct option_values *values, const struct sonde_option *option,
		      const struct value *value);

#endif
