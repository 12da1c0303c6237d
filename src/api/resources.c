// SPDX-License-Identifier: MIT
/*
 * Questions about resources: the readers of plugins/resources, asked at once. The lock is held
 * while files are read, so that this does not count as the program's doing.
 */
#include "config.h"

#include "api/resources.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "api/disk-question.h"
#include "api/instance.h"
#include "host/plugin-io.h"
#include "resources/cgroup.h"
#include "resources/cpu.h"
#include "resources/load.h"
#include "resources/memory.h"
#include "resources/network.h"
#include "resources/process.h"

enum { PROPORTIONAL_MAX = 256 << 20, DISK_TIME_NS = 1000000000 };

const struct machine this_machine = {.io = &plugin_io, .root = ""};

/* A look at the processors and at what this process did on them. */
struct cpu_look {
	int64_t now_ns; /* CLOCK_MONOTONIC; 0: there was none */
	struct cpu cpu;
	double process_seconds;
	double process_cpus;
};

/* With the lock. */
static struct {
	struct text text;
	struct cpu_look before;
	struct growth_table interfaces;
} seen;

/* One question: the lock, and the caller's errno. */
struct question {
	struct hold hold;
	int saved_errno;
};

static struct question begin(void)
{
	struct question question = {.saved_errno = errno};

	question.hold = instance_lock();
	return question;
}

/* From what a reader says to what the caller gets. */
static int end(const struct question *question, int error)
{
	instance_unlock(&question->hold);
	errno = question->saved_errno;
	if (error == -ENOMEM)
		return SONDE_ENOMEM;
	return error ? SONDE_EIO : 0;
}

/* -- Memory ----------------------------------------------------------------------------------- */

static void take_memory(const struct memory *memory, const struct process *process,
			struct sonde_memory_usage *ret_usage)
{
	*ret_usage = (struct sonde_memory_usage){
		.total = memory->total,
		.limit = memory->limit,
		.used = memory->used,
		.free = memory->free,
		.available = memory->available,
		.buffers = memory->buffers,
		.cached = memory->cached,
		.shared = memory->shared,
		.swap_total = memory->swap_total,
		.swap_used = memory->swap_total - memory->swap_free,
		.percent = 100 * (double)memory->used / (double)memory->total,
		.process_resident = process->resident_size,
		.process_virtual = process->virtual_size,
		.process_proportional = process->proportional_size,
	};
}

int sonde_get_memory_usage(struct sonde *sonde, struct sonde_memory_usage *ret_usage)
{
	struct memory memory;
	struct process process;

	if (!sonde || !ret_usage)
		return SONDE_EINVAL;

	const struct question question = begin();
	int error = memory_read(&this_machine, &seen.text, &memory);

	if (!error)
		error = process_read(&this_machine, &seen.text, (int32_t)getpid(), PROPORTIONAL_MAX,
				     &process);
	if (!error)
		take_memory(&memory, &process, ret_usage);
	return end(&question, error);
}

/* -- Processors ------------------------------------------------------------------------------- */

static int look_at_cpu(struct cpu_look *ret_look)
{
	struct process process;
	struct cgroup cgroup;
	int error = cpu_read(&this_machine, &seen.text, &ret_look->cpu);

	if (!error)
		error = process_read(&this_machine, &seen.text, (int32_t)getpid(), 0, &process);
	if (error)
		return error;
	cgroup_read(&this_machine, &seen.text, "self", &cgroup);
	ret_look->now_ns = clock_kernel_ns(CLOCK_MONOTONIC);
	ret_look->process_seconds = process.user_seconds + process.system_seconds;
	ret_look->process_cpus = fmin(
		(double)(process.n_cpus ? process.n_cpus : ret_look->cpu.n_cpus), cgroup.cpu_limit);
	return 0;
}

/* Some times go back a little. */
static double grown(double now, double before)
{
	return now > before ? now - before : 0;
}

/* False: no time has gone by on the kernel's clock. */
static bool compare(const struct cpu_look *now, const struct cpu_look *before,
		    struct sonde_cpu_usage *usage)
{
	double more[CPU_MODES];
	double all = 0;

	for (unsigned int i = 0; i < CPU_MODES; i++)
		all += more[i] = grown(now->cpu.seconds[i], before->cpu.seconds[i]);
	if (all <= 0 || now->now_ns <= before->now_ns)
		return false;
	usage->covered_ns = now->now_ns - before->now_ns;
	usage->percent = 100 * (all - more[CPU_IDLE] - more[CPU_IOWAIT]) / all;
	usage->user = 100 * (more[CPU_USER] + more[CPU_NICE] + more[CPU_GUEST]) / all;
	usage->system = 100 * (more[CPU_SYSTEM] + more[CPU_INTERRUPT]) / all;
	usage->iowait = 100 * more[CPU_IOWAIT] / all;
	usage->steal = 100 * more[CPU_STEAL] / all;
	usage->process_cores = grown(now->process_seconds, before->process_seconds) /
			       ((double)usage->covered_ns * 1e-9);
	usage->process_percent = 100 * usage->process_cores / now->process_cpus;
	return true;
}

static struct sonde_cpu_usage cpu_without_past(const struct cpu_look *look, const struct load *load)
{
	struct sonde_cpu_usage usage = {
		.percent = NAN,
		.user = NAN,
		.system = NAN,
		.iowait = NAN,
		.steal = NAN,
		.n_cpus = look->cpu.n_cpus,
		.process_cpus = look->process_cpus,
		.process_cores = NAN,
		.process_percent = NAN,
	};

	memcpy(usage.load_average, load->threads, sizeof(usage.load_average));
	return usage;
}

int sonde_get_cpu_usage(struct sonde *sonde, struct sonde_cpu_usage *ret_usage)
{
	struct cpu_look look;
	struct load load;
	bool has_past = false;

	if (!sonde || !ret_usage)
		return SONDE_EINVAL;

	const struct question question = begin();
	int error = look_at_cpu(&look);

	if (!error)
		error = load_read(&this_machine, &seen.text, &load);
	if (!error) {
		*ret_usage = cpu_without_past(&look, &load);
		has_past = seen.before.now_ns && compare(&look, &seen.before, ret_usage);
		if (has_past || !seen.before.now_ns)
			seen.before = look;
	}
	error = end(&question, error);
	return error || has_past ? error : SONDE_ENODATA;
}

void resources_begin_cpu(void)
{
	struct cpu_look look;

	if (!seen.before.now_ns && look_at_cpu(&look) == 0)
		seen.before = look;
}

/* -- Disk ------------------------------------------------------------------------------------- */

static void take_disk(const struct disk_space *space, struct sonde_disk_usage *ret_usage)
{
	*ret_usage = (struct sonde_disk_usage){
		.total = space->total,
		.used = space->used,
		.free = space->free,
		.reserved = space->reserved,
		.percent = 100 * disk_space_utilization(space),
	};
}

int sonde_get_disk_usage(struct sonde *sonde, const char *path, struct sonde_disk_usage *ret_usage)
{
	struct disk_question *asked = NULL;
	struct disk_space space;

	if (!sonde || !ret_usage)
		return SONDE_EINVAL;

	struct question question = begin();
	int error = disk_question_ask(path ? path : "/", &asked);

	end(&question, 0);
	if (error)
		return error;
	disk_question_wait(asked, clock_kernel_ns(CLOCK_MONOTONIC) + DISK_TIME_NS);
	question = begin();
	error = disk_question_end(asked, &space);
	end(&question, 0);
	if (!error)
		take_disk(&space, ret_usage);
	return error;
}

/* -- Network ---------------------------------------------------------------------------------- */

static uint64_t received(const struct named_growths *interface, enum network_column column)
{
	return interface->growths[column].total;
}

static uint64_t sent(const struct named_growths *interface, enum network_column column)
{
	return interface->growths[NETWORK_COLUMNS + column].total;
}

static void add_interface(const struct named_growths *interface, struct sonde_network_stats *stats)
{
	if (strcmp(interface->name, "lo") == 0) {
		stats->loopback_bytes += sent(interface, NETWORK_BYTES);
		stats->loopback_packets += sent(interface, NETWORK_PACKETS);
		return;
	}
	stats->n_interfaces++;
	stats->bytes_received += received(interface, NETWORK_BYTES);
	stats->bytes_sent += sent(interface, NETWORK_BYTES);
	stats->packets_received += received(interface, NETWORK_PACKETS);
	stats->packets_sent += sent(interface, NETWORK_PACKETS);
	stats->errors_received += received(interface, NETWORK_ERRORS);
	stats->errors_sent += sent(interface, NETWORK_ERRORS);
	stats->dropped_received += received(interface, NETWORK_DROPPED);
	stats->dropped_sent += sent(interface, NETWORK_DROPPED);
}

int sonde_get_network_stats(struct sonde *sonde, struct sonde_network_stats *ret_stats)
{
	static const struct name_filter all;
	struct sonde_network_stats stats = {0};

	if (!sonde || !ret_stats)
		return SONDE_EINVAL;

	const struct question question = begin();
	int error = network_collect(&this_machine, &seen.text, &all, &seen.interfaces, NULL);

	for (size_t i = 0; i < seen.interfaces.n_items; i++)
		add_interface(&seen.interfaces.items[i], &stats);
	if (!error)
		*ret_stats = stats;
	return end(&question, error);
}

void resources_after_fork(void)
{
	seen.before = (struct cpu_look){0};
	disk_question_after_fork();
}
