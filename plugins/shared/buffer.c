// SPDX-License-Identifier: MIT
#include "shared/buffer.h"

#include <errno.h>
#include <string.h>

enum { CAPACITY_FIRST = 4096 };

int buffer_take(void *argument, const void *data, size_t size)
{
	struct buffer *buffer = argument;
	size_t capacity = buffer->capacity ? buffer->capacity : CAPACITY_FIRST;

	while (capacity < buffer->size + size)
		capacity *= 2;
	if (capacity > buffer->capacity) {
		char *larger = buffer->host->realloc(buffer->host, buffer->bytes, capacity);

		if (!larger)
			return -ENOMEM;
		buffer->bytes = larger;
		buffer->capacity = capacity;
	}
	memcpy(buffer->bytes + buffer->size, data, size);
	buffer->size += size;
	return 0;
}

void buffer_clear(struct buffer *buffer)
{
	buffer->size = 0;
}

void buffer_deinit(struct buffer *buffer)
{
	buffer->host->free(buffer->host, buffer->bytes);
	*buffer = (struct buffer){.host = buffer->host};
}
