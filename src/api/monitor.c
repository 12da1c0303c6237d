// SPDX-License-Identifier: MIT
/*
 * The thread that watches resources, with the readers of plugins/resources. Each run of it has a
 * struct of its own, so that one that comes to its end and the next one do not meet.
 *
 * It holds the instance's lock but while it waits: what is called with the lock does not count as
 * the program's. Its instants do not drift, and lie a little apart in several processes.
 */
#include "config.h"

#include "api/monitor.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/disk-question.h"
#include "api/resources.h"
#include "host/plugin-emit.h"
#include "model/emitter.h"
#include "resources/cpu.h"
#include "resources/disk-io.h"
#include "resources/disk-space.h"
#include "resources/load.h"
#include "resources/memory.h"
#include "resources/network.h"
#include "resources/pressure.h"
#include "resources/process-table.h"
#include "resources/uptime.h"

#define INTERVAL_MIN 0.1
#define INTERVAL_MAX 86400.0

#define PAUSE_MOST_NS INT64_C(3600000000000) /* after looks that saw nothing */

enum {
	LOOK_NS = 200000000,	     /* what a look may take */
	PROPORTIONAL_MAX = 64 << 20, /* while it is found out, everybody waits for the lock */
	JITTER_PARTS = 16,	     /* of which one is the most that instants are moved by */
	JOIN_NS = 2000000000,
	INTERVALS_LATE = 3, /* of which it says nothing, until something is wrong */
};

struct monitor {
	pthread_t thread;
	pthread_cond_t wake;
	bool is_ending;
	bool is_changed; /* the interval is */
	int64_t interval_ns;
	int64_t looked_ns;	 /* CLOCK_MONOTONIC: when it last saw something, or began */
	unsigned int n_failures; /* looks in a row that saw nothing */
	struct emitter *emitter;
	struct plugin_health health; /* of which only refusals are counted */
	struct text text;
	struct cpu_before cpu_before;
	struct growth_table disks;
	struct growth_table interfaces;
	struct process_table processes;
	struct process_surroundings surroundings;
};

/* -- What the readers ask of their host ------------------------------------------------------- */

static int64_t now_mono_ns(void)
{
	return clock_kernel_ns(CLOCK_MONOTONIC);
}

static int64_t now_real_ns(void)
{
	return clock_kernel_ns(CLOCK_REALTIME);
}

static size_t list_this_process(const struct sonde_host *host, int32_t *ret_pids, size_t n_pids)
{
	(void)host;
	if (n_pids)
		ret_pids[0] = (int32_t)getpid();
	return 1;
}

static const struct sonde_host this_host = {
	.struct_size = sizeof(this_host),
	.abi_major = SONDE_ABI_MAJOR,
	.abi_minor = SONDE_ABI_MINOR,
	.now_mono_ns = now_mono_ns,
	.now_real_ns = now_real_ns,
	.emit = plugin_emit_series,
	.processes = list_this_process,
};

/* -- One look --------------------------------------------------------------------------------- */

/* What figures of the process are set against. */
static void look_around(struct monitor *monitor, const struct cpu *cpu, const struct memory *memory)
{
	struct process_surroundings *surroundings = &monitor->surroundings;

	surroundings->uptime = 0;
	uptime_read(&this_machine, &monitor->text, &surroundings->uptime);
	/* Once: a counter with another start has started again. */
	if (!surroundings->boot_ns && surroundings->uptime > 0)
		surroundings->boot_ns = now_real_ns() - (int64_t)(surroundings->uptime * 1e9);
	surroundings->now_ns = now_mono_ns();
	surroundings->n_cpus = cpu->n_cpus;
	surroundings->memory_total = memory->total;
}

/* What a kernel does not tell is missing. Whether it has told anything. */
static bool emit_machine(struct monitor *monitor, struct emission *emission)
{
	static const char *const loopback[] = {"lo"};
	static const struct name_filter but_loopback = {
		.exclude = {.items = loopback, .n_items = 1}};
	static const char *const names[] = {"cpu", "memory", "io"};
	struct cpu cpu = {.n_cpus = 0};
	struct memory memory = {.total = 0};
	struct load load;
	struct pressure pressure;
	bool has_cpu = cpu_read(&this_machine, &monitor->text, &cpu) == 0;
	bool has_memory = memory_read(&this_machine, &monitor->text, &memory) == 0;

	look_around(monitor, &cpu, &memory);
	emission->start_ns = monitor->surroundings.boot_ns;
	if (has_cpu)
		cpu_emit(&cpu, &monitor->cpu_before, emission);
	if (monitor->surroundings.uptime > 0)
		uptime_emit(monitor->surroundings.uptime, emission);
	if (has_memory)
		memory_emit(&memory, emission);
	if (load_read(&this_machine, &monitor->text, &load) == 0)
		load_emit(&load, emission);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (pressure_read(&this_machine, &monitor->text, names[i], &pressure) == 0)
			pressure_emit(&pressure, names[i], emission);
	disk_io_collect(&this_machine, &monitor->text, &monitor->disks, emission);
	network_collect(&this_machine, &monitor->text, &but_loopback, &monitor->interfaces,
			emission);
	return has_cpu || has_memory;
}

/* The lock is released while the filesystem is waited for. */
static bool ask_filesystem(struct hold *hold, struct disk_space *ret_space)
{
	struct disk_question *question;

	if (disk_question_ask("/", &question))
		return false;
	instance_unlock(hold);
	disk_question_wait(question, now_mono_ns() + LOOK_NS);
	*hold = instance_lock();
	return disk_question_end(question, ret_space) == 0;
}

static void note(struct monitor *monitor, bool has_seen)
{
	monitor->n_failures = has_seen ? 0 : monitor->n_failures + 1;
	if (has_seen)
		monitor->looked_ns = now_mono_ns();
}

static void look(struct sonde *sonde, struct monitor *monitor, struct hold *hold)
{
	struct sonde_emit emit = {.emitter = monitor->emitter, .health = &monitor->health};
	struct emission emission = {.host = &this_host, .emit = &emit};
	struct disk_space space;
	bool has_space = ask_filesystem(hold, &space);
	struct snapshot *snapshot;

	note(monitor, emit_machine(monitor, &emission));
	process_table_collect(&monitor->processes, &this_machine, &monitor->text,
			      &monitor->surroundings, now_mono_ns() + LOOK_NS, &emission);
	if (has_space)
		disk_space_emit(&space, &this_machine, &monitor->text, "/", &emission);
	if (monitor->is_ending || emitter_finish(monitor->emitter, now_real_ns(), &snapshot))
		return;
	snapshot_put(sonde->monitored);
	sonde->monitored = snapshot;
}

/* -- Its thread ------------------------------------------------------------------------------- */

/* The last of the process's number, spread over a part of the interval. */
static int64_t jitter_ns(const struct monitor *monitor)
{
	uint32_t spread = (uint32_t)getpid() * 2654435761u;

	return (int64_t)((double)monitor->interval_ns / JITTER_PARTS * ((double)spread * 0x1p-32));
}

static void wait_until(struct sonde *sonde, struct monitor *monitor, int64_t until_ns)
{
	const struct timespec until = {until_ns / 1000000000, until_ns % 1000000000};

	while (!monitor->is_ending && !monitor->is_changed && now_mono_ns() < until_ns)
		pthread_cond_timedwait(&monitor->wake, &sonde->lock, &until);
}

/* Twice as long after each look that saw nothing. */
static int64_t pause_ns(const struct monitor *monitor)
{
	int64_t ns = monitor->interval_ns;

	for (unsigned int i = 0; i < monitor->n_failures && ns < PAUSE_MOST_NS; i++)
		ns *= 2;
	return ns < PAUSE_MOST_NS || ns == monitor->interval_ns ? ns : PAUSE_MOST_NS;
}

static void *watch(void *argument)
{
	struct monitor *monitor = argument;
	struct sonde *sonde = &instance;
	struct hold hold = instance_lock();
	int64_t next_ns = now_mono_ns() + jitter_ns(monitor);

	while (!monitor->is_ending) {
		look(sonde, monitor, &hold);
		next_ns += pause_ns(monitor);
		while (next_ns <= now_mono_ns())
			next_ns += monitor->interval_ns;
		wait_until(sonde, monitor, next_ns);
		if (monitor->is_changed)
			next_ns = now_mono_ns() + jitter_ns(monitor);
		monitor->is_changed = false;
	}
	instance_unlock(&hold);
	return NULL;
}

static struct monitor *monitor_free(struct monitor *monitor)
{
	emitter_free(monitor->emitter);
	text_deinit(&monitor->text);
	growth_table_deinit(&monitor->disks);
	growth_table_deinit(&monitor->interfaces);
	process_table_deinit(&monitor->processes);
	pthread_cond_destroy(&monitor->wake);
	free(monitor);
	return NULL;
}

static void init_wake(struct monitor *monitor)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&monitor->wake, &attributes);
	pthread_condattr_destroy(&attributes);
}

static struct monitor *monitor_new(int64_t interval_ns)
{
	struct monitor *monitor = calloc(1, sizeof(*monitor));

	if (!monitor)
		return NULL;
	init_wake(monitor);
	monitor->interval_ns = interval_ns;
	monitor->looked_ns = now_mono_ns();
	monitor->processes.max_proportional = PROPORTIONAL_MAX;
	monitor->processes.max_processes = 1;
	monitor->emitter = emitter_new((struct emitter_limits){0});
	return monitor->emitter ? monitor : monitor_free(monitor);
}

/* -- Begin and end ---------------------------------------------------------------------------- */

/* With the lock, and so with all signals blocked, also on the thread. */
static int begin(struct sonde *sonde, int64_t interval_ns)
{
	struct monitor *monitor = monitor_new(interval_ns);

	if (!monitor)
		return SONDE_ENOMEM;
	if (pthread_create(&monitor->thread, NULL, watch, monitor)) {
		monitor_free(monitor);
		return SONDE_ENOMEM;
	}
	resources_begin_cpu();
	sonde->monitor = monitor;
	return 0;
}

static void change_interval(struct monitor *monitor, int64_t interval_ns)
{
	if (monitor->interval_ns == interval_ns)
		return;
	monitor->interval_ns = interval_ns;
	monitor->is_changed = true;
	pthread_cond_signal(&monitor->wake);
}

int sonde_start_resource_monitoring(struct sonde *sonde, double interval)
{
	int saved_errno = errno;
	int error = instance_check(sonde);

	if (error)
		return error;
	if (isnan(interval) || interval < INTERVAL_MIN || interval > INTERVAL_MAX)
		return SONDE_ERANGE;

	struct hold hold = instance_lock();

	/* It may have come to its end meanwhile, and nobody would stop this one. */
	error = instance_check(sonde);
	if (!error && sonde->monitor)
		change_interval(sonde->monitor, (int64_t)(interval * 1e9));
	else if (!error)
		error = begin(sonde, (int64_t)(interval * 1e9));
	instance_unlock(&hold);
	errno = saved_errno;
	return error;
}

/* Takes the thread and its series out of sight. NULL: there is none. */
static struct monitor *take_out(struct sonde *sonde)
{
	struct hold hold = instance_lock();
	struct monitor *monitor = sonde->monitor;

	sonde->monitor = NULL;
	sonde->monitored = snapshot_put(sonde->monitored);
	if (monitor) {
		monitor->is_ending = true;
		pthread_cond_signal(&monitor->wake);
	}
	instance_unlock(&hold);
	return monitor;
}

/* One that does not end in time is left to itself, with what it needs. */
static void join(struct monitor *monitor)
{
	int64_t until_ns = now_real_ns() + JOIN_NS;
	const struct timespec until = {until_ns / 1000000000, until_ns % 1000000000};

	if (pthread_timedjoin_np(monitor->thread, NULL, &until)) {
		pthread_detach(monitor->thread);
		return;
	}

	struct hold hold = instance_lock();

	monitor_free(monitor);
	instance_unlock(&hold);
}

int sonde_stop_resource_monitoring(struct sonde *sonde)
{
	int saved_errno = errno;
	struct monitor *monitor;

	if (!sonde)
		return SONDE_EINVAL;
	monitor = take_out(sonde);
	if (monitor)
		join(monitor);
	errno = saved_errno;
	return 0;
}

void monitor_after_fork(struct sonde *sonde)
{
	sonde->monitor = NULL;
	sonde->monitored = NULL;
	resources_after_fork();
}

int64_t monitor_silent_ns(const struct sonde *sonde, int64_t now_ns)
{
	const struct monitor *monitor = sonde->monitor;
	int64_t silent_ns = monitor ? now_ns - monitor->looked_ns : 0;

	return monitor && silent_ns > INTERVALS_LATE * monitor->interval_ns + LOOK_NS ? silent_ns
										      : 0;
}
