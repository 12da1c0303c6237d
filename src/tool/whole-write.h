// SPDX-License-Identifier: MIT
/*
 * whole-write.h - writing to descriptors that others have, too: a program that shares a pipe may have made it not block,
 * and that outlives the program.
 */
#ifndef SONDE_TOOL_WHOLE_WRITE_H
#define SONDE_TOOL_WHOLE_WRITE_H

#include <stddef.h>
#include <stdio.h>

/* Writes all of it, however long that takes. 0 or a negative errno. */
int whole_write(int fd, const void *data, size_t size);

/* A stream that writes so. The descriptor is the caller's, also when it is closed. NULL: no memory. */
FILE *whole_write_stream(int fd);

#endif
