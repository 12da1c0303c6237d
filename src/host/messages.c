// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void messages_deinit(struct messages *messages)
{
	for (size_t i = 0; i < messages->n_lines; i++)
		free(messages->lines[i]);
	free(messages->lines);
	*messages = (struct messages){0};
}

void messages_add(struct messages *messages, const char *format, ...)
{
	char **lines = realloc(messages->lines, (messages->n_lines + 1) * sizeof(*lines));
	char *line;
	va_list arguments;

	if (!lines) {
		messages->is_incomplete = true;
		return;
	}
	messages->lines = lines;
	va_start(arguments, format);
	if (vasprintf(&line, format, arguments) < 0)
		messages->is_incomplete = true;
	else
		lines[messages->n_lines++] = line;
	va_end(arguments);
}
