// SPDX-License-Identifier: MIT
/*
 * cgroup.h - what a process may have at most, by the control groups that it is in.
 *
 * A limit holds for all below it, so each group from the process's own up to the root of the
 * hierarchy is asked, and the tightest one counts. Hierarchies of version 1, of version 2, and both
 * side by side are looked at. Groups above the mounted root are out of sight, as in a container.
 */
#ifndef SONDE_RESOURCES_CGROUP_H
#define SONDE_RESOURCES_CGROUP_H

#include "resources/machine.h"

struct cgroup {
	uint64_t memory_limit; /* bytes; UINT64_MAX: none */
	double cpu_limit;      /* processors; INFINITY: none */
};

/* Of a process, "self" or its number. What cannot be read limits nothing. */
void cgroup_read(const struct machine *machine, struct text *text, const char *process,
		 struct cgroup *ret_cgroup);

#endif
