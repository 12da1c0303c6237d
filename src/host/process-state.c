// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/process-state.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/process-file.h"

/* What we need of /proc/PID/stat. */
struct process_stat {
	char state;
	long n_threads;
	unsigned long long started_ticks; /* since boot */
};

static bool read_stat(int pid, struct process_stat *ret_stat)
{
	char line[1024];

	if (!process_file_read(pid, "stat", line, sizeof(line)))
		return false;
	/* The program's name, in brackets, may have brackets and spaces in it. */
	const char *rest = strrchr(line, ')');

	return rest &&
	       sscanf(rest + 1,
		      " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d"
		      " %ld %*d %llu",
		      &ret_stat->state, &ret_stat->n_threads, &ret_stat->started_ticks) == 3;
}

bool process_has_ended(int pid, int64_t seen_ns)
{
	struct process_stat stat;

	if (pid <= 0)
		return false;
	if (kill(pid, 0) < 0 && errno == ESRCH)
		return true;
	/* /proc may hide processes of others: one that cannot be read there is not thereby gone. */
	if (!read_stat(pid, &stat))
		return false;
	if (stat.state == 'X' || (stat.state == 'Z' && stat.n_threads <= 1))
		return true;
	/* Ticks are rounded down, so that a process never seems to begin after it was first seen.
	 */
	return (int64_t)(stat.started_ticks *
			 (1000000000ULL / (unsigned long)sysconf(_SC_CLK_TCK))) > seen_ns;
}
