// SPDX-License-Identifier: MIT
/*
 * quantity.h - lengths of time and amounts of memory, as people write them: "250ms", "64KiB".
 *
 * They are text also in a configuration file: libconfig's integers are too small for bytes and say
 * nothing of their unit. All is integer arithmetic, so nothing is rounded, and what cannot be exact
 * is refused.
 */
#ifndef SONDE_HOST_QUANTITY_H
#define SONDE_HOST_QUANTITY_H

#include <stdint.h>

enum quantity {
	QUANTITY_DURATION, /* in nanoseconds */
	QUANTITY_SIZE,	   /* in bytes */
};

enum { QUANTITY_TEXT_SIZE = 32 };

/*
 * Reads a number with a unit: "10s", "1.5GiB", "0s". 0; -EINVAL for what is none, or lies between
 * two nanoseconds or bytes; -ERANGE for more than an int64_t holds.
 */
int quantity_parse(enum quantity quantity, const char *text, int64_t *ret_value);

/* The shortest text that is exactly this much; it reads back as the same. Returns ret_text. */
const char *quantity_format(enum quantity quantity, int64_t value,
			    char ret_text[QUANTITY_TEXT_SIZE]);

/* "a duration such as \"250ms\" or ...": what is wanted. */
const char *quantity_description(enum quantity quantity);

#endif
