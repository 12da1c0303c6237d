// SPDX-License-Identifier: MIT
#include "resources/process.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

static void emit_memory(const struct process *process, const struct process_before *before,
			const struct process_surroundings *surroundings,
			const struct emission *emission)
{
	uint64_t limit = before->cgroup.memory_limit;

	if (surroundings->memory_total && surroundings->memory_total < limit)
		limit = surroundings->memory_total;
	emit_gauge(emission, "process.memory.usage", "By", (double)process->resident_size, NO_TAGS);
	emit_gauge(emission, "process.memory.virtual", "By", (double)process->virtual_size,
		   NO_TAGS);
	if (process->proportional_size != PROCESS_UNKNOWN)
		emit_gauge(emission, "process.memory.proportional", "By",
			   (double)process->proportional_size, NO_TAGS);
	if (limit != UINT64_MAX)
		emit_gauge(emission, "process.memory.limit", "By", (double)limit, NO_TAGS);
	emit_counter(emission, "process.paging.faults", "{fault}", process->minor_faults,
		     TAGS({"system.paging.fault.type", "minor"}));
	emit_counter(emission, "process.paging.faults", "{fault}", process->major_faults,
		     TAGS({"system.paging.fault.type", "major"}));
}

/* How many processors it can keep busy. */
static double available_cpus(const struct process *process, const struct process_before *before,
			     const struct process_surroundings *surroundings)
{
	double n = (double)surroundings->n_cpus;

	if (process->n_cpus && (!surroundings->n_cpus || process->n_cpus < surroundings->n_cpus))
		n = (double)process->n_cpus;
	return fmin(n, before->cgroup.cpu_limit);
}

static void emit_utilization(const struct process *process, const struct process_before *before,
			     const struct process_surroundings *surroundings,
			     const struct emission *emission)
{
	double could = (double)(surroundings->now_ns - before->now_ns) * 1e-9 *
		       available_cpus(process, before, surroundings);

	if (!before->now_ns || !(could > 0))
		return;
	emit_gauge(emission, "process.cpu.utilization", "1",
		   fmax(0, process->user_seconds - before->user_seconds) / could,
		   TAGS({"cpu.mode", "user"}));
	emit_gauge(emission, "process.cpu.utilization", "1",
		   fmax(0, process->system_seconds - before->system_seconds) / could,
		   TAGS({"cpu.mode", "system"}));
}

static void emit_cpu(const struct process *process, const struct process_before *before,
		     const struct process_surroundings *surroundings,
		     const struct emission *emission)
{
	emit_seconds(emission, "process.cpu.time", process->user_seconds,
		     TAGS({"cpu.mode", "user"}));
	emit_seconds(emission, "process.cpu.time", process->system_seconds,
		     TAGS({"cpu.mode", "system"}));
	emit_utilization(process, before, surroundings, emission);
}

/* A thread that ends takes its switches with it: that is no fall of the process's. */
static uint64_t add_switches(struct process_before *before, unsigned int i, uint64_t switches)
{
	if (switches > before->last_switches[i])
		before->switches[i] += switches - before->last_switches[i];
	before->last_switches[i] = switches;
	return before->switches[i];
}

static void emit_switches(const struct process *process, struct process_before *before,
			  const struct emission *emission)
{
	if (!process->has_switches)
		return;
	emit_counter(emission, "process.context_switches", "{context_switch}",
		     add_switches(before, 0, process->voluntary_switches),
		     TAGS({"process.context_switch.type", "voluntary"}));
	emit_counter(emission, "process.context_switches", "{context_switch}",
		     add_switches(before, 1, process->involuntary_switches),
		     TAGS({"process.context_switch.type", "involuntary"}));
}

static void emit_io(const struct process *process, const struct emission *emission)
{
	if (!process->has_io)
		return;
	emit_counter(emission, "process.disk.io", "By", process->read_size,
		     TAGS({"disk.io.direction", "read"}));
	emit_counter(emission, "process.disk.io", "By", process->written_size,
		     TAGS({"disk.io.direction", "write"}));
}

static void emit_numbers(const struct process *process, const struct emission *emission)
{
	emit_gauge(emission, "process.thread.count", "{thread}", (double)process->n_threads,
		   NO_TAGS);
	if (process->n_descriptors != PROCESS_UNKNOWN)
		emit_gauge(emission, "process.unix.file_descriptor.count", "{file_descriptor}",
			   (double)process->n_descriptors, NO_TAGS);
	if (process->max_descriptors != PROCESS_UNKNOWN)
		emit_gauge(emission, "process.unix.file_descriptor.limit", "{file_descriptor}",
			   (double)process->max_descriptors, NO_TAGS);
}

void process_emit(const struct process *process, struct process_before *before,
		  const struct process_surroundings *surroundings, const struct emission *emission)
{
	char pid[16];
	const struct sonde_tag tags[] = {
		{"process.pid", pid},
		{"process.executable.name", process->name},
	};
	double started = (double)process->start_ticks / (double)sysconf(_SC_CLK_TCK);
	struct emission of_process = *emission;

	snprintf(pid, sizeof(pid), "%d", (int)process->pid);
	of_process.common = tags;
	of_process.n_common = sizeof(tags) / sizeof(tags[0]);
	if (surroundings->boot_ns)
		of_process.start_ns = surroundings->boot_ns + (int64_t)(started * 1e9);
	emit_memory(process, before, surroundings, &of_process);
	emit_cpu(process, before, surroundings, &of_process);
	emit_switches(process, before, &of_process);
	emit_io(process, &of_process);
	emit_numbers(process, &of_process);
	if (surroundings->uptime > 0)
		emit_gauge(&of_process, "process.uptime", "s",
			   fmax(0, surroundings->uptime - started), NO_TAGS);
	before->now_ns = surroundings->now_ns;
	before->user_seconds = process->user_seconds;
	before->system_seconds = process->system_seconds;
}
