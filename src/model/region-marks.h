// SPDX-License-Identifier: MIT
/*
 * region-marks.h - what a region says of the part of the run that its process belongs to.
 */
#ifndef SONDE_MODEL_REGION_MARKS_H
#define SONDE_MODEL_REGION_MARKS_H

#include "record/region.h"

#include <stdbool.h>
#include <stddef.h>

/* The values of SONDE_LABELS and PYTEST_CURRENT_TEST, parts of the region; "": there was none. */
struct marks {
	const char *labels;
	const char *test;
};

/*
 * Of the first `size` bytes of a region, which need not have been checked; a copy that nobody writes to. False, and
 * marks that are "": what it refers to is no record of marks in these bytes.
 */
bool region_marks_find(const struct region_header *header, size_t size, struct marks *ret_marks);

#endif
