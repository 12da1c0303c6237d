// SPDX-License-Identifier: MIT
/*
 * json-text.h - values as all our documents have them.
 *
 * Each function returns a new value of jansson's, or NULL without memory.
 */
#ifndef SONDE_FORMAT_JSON_TEXT_H
#define SONDE_FORMAT_JSON_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* JSON integers end at 2^63 - 1, for jansson and for most who read them: a larger count becomes that. */
json_t *count_to_json(uint64_t count);

/* A string. What is not UTF-8 in it becomes U+FFFD; NULL becomes null. */
json_t *text_to_json(const char *text);

/* A finite number. Documents have 15 digits of it, and to so many the greatest doubles are rounded up to what none is:
 * a reader would refuse the document. They are rounded down. */
json_t *real_to_json(double number);

enum {
	INSTANT_SIZE = 40,
	INSTANT_FRACTION = sizeof("2026-01-31T12:34:56.") - 1, /* there its nanoseconds begin, 9 digits */
};

/* The text of an instant, as below; false: for a year that no clock shows. */
bool instant_text(int64_t ns, char ret_text[INSTANT_SIZE]);

/* "2026-01-31T12:34:56.123456789Z" from nanoseconds of CLOCK_REALTIME; null for a year that no clock shows. */
json_t *instant_to_json(int64_t ns);

#endif
