// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/json-reader.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void reader_complain(struct json_reader *reader, const char *key, const char *format, ...)
{
	char text[MESSAGE_SIZE / 2];
	va_list arguments;

	if (reader->error)
		return;
	reader->error = -EBADMSG;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	message_set(reader->message, "%s: %s%s: %s", reader->name, reader->path, key, text);
}

void reader_out_of_memory(struct json_reader *reader)
{
	if (!reader->error)
		message_set(reader->message, "%s: %s", reader->name, strerror(ENOMEM));
	if (!reader->error)
		reader->error = -ENOMEM;
}

size_t reader_enter(struct json_reader *reader, const char *key, long index)
{
	size_t length = strlen(reader->path);
	char *end = reader->path + length;

	if (index < 0)
		snprintf(end, READER_PATH_SIZE - length, "%s.", key);
	else
		snprintf(end, READER_PATH_SIZE - length, "%s[%ld].", key, index);
	return length;
}

void reader_leave(struct json_reader *reader, size_t length)
{
	reader->path[length] = '\0';
}

static const char *type_name(const json_t *value)
{
	if (!value)
		return "nothing";
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
		return "an integer";
	case JSON_REAL:
		return "a number";
	case JSON_NULL:
		return "null";
	default:
		return "a boolean";
	}
}

void reader_complain_type(struct json_reader *reader, const char *key, const json_t *value,
			  const char *expected)
{
	reader_complain(reader, key, "expected %s, found %s", expected, type_name(value));
}

const json_t *reader_object(struct json_reader *reader, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_object(value))
		return value;
	reader_complain_type(reader, key, value, "an object");
	return NULL;
}

const json_t *reader_array(struct json_reader *reader, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_array(value))
		return value;
	reader_complain_type(reader, key, value, "an array");
	return NULL;
}

int64_t reader_integer(struct json_reader *reader, const json_t *object, const char *key,
		       int64_t low, int64_t high)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value)) {
		reader_complain_type(reader, key, value, "an integer");
		return low;
	}
	json_int_t integer = json_integer_value(value);

	if (integer >= low && integer <= high)
		return integer;
	reader_complain(reader, key, "%" JSON_INTEGER_FORMAT " is not in the range %lld to %lld",
			integer, (long long)low, (long long)high);
	return low;
}

uint64_t reader_count(struct json_reader *reader, const json_t *object, const char *key)
{
	return (uint64_t)reader_integer(reader, object, key, 0, INT64_MAX);
}

uint64_t reader_seconds(struct json_reader *reader, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	double ns = json_number_value(value) * 1e9;

	if (!json_is_number(value)) {
		reader_complain_type(reader, key, value, "a number of seconds");
		return 0;
	}
	if (!(ns >= 0)) {
		reader_complain(reader, key, "%g s is negative", ns / 1e9);
		return 0;
	}
	/* 2^64: the first double too large. */
	return ns >= 0x1p64 ? UINT64_MAX : (uint64_t)nearbyint(ns);
}

bool reader_boolean(struct json_reader *reader, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_boolean(value))
		reader_complain_type(reader, key, value, "a boolean");
	return json_is_true(value);
}

const char *reader_text(struct json_reader *reader, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_string(value))
		return json_string_value(value);
	reader_complain_type(reader, key, value, "a string");
	return "";
}

char *reader_copy(struct json_reader *reader, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		reader_out_of_memory(reader);
	return copy;
}

char *reader_optional_text(struct json_reader *reader, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_null(value))
		return NULL;
	if (!json_is_string(value)) {
		reader_complain_type(reader, key, value, "a string or null");
		return NULL;
	}
	return reader_copy(reader, json_string_value(value));
}

/* The digits of a fraction of a second, in nanoseconds. */
static long read_fraction(const char *digits, const char **ret_end)
{
	long ns = 0;

	for (long unit = 100000000; isdigit((unsigned char)*digits); digits++, unit /= 10)
		ns += unit * (*digits - '0');
	*ret_end = digits;
	return ns;
}

int64_t reader_instant(struct json_reader *reader, const json_t *object, const char *key)
{
	const char *text = reader_text(reader, object, key);
	struct tm tm = {0};
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	int64_t ns = 0;
	long fraction = 0;

	if (end && *end == '.')
		fraction = read_fraction(end + 1, &end);
	if (!end || strcmp(end, "Z") != 0)
		reader_complain(reader, key,
				"\"%.40s\" is not an instant like 2026-01-31T12:34:56Z", text);
	else if (__builtin_mul_overflow((int64_t)timegm(&tm), INT64_C(1000000000), &ns) ||
		 __builtin_add_overflow(ns, fraction, &ns))
		reader_complain(reader, key, "\"%.40s\" is too far from now", text);
	return ns;
}

void *reader_make(struct json_reader *reader, size_t n, size_t size)
{
	void *elements = n ? calloc(n, size) : NULL;

	if (n && !elements)
		reader_out_of_memory(reader);
	return elements;
}
