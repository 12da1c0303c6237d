// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/process-ends.h"

int64_t process_ends_guess(const struct process_ends *ends, int pid, int64_t started_ns, int64_t now_ns)
{
	int64_t seen_ns = started_ns > ends->looked_ns ? started_ns : ends->looked_ns;

	if (pid == ends->pid && ends->ended_ns >= started_ns)
		return ends->ended_ns;
	return ends->looked_ns && seen_ns <= now_ns ? seen_ns + (now_ns - seen_ns) / 2 : 0;
}
