// SPDX-License-Identifier: MIT
/*
 * process-sights.h - what the kernel shows of processes while they run, remembered until they end.
 *
 * A look costs four system calls, so each process is looked at once, and again when it is still there a second
 * later. Only so many processes are looked at as have a record of their own.
 */
#ifndef SONDE_HOST_PROCESS_SIGHTS_H
#define SONDE_HOST_PROCESS_SIGHTS_H

#include "model/fold.h"

struct process_sight_entry {
	int pid;            /* of a process image, with: */
	int64_t started_ns; /* of its region */
	int64_t looked_ms;
	struct process_sight sight;
};

/* All zero: none. */
struct process_sights {
	struct process_sight_entry *entries;
	size_t n_entries;
};

/* Looks at a process that runs, if that is due. */
void process_sights_look(struct process_sights *sights, int pid, int64_t started_ns,
			 int64_t now_ms);

/* What was last seen; NULL: nothing. */
const struct process_sight *process_sights_find(const struct process_sights *sights, int pid,
						int64_t started_ns);

void process_sights_forget(struct process_sights *sights, int pid, int64_t started_ns);
void process_sights_deinit(struct process_sights *sights);

#endif
