// SPDX-License-Identifier: MIT
/*
 * process-state.h - whether a process that was seen before still runs.
 */
#ifndef SONDE_HOST_PROCESS_STATE_H
#define SONDE_HOST_PROCESS_STATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether the process that had this number at `seen_ns` (CLOCK_BOOTTIME) has ended: the number is
 * free, all threads are gone and the parent has just not waited yet, or another process has it now.
 * What cannot be found out counts as running.
 */
bool process_has_ended(int pid, int64_t seen_ns);

#endif
