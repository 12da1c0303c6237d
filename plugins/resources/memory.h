// SPDX-License-Identifier: MIT
/*
 * memory.h - memory, swap and page faults of the machine: /proc/meminfo, /proc/vmstat.
 */
#ifndef SONDE_RESOURCES_MEMORY_H
#define SONDE_RESOURCES_MEMORY_H

#include "resources/emission.h"
#include "resources/machine.h"

/* Bytes. */
struct memory {
	uint64_t total;
	uint64_t limit; /* the tighter one of total and what the reader's cgroups allow */
	uint64_t used;	/* total - available */
	uint64_t free;
	uint64_t available; /* without swapping; what is free, where the kernel does not tell */
	uint64_t buffers;
	uint64_t cached; /* with slabs that can be given back, as free(1) */
	uint64_t shared;
	uint64_t swap_total;
	uint64_t swap_free;
	bool has_faults;
	uint64_t minor_faults;
	uint64_t major_faults;
};

/* 0, a negative errno, or -EBADMSG: the file does not say how much memory there is. */
int memory_read(const struct machine *machine, struct text *text, struct memory *ret_memory);
void memory_emit(const struct memory *memory, const struct emission *emission);

#endif
