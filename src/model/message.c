// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/message.h"

#include <stdarg.h>
#include <stdio.h>

void message_set(struct message *message, const char *format, ...)
{
	va_list arguments;

	if (!message)
		return;
	va_start(arguments, format);
	vsnprintf(message->text, sizeof(message->text), format, arguments);
	va_end(arguments);
	/* What was found in a file is told as it is, but must not reach into the reader's terminal.
	 */
	for (char *c = message->text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}
