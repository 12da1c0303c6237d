// SPDX-License-Identifier: MIT
/*
 * process-file.h - what the kernel tells of a process in /proc/PID.
 */
#ifndef SONDE_HOST_PROCESS_FILE_H
#define SONDE_HOST_PROCESS_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Reads /proc/PID/NAME, cut to what fits into buf with a NUL at its end. False, with an empty text, when it
 * cannot be read: the process is gone, or is not ours to look at.
 */
bool process_file_read(int pid, const char *name, char *buf, size_t size);

#endif
