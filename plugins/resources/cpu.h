// SPDX-License-Identifier: MIT
/*
 * cpu.h - what the processors did: the first line of /proc/stat.
 */
#ifndef SONDE_RESOURCES_CPU_H
#define SONDE_RESOURCES_CPU_H

#include "resources/emission.h"
#include "resources/machine.h"

enum cpu_mode {
	CPU_USER,  /* without the time of guests, which the kernel counts here, too */
	CPU_NICE,  /* likewise */
	CPU_GUEST, /* running the processors of virtual machines */
	CPU_SYSTEM,
	CPU_IDLE,
	CPU_IOWAIT,
	CPU_INTERRUPT,
	CPU_STEAL,
	CPU_MODES,
};

/* Seconds of all processors together, since the machine started. */
struct cpu {
	double seconds[CPU_MODES];
	uint64_t n_cpus;
};

/* From one collection to the next. All zero: there was none. */
struct cpu_before {
	bool is_known;
	double seconds[CPU_MODES];
};

/* 0, a negative errno, or -EBADMSG. */
int cpu_read(const struct machine *machine, struct text *text, struct cpu *ret_cpu);

/*
 * The time of a mode sometimes goes back a little (iowait, and user when guests are taken off):
 * then it stays where it was. Shares of the time since the last collection come from the second one
 * on.
 */
void cpu_emit(const struct cpu *cpu, struct cpu_before *before, const struct emission *emission);

#endif
