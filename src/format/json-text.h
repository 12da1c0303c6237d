// SPDX-License-Identifier: MIT
/*
 * json-text.h - values that JSON has no form of its own for. Each is a new reference, or NULL
 * without memory.
 */
#ifndef SONDE_FORMAT_JSON_TEXT_H
#define SONDE_FORMAT_JSON_TEXT_H

#include <jansson.h>
#include <stdint.h>

/* JSON integers end at 2^63 - 1, for jansson and for most who read them. */
json_t *count_to_json(uint64_t count);

/* A string, or null for NULL; what is not UTF-8 in it becomes U+FFFD. */
json_t *text_to_json(const char *text);

/* Nanoseconds of CLOCK_REALTIME as "2026-01-31T12:34:56.123456789Z", or null for a year that no
 * clock shows. */
json_t *instant_to_json(int64_t ns);

#endif
