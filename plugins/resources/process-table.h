// SPDX-License-Identifier: MIT
/*
 * process-table.h - all processes that the host's figures are of.
 */
#ifndef SONDE_RESOURCES_PROCESS_TABLE_H
#define SONDE_RESOURCES_PROCESS_TABLE_H

#include "resources/process.h"

/* All but the options zero: nothing seen yet. */
struct process_table {
	uint64_t max_proportional; /* see process_read() */
	size_t max_processes;
	uint64_t round;
	struct process_before *items;
	size_t n_items;
};

/*
 * Emits the processes with the lowest numbers, at most max_processes of them, until an instant of
 * CLOCK_MONOTONIC. Returns how many were left out for one of these reasons.
 */
size_t process_table_collect(struct process_table *table, const struct machine *machine,
			     struct text *text, const struct process_surroundings *surroundings,
			     int64_t deadline_ns, const struct emission *emission);
void process_table_deinit(struct process_table *table);

#endif
