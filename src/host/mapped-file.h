// SPDX-License-Identifier: MIT
/*
 * mapped-file.h - whether somebody has a file mapped, by what the kernel tells of processes.
 */
#ifndef SONDE_HOST_MAPPED_FILE_H
#define SONDE_HOST_MAPPED_FILE_H

#include <stdbool.h>

/*
 * Whether another process than this one has the open file mapped. Those whose mappings we may not see (another
 * user's) do not count. Reads /proc/PID/maps of all others: it takes some milliseconds.
 */
bool file_is_mapped(int fd);

/* Whether this process has it mapped. */
bool file_is_mapped_by(int fd, int pid);

/*
 * Whether another opening of the file than that of `fd`, which is one for writing, is still in use: open somewhere, or
 * mapped. True also when the kernel does not tell. Takes some microseconds, during which others open the file in vain.
 */
bool file_is_open_elsewhere(int fd);

#endif
