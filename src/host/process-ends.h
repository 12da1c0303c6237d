// SPDX-License-Identifier: MIT
/*
 * process-ends.h - when processes ended of which nobody has noted it: that were killed, or ended by a system call of their
 * own. Instants are nanoseconds of CLOCK_BOOTTIME.
 */
#ifndef SONDE_HOST_PROCESS_ENDS_H
#define SONDE_HOST_PROCESS_ENDS_H

#include <stdint.h>

/* All zero: nothing is known. */
struct process_ends {
	int64_t looked_ns; /* all that had ended before were found then */
	int pid;           /* of a process of which its end is known: */
	int64_t ended_ns;
};

/*
 * About when it ended, which is found out now: in the middle between the last look and this one, or its start. 0: it is not
 * known.
 */
int64_t process_ends_guess(const struct process_ends *ends, int pid, int64_t started_ns, int64_t now_ns);

#endif
