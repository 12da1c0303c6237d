// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/text-sink.h"

#include <math.h>
#include <string.h>

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

void text_sink_add_count(struct text_sink *out, uint64_t count)
{
	char text[NUMBER_SIZE];

	text_sink_add(out, count_text(count, text));
}

void text_sink_add_instant(struct text_sink *out, int64_t ns)
{
	char text[NUMBER_SIZE];

	text_sink_add(out, decimal_text((uint64_t)ns, SECOND_PLACES, text));
}

void text_sink_add_number(struct text_sink *out, double number)
{
	char text[NUMBER_SIZE];

	text_sink_add(out, text_number(number, text));
}

int text_sink_end(struct text_sink *out)
{
	flush(out);
	return out->result;
}

const char *text_number(double number, char ret_text[NUMBER_SIZE])
{
	if (isnan(number))
		return "NaN";
	if (isinf(number))
		return number > 0 ? "+Inf" : "-Inf";
	number_text(number, ret_text);
	if (!strpbrk(ret_text, ".e"))
		strcat(ret_text, ".0");
	return ret_text;
}
