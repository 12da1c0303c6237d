// SPDX-License-Identifier: MIT
/* stack-merge.h - the stacks of one recording added to those of another: model/merge.h. */
#ifndef SONDE_MODEL_STACK_MERGE_H
#define SONDE_MODEL_STACK_MERGE_H

#include "model/stack-list.h"

/* 0 or -ENOMEM. */
int stack_list_merge(struct stack_list *list, const struct stack_list *other);

#endif
