// SPDX-License-Identifier: MIT
/*
 * object-table.h - files or peers by themselves, for machines: what `sonde report --by=file` writes.
 */
#ifndef SONDE_FORMAT_OBJECT_TABLE_H
#define SONDE_FORMAT_OBJECT_TABLE_H

#include "model/object-list.h"

#include <stdio.h>

/* The array as it stands in a recording, one element a line; `key` is what a name stands under. 0 or a negative errno. */
int object_table_json(const struct object_list *list, const char *key, FILE *file);

/* A row for each, in the order of names, after a header. 0 or a negative errno. */
int object_table_csv(const struct object_list *list, const char *key, FILE *file);

#endif
