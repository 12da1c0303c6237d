// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/stack-values.h"

#include <string.h>

static const struct {
	const char *name;
	const char *unit;
} values[] = {
	[STACK_VALUE_CALLS] = {"calls", "count"},   [STACK_VALUE_TIME] = {"time", "nanoseconds"},
	[STACK_VALUE_BYTES] = {"bytes", "bytes"},   [STACK_VALUE_ERRORS] = {"errors", "count"},
	[STACK_VALUE_LIVE] = {"live", "bytes"},
};

const char *stack_value_name(enum stack_value value)
{
	return values[value].name;
}

const char *stack_value_unit(enum stack_value value)
{
	return values[value].unit;
}

enum stack_value stack_value_from_name(const char *name)
{
	enum stack_value value = 0;

	while (value < STACK_VALUES && strcmp(values[value].name, name) != 0)
		value++;
	return value;
}

static uint64_t whole(uint64_t count)
{
	return count / STACK_SCALE + (count % STACK_SCALE >= STACK_SCALE / 2);
}

uint64_t stack_value_of(const struct stack_record *stack, enum stack_value value)
{
	switch (value) {
	case STACK_VALUE_CALLS:
		return whole(stack->figures.count);
	case STACK_VALUE_TIME:
		return stack->figures.sum_ns;
	case STACK_VALUE_BYTES:
		return stack->figures.bytes;
	case STACK_VALUE_ERRORS:
		return stack->kind == STACK_FAILURE ? whole(stack->figures.count) : 0;
	case STACK_VALUE_LIVE:
		return stack->figures.live_bytes;
	default:
		return 0;
	}
}
