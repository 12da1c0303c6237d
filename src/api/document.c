// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/instance.h"

enum { SIZE_AT_FIRST = 4096, PIECE_SIZE = 64 * 1024 };

static int make_room(struct document *document, size_t size)
{
	size_t capacity = document->capacity ? document->capacity : SIZE_AT_FIRST;
	char *text;

	while (capacity - document->size < size)
		capacity *= 2;
	if (capacity == document->capacity)
		return 0;
	text = realloc(document->text, capacity);
	if (!text)
		return -ENOMEM;
	document->text = text;
	document->capacity = capacity;
	return 0;
}

int document_add(void *argument, const void *data, size_t size)
{
	struct document *document = argument;
	int error = make_room(document, size);

	if (error)
		return error;
	memcpy(document->text + document->size, data, size);
	document->size += size;
	return 0;
}

/* What is called to free it is not the program's doing. */
static void discard(struct document *document)
{
	struct hold hold = instance_lock();

	free(document->text);
	*document = (struct document){0};
	instance_unlock(&hold);
}

int document_hand_out(struct document *document, int error, sonde_writer write, void *argument)
{
	int saved_errno = errno;
	size_t done = 0;

	while (!error && done < document->size) {
		size_t left = document->size - done;
		size_t size = left < PIECE_SIZE ? left : PIECE_SIZE;

		if (write(argument, document->text + done, size))
			error = SONDE_EIO;
		done += size;
	}
	discard(document);
	errno = saved_errno;
	return error;
}
