// SPDX-License-Identifier: MIT
/*
 * line.h - one line of a report: never wider than it may be, and harmless to a terminal.
 *
 * Text is added from left to right. Control characters, what is not UTF-8, and the invisible
 * characters that change the direction of text come out as escapes (\n, \x1b, \u202e). Text that
 * needs more columns than it is given ends in "...".
 */
#ifndef SONDE_REPORT_LINE_H
#define SONDE_REPORT_LINE_H

#include <stdbool.h>
#include <stdio.h>

enum {
	LINE_COLUMNS_MAX = 200,
	LINE_SIZE = 4096,
};

enum style {
	STYLE_PLAIN,
	STYLE_TITLE,
	STYLE_ERROR,
	STYLE_DIM,
};

struct line {
	unsigned int width;   /* columns it may have */
	unsigned int columns; /* it has */
	bool has_colour;
	size_t size;
	char text[LINE_SIZE];
};

/* An empty line. Width is at most LINE_COLUMNS_MAX. */
void line_init(struct line *line, unsigned int width, bool has_colour);

/* Adds text in at most max_columns (0: all that are left). NULL is "". */
void line_add(struct line *line, enum style style, const char *text, unsigned int max_columns);

/* Adds as much of a text's end as there is room for, one column for each byte, with "..." before it. */
void line_add_end(struct line *line, const char *text, unsigned int max_columns);

/* Adds what fits of a formatted text of ours. */
void line_print(struct line *line, enum style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds text at the right end of the next `columns` columns, after at least one space. */
void line_add_right(struct line *line, enum style style, const char *text, unsigned int columns);

/* Adds spaces up to a column. */
void line_pad(struct line *line, unsigned int column);

/*
 * Takes off a text what stands in the first of several lines of that width, which break at spaces. Returns how many bytes
 * that are, of one column each; *text is then the rest.
 */
size_t line_take(const char **text, size_t width);

/* Adds a command as a shell needs it, or the other text where there is none. */
void line_add_command(struct line *line, char *const *words, const char *unknown);

/* Writes the line and a newline, without spaces at its end. */
void line_write(const struct line *line, FILE *file);

#endif
