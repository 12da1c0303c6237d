// SPDX-License-Identifier: MIT
/*
 * text-objects.h - files and peers for people: a table, what took most time first.
 */
#ifndef SONDE_REPORT_TEXT_OBJECTS_H
#define SONDE_REPORT_TEXT_OBJECTS_H

#include "model/object-list.h"
#include "report/text.h"

/*
 * All of a list, or as many as options->max_lines says (0: all), in the order of options->sort. `title` is what stands
 * above the names. 0 or a negative errno.
 */
int text_object_table(const struct object_list *list, const char *title, const struct text_options *options, FILE *file);

/* The file or peer with which calls failed most often with that code; NULL: not known. */
const struct object_totals *object_of_failure(const struct recording *recording, const char *call, const char *symbol,
					      uint64_t *ret_count);

/* The name of one as people know it: "(others)" for the rest. */
const char *object_title(const struct object_totals *totals);

#endif
