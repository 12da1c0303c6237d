// SPDX-License-Identifier: MIT
/*
 * json-fields.h - a key and its value, into an object that is being written (format/json-output.h).
 */
#ifndef SONDE_FORMAT_JSON_FIELDS_H
#define SONDE_FORMAT_JSON_FIELDS_H

#include "format/json-output.h"

static inline void json_field_count(struct json_output *output, const char *key, uint64_t count)
{
	json_put_key(output, key);
	json_put_count(output, count);
}

static inline void json_field_integer(struct json_output *output, const char *key, int64_t number)
{
	json_put_key(output, key);
	json_put_integer(output, number);
}

static inline void json_field_boolean(struct json_output *output, const char *key, bool is_true)
{
	json_put_key(output, key);
	json_put_boolean(output, is_true);
}

static inline void json_field_text(struct json_output *output, const char *key, const char *text)
{
	json_put_key(output, key);
	json_put_text(output, text);
}

static inline void json_field_seconds(struct json_output *output, const char *key, uint64_t ns)
{
	json_put_key(output, key);
	json_put_seconds(output, ns);
}

static inline void json_field_instant(struct json_output *output, const char *key, int64_t ns)
{
	json_put_key(output, key);
	json_put_instant(output, ns);
}

/* "errors": [ and "exit": { */
static inline void json_field_open(struct json_output *output, const char *key, const char *bracket)
{
	json_put_key(output, key);
	json_put(output, bracket);
}

#endif
