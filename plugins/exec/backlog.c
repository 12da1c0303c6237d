// SPDX-License-Identifier: MIT
#include "exec/backlog.h"

#include <string.h>

void backlog_trim(struct buffer *backlog, size_t n_unread)
{
	size_t n_read = n_unread < backlog->size ? backlog->size - n_unread : 0;
	const char *last = n_read ? memrchr(backlog->bytes, '\n', n_read) : NULL;
	size_t n_gone = last ? (size_t)(last + 1 - backlog->bytes) : 0;

	if (!last)
		return;
	backlog->size -= n_gone;
	memmove(backlog->bytes, last + 1, backlog->size);
}

size_t backlog_lines(const struct buffer *backlog)
{
	size_t n_lines = 0;

	for (size_t i = 0; i < backlog->size; i++)
		n_lines += backlog->bytes[i] == '\n';
	return n_lines;
}
