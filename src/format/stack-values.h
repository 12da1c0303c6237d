// SPDX-License-Identifier: MIT
/*
 * stack-values.h - the numbers that profiles show of a stack.
 */
#ifndef SONDE_FORMAT_STACK_VALUES_H
#define SONDE_FORMAT_STACK_VALUES_H

#include "model/stack-list.h"

enum stack_value {
	STACK_VALUE_CALLS,
	STACK_VALUE_TIME,   /* nanoseconds */
	STACK_VALUE_BYTES,  /* allocated */
	STACK_VALUE_ERRORS,
	STACK_VALUE_LIVE,   /* bytes that were not freed */
	STACK_VALUES,
};

/* "calls", "time", "bytes", "errors", "live"; and its unit: "count", "nanoseconds", "bytes". */
const char *stack_value_name(enum stack_value value);
const char *stack_value_unit(enum stack_value value);

/* STACK_VALUES: there is none of this name. */
enum stack_value stack_value_from_name(const char *name);

/* Whole numbers: the same in every format, so that sums over them are the same. */
uint64_t stack_value_of(const struct stack_record *stack, enum stack_value value);

#endif
