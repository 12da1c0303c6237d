// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/message-memory.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 32768 };

struct message_block {
	struct message_block *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) char bytes[];
};

static struct message_block *add_block(struct message_memory *memory, size_t size)
{
	size_t block_size = size > BLOCK_SIZE ? size : BLOCK_SIZE;
	struct message_block *block = calloc(1, sizeof(*block) + block_size);

	if (!block)
		return NULL;
	block->size = block_size;
	block->next = memory->blocks;
	memory->blocks = block;
	return block;
}

void *message_memory_take(struct message_memory *memory, size_t size)
{
	struct message_block *block = memory->blocks;
	size_t alignment = _Alignof(max_align_t);

	size = (size + alignment - 1) / alignment * alignment;
	if (!block || block->size - block->used < size)
		block = add_block(memory, size);
	if (!block) {
		memory->is_short = true;
		return NULL;
	}
	block->used += size;
	return block->bytes + block->used - size;
}

char *message_memory_text(struct message_memory *memory, const char *text, size_t length)
{
	char *copy = message_memory_take(memory, length + 1);

	return copy ? memcpy(copy, text, length) : NULL;
}

void message_memory_free(struct message_memory *memory)
{
	while (memory->blocks) {
		struct message_block *block = memory->blocks;

		memory->blocks = block->next;
		free(block);
	}
}
