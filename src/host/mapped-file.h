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

#endif
