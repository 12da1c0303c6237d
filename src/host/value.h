// SPDX-License-Identifier: MIT
/*
 * value.h - the one place that reads a value of a type, for settings and for options of plugins.
 *
 * A rule says what a value may be. What was found has a type already, as libconfig gives it, or is
 * a text from an environment variable, the command line or a table, which becomes what the rule
 * wants:
 *
 *     struct found found = {.type = FOUND_TEXT, .text = getenv("SONDE_TIMING_MEMORY")};
 *
 *     if (value_read(&rule, &found, &value, &message) < 0)
 *             ... message says what is wrong; where, the caller knows
 *
 * Nothing here owns anything: strings are those that were found.
 */
#ifndef SONDE_HOST_VALUE_H
#define SONDE_HOST_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "host/vocabulary.h"
#include "model/message.h"

enum value_type {
	VALUE_BOOL,
	VALUE_INTEGER,
	VALUE_DOUBLE,
	VALUE_STRING,
	VALUE_DURATION, /* an integer: nanoseconds */
	VALUE_SIZE,	/* an integer: bytes */
	VALUE_ENUM,	/* an integer: which of the words; and the word as a string */
	VALUE_LIST,	/* strings */
};

struct value_rule {
	enum value_type type;
	enum vocabulary words;	    /* what a string may be, also in a list */
	const char *const *choices; /* instead of words: ended by NULL */
	int64_t min, max;	    /* of integers, durations and sizes: always set */
	double least, most;	    /* of doubles: always set */
};

struct value {
	bool boolean;
	int64_t integer;
	double number;
	const char *string;
	const char **strings;
	size_t n_strings;
};

enum found_type {
	FOUND_BOOL,
	FOUND_INTEGER,
	FOUND_DOUBLE,
	FOUND_STRING,
	FOUND_LIST,
	FOUND_GROUP,
	FOUND_TEXT, /* of no type yet: "true", "64", "io" */
};

/* What stands where a value should be. */
struct found {
	enum found_type type;
	bool boolean;
	int64_t integer;
	double number;
	const char *text; /* of FOUND_STRING and FOUND_TEXT */
};

/*
 * Reads a value; for VALUE_LIST, one element. 0, or -EINVAL with ret_message set:
 * "0 is out of range: 1 to 32767".
 */
int value_read(const struct value_rule *rule, const struct found *found, struct value *ret_value,
	       struct message *ret_message);

/*
 * Reads any value from a text; the elements of a list are separated by commas. The value is to be
 * released. 0, -ENOMEM, or -EINVAL with ret_message set.
 */
struct value_text {
	struct value value;
	char *copy;
};
int value_text_read(const struct value_rule *rule, const char *text, struct value_text *ret_value,
		    struct message *ret_message);
void value_text_release(struct value_text *value);

/* Writes a value in the syntax of a configuration file. */
void value_write(const struct value_rule *rule, const struct value *value, FILE *stream);
void value_write_string(const char *string, FILE *stream);

/* The same as a new string. NULL: no memory. */
char *value_to_text(const struct value_rule *rule, const struct value *value);

/* The same of a value that is a text yet, such as a default. NULL also when it is no value. */
char *value_text_canonical(const struct value_rule *rule, const char *text);

/* "1 to 32767", "all, env, none", "any call": what a value may be. Returns ret_text. */
const char *value_describe_range(const struct value_rule *rule, char *ret_text, size_t size);

/* "boolean", "list of strings": as a manual calls it. */
const char *value_type_name(enum value_type type);

/* "a string", "a group": as errors call it. */
const char *found_type_name(enum found_type type);

#endif
