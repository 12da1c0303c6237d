// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/json-output.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "format/json-text.h"
#include "format/number-text.h"
#include "format/utf8.h"

enum {
	SPAN_MOST = 1024, /* far less than the output's memory */
	DIGITS = 15,	  /* that a double has for certain */
	SECOND_NS = 1000000000,
};

static void flush(struct json_output *output)
{
	if (output->size == 0)
		return;
	if (output->result == 0)
		output->result =
			output->sink->write(output->sink->argument, output->bytes, output->size);
	output->last = output->bytes[output->size - 1];
	output->size = 0;
}

/* Room for so many bytes, which the caller fills. */
static char *reserve(struct json_output *output, size_t size)
{
	if (size > sizeof(output->bytes) - output->size)
		flush(output);
	output->size += size;
	return output->bytes + output->size - size;
}

void json_put_bytes(struct json_output *output, const char *bytes, size_t size)
{
	memcpy(reserve(output, size), bytes, size);
}

/* A comma is needed where something of the same object or array stands before. */
static bool is_first(const struct json_output *output)
{
	char last = output->size ? output->bytes[output->size - 1] : output->last;

	return last == '{' || last == '[';
}

void json_put_comma(struct json_output *output)
{
	if (!is_first(output))
		*reserve(output, 1) = ',';
}

static void put_line_break(struct json_output *output, unsigned int indent)
{
	json_put(output, "\n");
	while (indent-- > 0)
		json_put(output, " ");
}

void json_put_line(struct json_output *output, unsigned int indent)
{
	json_put_comma(output);
	put_line_break(output, indent);
}

void json_put_line_end(struct json_output *output, unsigned int indent, const char *bracket)
{
	if (!is_first(output))
		put_line_break(output, indent);
	json_put(output, bracket);
}

void json_put_key_bytes(struct json_output *output, const char *key, size_t size)
{
	bool has_comma = !is_first(output);
	char *place = reserve(output, has_comma + size + 3);

	if (has_comma)
		*place++ = ',';
	*place++ = '"';
	place = mempcpy(place, key, size);
	memcpy(place, "\":", 2);
}

/* Control characters, and the two that have a meaning in a string. */
static void put_escaped(struct json_output *output, unsigned char c)
{
	static const char *const known[] = {
		['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n",	 ['\f'] = "\\f",
		['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\",
	};
	char text[8];

	if (known[c]) {
		json_put(output, known[c]);
		return;
	}
	snprintf(text, sizeof(text), "\\u%04x", c);
	json_put(output, text);
}

static bool has_to_be_escaped(char c)
{
	return (unsigned char)c < ' ' || c == '"' || c == '\\';
}

/* How much of the text, up to SPAN_MOST, needs no second look. */
static size_t plain_length(const char *text)
{
	size_t length = 0;

	while (length < SPAN_MOST && (unsigned char)text[length] < 0x80 &&
	       !has_to_be_escaped(text[length]))
		length++;
	return length;
}

void json_put_string(struct json_output *output, const char *text)
{
	*reserve(output, 1) = '"';
	while (*text) {
		size_t n_plain = plain_length(text);
		size_t length = n_plain ? n_plain : utf8_length(text);

		if (length == 0)
			json_put(output, UTF8_REPLACEMENT);
		else if (n_plain)
			json_put_bytes(output, text, n_plain);
		else if (has_to_be_escaped(*text))
			put_escaped(output, (unsigned char)*text);
		else
			json_put_bytes(output, text, length);
		text += length ? length : 1;
	}
	*reserve(output, 1) = '"';
}

void json_put_name(struct json_output *output, const char *name)
{
	json_put_comma(output);
	json_put_string(output, name);
	json_put(output, ":");
}

void json_put_text(struct json_output *output, const char *text)
{
	if (text)
		json_put_string(output, text);
	else
		json_put(output, "null");
}

void json_put_boolean(struct json_output *output, bool is_true)
{
	json_put(output, is_true ? "true" : "false");
}

/* Of a number's text, which ends where its memory does. */
static void put_end(struct json_output *output, const char text[NUMBER_SIZE], const char *start)
{
	json_put_bytes(output, start, (size_t)(text + NUMBER_SIZE - 1 - start));
}

void json_put_integer(struct json_output *output, int64_t number)
{
	char text[NUMBER_SIZE];

	/* Most are no more than a digit. */
	if (number >= 0 && number < 10) {
		*reserve(output, 1) = (char)('0' + number);
		return;
	}
	if (number < 0)
		json_put(output, "-");
	put_end(output, text, count_text(number < 0 ? -(uint64_t)number : (uint64_t)number, text));
}

void json_put_count(struct json_output *output, uint64_t count)
{
	json_put_integer(output, count > INT64_MAX ? INT64_MAX : (int64_t)count);
}

void json_put_number(struct json_output *output, double number)
{
	char text[NUMBER_SIZE];

	if (!isfinite(number)) {
		json_put(output, "null");
		return;
	}
	json_put(output, number_text(number, text));
	/* So that a reader takes it for what it is. */
	if (!strpbrk(text, ".e"))
		json_put(output, ".0");
}

void json_put_decimal(struct json_output *output, uint64_t number, unsigned int n_places)
{
	char text[NUMBER_SIZE];

	put_end(output, text, decimal_text(number, n_places, text));
}

void json_put_seconds(struct json_output *output, uint64_t ns)
{
	json_put_decimal(output, ns, SECOND_PLACES);
}

/* What jansson hands over is of any size. */
static int put_piece(const char *bytes, size_t size, void *argument)
{
	while (size > 0) {
		size_t part = size < SPAN_MOST ? size : SPAN_MOST;

		json_put_bytes(argument, bytes, part);
		bytes += part;
		size -= part;
	}
	return 0;
}

void json_put_tree(struct json_output *output, json_t *value)
{
	const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(DIGITS);
	int result = value ? json_dump_callback(value, put_piece, output, flags) : -1;

	json_decref(value);
	if (result < 0)
		json_output_fail(output, -ENOMEM);
}

/* Whether the text is one of the same second; then it is made one of this instant. */
static bool move_instant(struct json_output *output, int64_t ns)
{
	int64_t rest = ns % SECOND_NS;

	if (!*output->instant || ns < 0 || output->instant_ns < 0 ||
	    output->instant_ns / SECOND_NS != ns / SECOND_NS)
		return false;
	for (int i = SECOND_PLACES - 1; i >= 0; i--, rest /= 10)
		output->instant[INSTANT_FRACTION + i] = (char)('0' + rest % 10);
	return true;
}

void json_put_instant(struct json_output *output, int64_t ns)
{
	if (!move_instant(output, ns) && !instant_text(ns, output->instant)) {
		*output->instant = '\0';
		json_put(output, "null");
		return;
	}
	output->instant_ns = ns;
	json_put(output, "\"");
	json_put(output, output->instant);
	json_put(output, "\"");
}

void json_output_fail(struct json_output *output, int error)
{
	if (output->result == 0)
		output->result = error;
}

int json_output_finish(struct json_output *output)
{
	flush(output);
	return output->result;
}
