// SPDX-License-Identifier: MIT
/*
 * message-memory.h - memory for the many small pieces of a message, which are freed all at once.
 *
 *     struct message_memory memory = {0};
 *
 *     message = MESSAGE_NEW(&memory, Foo__Message, FOO__MESSAGE__INIT);
 *     ...
 *     if (memory.is_short) ...     something is missing in it
 *     message_memory_free(&memory)
 */
#ifndef SONDE_FORMAT_MESSAGE_MEMORY_H
#define SONDE_FORMAT_MESSAGE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct message_block;

struct message_memory {
	struct message_block *blocks; /* the newest first */
	bool is_short;		      /* at some time there was none */
};

/* Zeroed, for any type; NULL: there is none. */
void *message_memory_take(struct message_memory *memory, size_t size);

/* A new message of a type, as its INIT, which is given last, is; NULL: there is no memory. */
#define MESSAGE_NEW(memory, type, ...)                                                             \
	({                                                                                         \
		type *message_ = message_memory_take(memory, sizeof(type));                        \
		if (message_)                                                                      \
			*message_ = (type)__VA_ARGS__;                                             \
		message_;                                                                          \
	})

/* A copy of a text's first bytes, ended by NUL; NULL: there is no memory. */
char *message_memory_text(struct message_memory *memory, const char *text, size_t length);

/* Frees all that was taken; more can be taken then. */
void message_memory_free(struct message_memory *memory);

#endif
