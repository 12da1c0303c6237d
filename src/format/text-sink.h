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
 * The first failure of the sink is kept and ends all writing, so that only the end need be looked at.
 * Numbers look the same in every locale.
 */
#ifndef SONDE_FORMAT_TEXT_SINK_H
#define SONDE_FORMAT_TEXT_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "format/snapshot-format.h"

enum { TEXT_SINK_SIZE = 4096, NUMBER_TEXT_SIZE = 40 };

struct text_sink {
	const struct format_sink *sink;
	int result; /* 0, or what the sink failed with */
	size_t length;
	char buf[TEXT_SINK_SIZE];
};

void text_sink_init(struct text_sink *out, const struct format_sink *sink);

void text_sink_add(struct text_sink *out, const char *text);
void text_sink_add_bytes(struct text_sink *out, const char *bytes, size_t size);
void text_sink_add_char(struct text_sink *out, char c);
void text_sink_add_count(struct text_sink *out, uint64_t count);
/* As number_to_text(). */
void text_sink_add_number(struct text_sink *out, double number);

/* Writes what is left. 0, or the first failure. */
int text_sink_end(struct text_sink *out);

/*
 * The shortest text that reads back as the same number: "0.001", "1.0", "1e-05", "1e+06", "NaN", "+Inf",
 * "-Inf". There is always a point, an exponent or a word, so that nobody takes it for an integer.
 */
const char *number_to_text(double number, char ret_text[NUMBER_TEXT_SIZE]);

#endif
