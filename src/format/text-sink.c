// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/text-sink.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DIGITS_LEAST = 6, /* with which 1e+06 and 100000.0 part, as in %g */
	DIGITS_MOST = 17, /* that tell any two numbers apart */
};

void text_sink_init(struct text_sink *out, const struct format_sink *sink)
{
	out->sink = sink;
	out->result = 0;
	out->length = 0;
}

static void flush(struct text_sink *out)
{
	if (out->length && out->result == 0)
		out->result = out->sink->write(out->sink->argument, out->buf, out->length);
	out->length = 0;
}

void text_sink_add_bytes(struct text_sink *out, const char *bytes, size_t size)
{
	while (size) {
		size_t room = sizeof(out->buf) - out->length;
		size_t n = size < room ? size : room;

		memcpy(out->buf + out->length, bytes, n);
		out->length += n;
		bytes += n;
		size -= n;
		if (out->length == sizeof(out->buf))
			flush(out);
	}
}

void text_sink_add(struct text_sink *out, const char *text)
{
	text_sink_add_bytes(out, text, strlen(text));
}

void text_sink_add_char(struct text_sink *out, char c)
{
	text_sink_add_bytes(out, &c, 1);
}

void text_sink_add_count(struct text_sink *out, uint64_t count)
{
	char text[NUMBER_TEXT_SIZE];

	snprintf(text, sizeof(text), "%" PRIu64, count);
	text_sink_add(out, text);
}

void text_sink_add_number(struct text_sink *out, double number)
{
	char text[NUMBER_TEXT_SIZE];

	text_sink_add(out, number_to_text(number, text));
}

int text_sink_end(struct text_sink *out)
{
	flush(out);
	return out->result;
}

/* The locale's decimal point, of whatever bytes, becomes a point. */
static void make_point(char *text)
{
	char *end = text;
	bool is_in_point = false;

	for (const char *from = text; *from; from++) {
		bool is_point = !strchr("0123456789+-e", *from);

		if (!is_point)
			*end++ = *from;
		else if (!is_in_point)
			*end++ = '.';
		is_in_point = is_point;
	}
	*end = '\0';
}

const char *number_to_text(double number, char ret_text[NUMBER_TEXT_SIZE])
{
	if (isnan(number))
		return "NaN";
	if (isinf(number))
		return number > 0 ? "+Inf" : "-Inf";
	for (int n_digits = DIGITS_LEAST; n_digits <= DIGITS_MOST; n_digits++) {
		snprintf(ret_text, NUMBER_TEXT_SIZE, "%.*g", n_digits, number);
		if (strtod(ret_text, NULL) == number)
			break;
	}
	make_point(ret_text);
	if (!strpbrk(ret_text, ".e"))
		strcat(ret_text, ".0");
	return ret_text;
}
