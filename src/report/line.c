// SPDX-License-Identifier: MIT
/*
 * Columns are counted without a locale: a printable character of a script above U+10FF counts as
 * two, which is right for most East Asian ones and too much for others. A line may so come out
 * shorter than it could be, but never longer.
 */
#include "config.h"

#include "report/line.h"

#include "model/shell-quote.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	ELLIPSIS_COLUMNS = 3,
	GLYPH_SIZE = 16,
	TEXT_SIZE = 512, /* of a text of ours */
};

static const char *const style_codes[] = {
	[STYLE_PLAIN] = "",
	[STYLE_TITLE] = "\033[1m",
	[STYLE_ERROR] = "\033[31m",
	[STYLE_DIM] = "\033[2m",
};

/* What stands for the next character of a text. */
struct glyph {
	char text[GLYPH_SIZE];
	unsigned int columns;
	unsigned int n_bytes; /* that it stands for */
};

/* Decodes a UTF-8 sequence; returns its length, or 0 when it is none (too long a form, a surrogate,
 * ...). */
static unsigned int decode(const unsigned char *bytes, uint32_t *ret_code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned int length = bytes[0] < 0x80	? 1
			      : bytes[0] < 0xc0 ? 0
			      : bytes[0] < 0xe0 ? 2
			      : bytes[0] < 0xf0 ? 3
			      : bytes[0] < 0xf8 ? 4
						: 0;
	uint32_t code = length > 1 ? bytes[0] & (0x7f >> length) : bytes[0];

	for (unsigned int i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (bytes[i] & 0x3f);
	}
	if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	*ret_code = code;
	return length;
}

/* Controls, and what changes direction, joins or hides: nothing of it belongs in a command. */
static bool code_is_harmful(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c ||
	       (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
	       (code >= 0xfff9 && code <= 0xfffb) || code >= 0xe0000;
}

static void escape(struct glyph *glyph, uint32_t code)
{
	const char *letter = code == '\n' ? "\\n" : code == '\t' ? "\\t" : NULL;
	int length;

	if (letter)
		length = snprintf(glyph->text, GLYPH_SIZE, "%s", letter);
	else if (code < 0x100)
		length = snprintf(glyph->text, GLYPH_SIZE, "\\x%02x", code);
	else
		length = snprintf(glyph->text, GLYPH_SIZE, "\\u%04x", code);
	glyph->columns = (unsigned int)length;
}

static struct glyph next_glyph(const char *text)
{
	struct glyph glyph = {.n_bytes = 1, .columns = 1};
	uint32_t code = 0;
	unsigned int length = decode((const unsigned char *)text, &code);

	if (!length) {
		escape(&glyph, (unsigned char)*text);
		return glyph;
	}
	glyph.n_bytes = length;
	if (code_is_harmful(code)) {
		escape(&glyph, code);
		return glyph;
	}
	memcpy(glyph.text, text, length);
	glyph.columns = code >= 0x1100 ? 2 : 1;
	return glyph;
}

/* Whether the text needs no more than so many columns. */
static bool text_fits(const char *text, unsigned int columns)
{
	unsigned int needed = 0;

	while (*text && needed <= columns) {
		struct glyph glyph = next_glyph(text);

		needed += glyph.columns;
		text += glyph.n_bytes;
	}
	return needed <= columns;
}

void line_init(struct line *line, unsigned int width, bool has_colour)
{
	assert(width <= LINE_COLUMNS_MAX);
	line->width = width;
	line->has_colour = has_colour;
	line->columns = 0;
	line->size = 0;
	line->text[0] = '\0';
}

/* The buffer has room for a full line of the longest glyphs and for a style for each column. */
static void append(struct line *line, const char *bytes, unsigned int columns)
{
	size_t size = strlen(bytes);

	if (line->size + size >= LINE_SIZE)
		return;
	memcpy(line->text + line->size, bytes, size + 1);
	line->size += size;
	line->columns += columns;
}

static void append_glyphs(struct line *line, const char *text, unsigned int columns)
{
	unsigned int end = line->columns + columns;

	while (*text) {
		struct glyph glyph = next_glyph(text);

		if (line->columns + glyph.columns > end)
			return;
		append(line, glyph.text, glyph.columns);
		text += glyph.n_bytes;
	}
}

void line_add(struct line *line, enum style style, const char *text, unsigned int max_columns)
{
	unsigned int left = line->width - line->columns;
	bool is_styled = line->has_colour && style != STYLE_PLAIN && text && *text && left;

	if (max_columns == 0 || max_columns > left)
		max_columns = left;
	if (is_styled)
		append(line, style_codes[style], 0);
	if (text && text_fits(text, max_columns)) {
		append_glyphs(line, text, max_columns);
	} else if (text) {
		if (max_columns > ELLIPSIS_COLUMNS)
			append_glyphs(line, text, max_columns - ELLIPSIS_COLUMNS);
		append_glyphs(line, "...",
			      max_columns < ELLIPSIS_COLUMNS ? max_columns : ELLIPSIS_COLUMNS);
	}
	if (is_styled)
		append(line, "\033[0m", 0);
}

void line_add_end(struct line *line, const char *text, unsigned int max_columns)
{
	size_t len = strlen(text);

	if (len > max_columns && max_columns > ELLIPSIS_COLUMNS) {
		line_add(line, STYLE_DIM, "...", 0);
		max_columns -= ELLIPSIS_COLUMNS;
		text += len - max_columns;
		/* Not in the middle of a character. */
		while ((*text & 0xc0) == 0x80)
			text++;
	}
	line_add(line, STYLE_PLAIN, text, max_columns);
}

void line_print(struct line *line, enum style style, const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	line_add(line, style, text, 0);
}

void line_pad(struct line *line, unsigned int column)
{
	while (line->columns < column && line->columns < line->width)
		append(line, " ", 1);
}

void line_add_right(struct line *line, enum style style, const char *text, unsigned int columns)
{
	unsigned int length = (unsigned int)strlen(text);

	line_pad(line, line->columns + (length < columns ? columns - length : 1));
	line_add(line, style, text, 0);
}

size_t line_take(const char **text, size_t width)
{
	size_t length = strlen(*text);

	if (length > width) {
		const char *space = memrchr(*text, ' ', width + 1);

		length = space && space > *text ? (size_t)(space - *text) : width;
	}
	*text += length;
	*text += strspn(*text, " ");
	return length;
}

void line_add_command(struct line *line, char *const *words, const char *unknown)
{
	char *command = words ? shell_quote_command(words) : NULL;

	line_add(line, command ? STYLE_PLAIN : STYLE_DIM, command ? command : unknown, 0);
	free(command);
}

void line_write(const struct line *line, FILE *file)
{
	size_t size = line->size;

	while (size > 0 && line->text[size - 1] == ' ')
		size--;
	fwrite(line->text, 1, size, file);
	fputc('\n', file);
}
