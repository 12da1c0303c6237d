// SPDX-License-Identifier: MIT
/*
 * buffer.h - a growing piece of an instance's memory, for exporters that need a whole text at once.
 *
 *     struct buffer buffer = {.host = host};
 *
 *     result = host->format(snapshot, "csv", NULL, buffer_take, &buffer);
 *     ... buffer.bytes, buffer.size ...
 *     buffer_clear(&buffer)     to use it again, or
 *     buffer_deinit(&buffer)
 */
#ifndef SONDE_PLUGINS_SHARED_BUFFER_H
#define SONDE_PLUGINS_SHARED_BUFFER_H

#include <sonde/plugin.h>

#include <stddef.h>

struct buffer {
	const struct sonde_host *host;
	char *bytes; /* from host->alloc(); NULL as long as there is nothing */
	size_t size;
	size_t capacity;
};

/* Appends; a sonde_write_function. 0 or -ENOMEM, and then it is as it was. */
int buffer_take(void *buffer, const void *data, size_t size);

/* Keeps the memory. */
void buffer_clear(struct buffer *buffer);

void buffer_deinit(struct buffer *buffer);

#endif
