// SPDX-License-Identifier: MIT
/*
 * process.h - what one process uses: /proc/PID.
 *
 * A process may end while it is looked at; what was not read by then is not known.
 */
#ifndef SONDE_RESOURCES_PROCESS_H
#define SONDE_RESOURCES_PROCESS_H

#include "resources/cgroup.h"
#include "resources/emission.h"
#include "resources/machine.h"

enum { PROCESS_UNKNOWN = -1 }; /* of figures that have a sign */

struct process {
	int32_t pid;
	char name[64];
	uint64_t start_ticks; /* after the machine started: tells it from others with its number */
	double user_seconds;
	double system_seconds;
	uint64_t minor_faults;
	uint64_t major_faults;
	uint64_t n_threads;
	uint64_t virtual_size;
	uint64_t resident_size;
	int64_t proportional_size; /* shared pages are divided among those who share them */
	int64_t n_descriptors;
	int64_t max_descriptors; /* PROCESS_UNKNOWN also if there is no limit */
	uint64_t n_cpus;	 /* that it may run on; 0: not known */
	bool has_switches;
	uint64_t voluntary_switches; /* of threads that are there now */
	uint64_t involuntary_switches;
	bool has_io;
	uint64_t read_size; /* from and to storage */
	uint64_t written_size;
};

/*
 * Reads all of it; the proportional size only of a process whose resident size is not above a
 * limit, since the kernel has to walk through all pages. 0 or a negative errno: there is no such
 * process.
 */
int process_read(const struct machine *machine, struct text *text, int32_t pid,
		 uint64_t max_proportional, struct process *ret_process);

/* From one collection to the next, of one process. */
struct process_before {
	int32_t pid;
	uint64_t start_ticks;
	uint64_t round; /* in which it was last seen */
	int64_t now_ns; /* when that was, CLOCK_MONOTONIC */
	double user_seconds;
	double system_seconds;
	uint64_t last_switches[2];
	uint64_t switches[2]; /* never fall, also when threads end */
	struct cgroup cgroup;
};

/* What is the same for all processes in a collection. */
struct process_surroundings {
	int64_t now_ns;	       /* CLOCK_MONOTONIC */
	double uptime;	       /* of the machine, seconds; 0: not known */
	int64_t boot_ns;       /* CLOCK_REALTIME; 0: not known */
	uint64_t n_cpus;       /* of the machine */
	uint64_t memory_total; /* of the machine; 0: not known */
};

/* Emits a process, and keeps what the next collection needs in *before. */
void process_emit(const struct process *process, struct process_before *before,
		  const struct process_surroundings *surroundings, const struct emission *emission);

#endif
