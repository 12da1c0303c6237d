// SPDX-License-Identifier: MIT
/*
 * fold-stacks.h - from the table of stacks of a region to a list of stacks.
 */
#ifndef SONDE_MODEL_FOLD_STACKS_H
#define SONDE_MODEL_FOLD_STACKS_H

#include "model/region-reader.h"
#include "model/stack-list.h"

/* Adds a region's. The image has been checked. 0 or -ENOMEM. */
int fold_stacks(struct stack_list *list, const struct region_image *image);

#endif
