// SPDX-License-Identifier: MIT
/*
 * process-io.h - how many bytes the kernel counted for a process.
 */
#ifndef SONDE_HOST_PROCESS_IO_H
#define SONDE_HOST_PROCESS_IO_H

#include "model/recording.h"

/*
 * Reads /proc/PID/io; ret_io says whether it could. For a process that has ended and has not been waited for,
 * these are its final figures. Those of children are in them from when they were waited for, also by their
 * parents.
 */
void process_io_read(int pid, struct kernel_io *ret_io);

#endif
