// SPDX-License-Identifier: MIT
/*
 * json-output.h - JSON written straight to a sink, where there is too much of it to build a tree
 * first.
 *
 * Nothing checks that brackets and commas are where they should be: that is for who calls. After an
 * error, everything is ignored; json_output_finish() tells it. For one thread.
 */
#ifndef SONDE_FORMAT_JSON_OUTPUT_H
#define SONDE_FORMAT_JSON_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "format/json-text.h"
#include "format/snapshot-format.h"

struct json_output {
	const struct format_sink *sink;
	int result; /* the first error */
	size_t size;
	char bytes[4096];
	int64_t instant_ns; /* of which this is the text; series have the same over and over */
	char instant[INSTANT_SIZE];
};

static inline struct json_output json_output_init(const struct format_sink *sink)
{
	return (struct json_output){.sink = sink};
}

/* As it is: brackets, keys with their quotes and colons. */
void json_put(struct json_output *output, const char *text);

/* A string, quoted. What is not UTF-8 in it becomes U+FFFD. */
void json_put_string(struct json_output *output, const char *text);

/* JSON integers end at 2^63 - 1 for most who read them: a larger count becomes that. */
void json_put_count(struct json_output *output, uint64_t count);
void json_put_integer(struct json_output *output, int64_t number);

/* As many digits as it takes to read it back; null for what is no number. Needs the locale "C". */
void json_put_number(struct json_output *output, double number);

/* As json-text.h says of instants. */
void json_put_instant(struct json_output *output, int64_t ns);

/* Hands over what is left; 0 or the first error. */
int json_output_finish(struct json_output *output);

#endif
