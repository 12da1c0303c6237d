// SPDX-License-Identifier: MIT
/*
 * text-sink.h - writing text to a format's sink in pieces of some size.
 *
 *     struct text_sink out;
 *
 *     text_sink_init(&out, sink);
 *     text_sink_add(&out, "# EOF\n");
 *     return text_sink_end(&out);
 *
 * The first failure of the sink is kept and ends all writing, so that only the end need be looked at. The thread
 * has the locale of number_locale_enter().
 */
#ifndef SONDE_FORMAT_TEXT_SINK_H
#define SONDE_FORMAT_TEXT_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "format/number-text.h"
#include "format/snapshot-format.h"

enum { TEXT_SINK_SIZE = 4096 };

struct text_sink {
	const struct format_sink *sink;
	int result; /* 0, or what the sink failed with */
	size_t length;
	char buf[TEXT_SINK_SIZE];
};

void text_sink_init(struct text_sink *out, const struct format_sink *sink);

void text_sink_add(struct text_sink *out, const char *text);
void text_sink_add_bytes(struct text_sink *out, const char *bytes, size_t size);

/* A character; most of what is written is written so. */
static inline void text_sink_add_char(struct text_sink *out, char c)
{
	if (out->length + 1 < TEXT_SINK_SIZE)
		out->buf[out->length++] = c;
	else
		text_sink_add_bytes(out, &c, 1);
}

void text_sink_add_count(struct text_sink *out, uint64_t count);
/* As text_number(). */
void text_sink_add_number(struct text_sink *out, double number);

/* Nanoseconds since 1970 as seconds, with all their digits. */
void text_sink_add_instant(struct text_sink *out, int64_t ns);

/* Writes what is left. 0, or the first failure. */
int text_sink_end(struct text_sink *out);

/*
 * A number as number_text() has it, or "NaN", "+Inf", "-Inf"; with a point or an exponent, so that nobody takes
 * it for an integer. May return a constant, or ret_text.
 */
const char *text_number(double number, char ret_text[NUMBER_SIZE]);

#endif
