// SPDX-License-Identifier: MIT
/*
 * backlog.h - lines that lie in a program's pipe, for its successor if it ends without having read
 * them.
 *
 * It has as much as the pipe, and the line that the program is just reading.
 */
#ifndef SONDE_PLUGINS_EXEC_BACKLOG_H
#define SONDE_PLUGINS_EXEC_BACKLOG_H

#include <stddef.h>

#include "shared/buffer.h"

/* Forgets those of which nothing is among the last so many bytes, which are unread. */
void backlog_trim(struct buffer *backlog, size_t n_unread);

size_t backlog_lines(const struct buffer *backlog);

#endif
