// SPDX-License-Identifier: MIT
/*
 * process-family.h - what a process has started, and what those have started.
 */
#ifndef SONDE_HOST_PROCESS_FAMILY_H
#define SONDE_HOST_PROCESS_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a process is another one, or was started by it, or by one that it has started, and so on. */
bool process_is_of_family(int pid, int ancestor);

/*
 * Kills all that a process has started, however far down, but not itself. Orphans among them are seen where the process
 * takes them in (PR_SET_CHILD_SUBREAPER). Returns how many.
 */
size_t process_family_kill(int ancestor);

#endif
