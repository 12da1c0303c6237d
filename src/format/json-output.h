// SPDX-License-Identifier: MIT
/*
 * json-output.h - JSON written straight to a sink, where there is too much of it to build a tree
 * first.
 *
 * Nothing checks that brackets are where they should be, nor commas that are put by hand: that is for who calls.
 * After an error, everything is ignored; json_output_finish() tells it. For one thread.
 */
#ifndef SONDE_FORMAT_JSON_OUTPUT_H
#define SONDE_FORMAT_JSON_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "format/json-text.h"
#include "format/snapshot-format.h"

struct json_output {
	const struct format_sink *sink;
	int result; /* the first error */
	char last;  /* character that was handed over; '\0': none */
	size_t size;
	char bytes[4096];
	int64_t instant_ns; /* of which this is the text: the next one is often of the same second */
	char instant[INSTANT_SIZE];
};

static inline struct json_output json_output_init(const struct format_sink *sink)
{
	return (struct json_output){.sink = sink};
}

/* As it is: brackets, keys with their quotes and colons. Of at most some hundred bytes. */
void json_put_bytes(struct json_output *output, const char *bytes, size_t size);
static inline void json_put(struct json_output *output, const char *text)
{
	json_put_bytes(output, text, strlen(text));
}

/* A comma, unless what comes now is the first in its object or array. */
void json_put_comma(struct json_output *output);
/* The same, and then the key, of characters that need no escape, and its colon. */
void json_put_key_bytes(struct json_output *output, const char *key, size_t size);
static inline void json_put_key(struct json_output *output, const char *key)
{
	json_put_key_bytes(output, key, strlen(key));
}
/* The same with a key of any characters. */
void json_put_name(struct json_output *output, const char *name);

/*
 * For documents that can be compared by lines: a comma as above, and what comes now begins a line, so many spaces
 * from its start. Nothing of it may be put by json_put_comma() or json_put_key().
 */
void json_put_line(struct json_output *output, unsigned int indent);
/* The end of such an array or object, which may be empty. */
void json_put_line_end(struct json_output *output, unsigned int indent, const char *bracket);

/* A string, quoted. What is not UTF-8 in it becomes U+FFFD. */
void json_put_string(struct json_output *output, const char *text);
/* The same; NULL is null. */
void json_put_text(struct json_output *output, const char *text);
void json_put_boolean(struct json_output *output, bool is_true);

/* JSON integers end at 2^63 - 1 for most who read them: a larger count becomes that. */
void json_put_count(struct json_output *output, uint64_t count);
void json_put_integer(struct json_output *output, int64_t number);

/* As many digits as it takes to read it back; null for what is no number. Needs the locale "C". */
void json_put_number(struct json_output *output, double number);

/* An integer with so many of its digits behind the point, as decimal_text(). In any locale. */
void json_put_decimal(struct json_output *output, uint64_t number, unsigned int n_places);
/* Nanoseconds in seconds, exactly. In any locale. */
void json_put_seconds(struct json_output *output, uint64_t ns);

/* A value that is there as a tree; NULL is an error, -ENOMEM: it could not be made. Takes it over. */
void json_put_tree(struct json_output *output, json_t *value);

/* As json-text.h says of instants. */
void json_put_instant(struct json_output *output, int64_t ns);

/* Something is missing: with a negative errno. */
void json_output_fail(struct json_output *output, int error);

/* Hands over what is left; 0 or the first error. */
int json_output_finish(struct json_output *output);

#endif
