// SPDX-License-Identifier: MIT
/*
 * message.h - why something could not be done, in words for people.
 *
 * Library code prints nothing: a function that reads what others wrote fills a message and returns
 * a negative errno; whoever talks to people prints "error: " and the text. A text names the object,
 * what was found and what would have been right; it is one line, without a newline at its end.
 */
#ifndef SONDE_MODEL_MESSAGE_H
#define SONDE_MODEL_MESSAGE_H

enum { MESSAGE_SIZE = 400 };

struct message {
	char text[MESSAGE_SIZE];
};

/* Sets the text, cut to what fits. A NULL message is allowed: nobody wants to know. */
void message_set(struct message *message, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
