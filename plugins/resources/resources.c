// SPDX-License-Identifier: MIT
/*
 * The resources plugin: what the machine has and uses, and what the watched processes do. A kind of
 * figures is a row below; how each is read stands in a file of its own.
 */
#include <sonde/plugin.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resources/cpu.h"
#include "resources/disk-io.h"
#include "resources/disk-space.h"
#include "resources/load.h"
#include "resources/memory.h"
#include "resources/network.h"
#include "resources/pressure.h"
#include "resources/process-table.h"
#include "resources/uptime.h"

/* What is kept of a collection's time for handing over what there is. */
#define RESERVE_NS 20000000

enum kind_number {
	KIND_CPU,
	KIND_MEMORY,
	KIND_LOAD,
	KIND_PRESSURE,
	KIND_DISK,
	KIND_NETWORK,
	KIND_PROCESS,
	KIND_FILESYSTEM,
	KINDS,
};

struct options {
	struct sonde_list kinds;
	struct sonde_list paths;
	struct name_filter interfaces;
	const char *root;
	uint64_t max_proportional;
	int64_t max_processes;
};

struct resources {
	const struct sonde_host *host;
	const struct options *options;
	struct machine machine;
	struct text text;
	bool has_kind[KINDS];
	bool has_failed[KINDS]; /* and that has been said */
	struct process_surroundings surroundings;
	struct cpu_before cpu_before;
	struct growth_table disks;
	struct growth_table interfaces;
	struct process_table processes;
	struct space_asker **askers; /* one for each path; NULL: could not be started */
};

/* ----------------------------------------------------------------------------------------- kinds
 */

/* Once for each kind: what a kernel does not have it does not get. */
static int check(struct resources *resources, enum kind_number kind, const char *what, int error)
{
	if (error && !resources->has_failed[kind]) {
		resources->has_failed[kind] = true;
		resources->host->log(resources->host, SONDE_LOG_WARNING, (uint32_t)kind + 1,
				     "%s: %s", what, strerror(-error));
	}
	return error;
}

static void collect_cpu(struct resources *resources, const struct emission *emission,
			int64_t deadline_ns)
{
	struct cpu cpu;

	(void)deadline_ns;
	if (check(resources, KIND_CPU, "processors",
		  cpu_read(&resources->machine, &resources->text, &cpu)))
		return;
	cpu_emit(&cpu, &resources->cpu_before, emission);
	if (resources->surroundings.uptime > 0)
		uptime_emit(resources->surroundings.uptime, emission);
}

static void collect_memory(struct resources *resources, const struct emission *emission,
			   int64_t deadline_ns)
{
	struct memory memory;

	(void)deadline_ns;
	if (check(resources, KIND_MEMORY, "memory",
		  memory_read(&resources->machine, &resources->text, &memory)))
		return;
	memory_emit(&memory, emission);
}

static void collect_load(struct resources *resources, const struct emission *emission,
			 int64_t deadline_ns)
{
	struct load load;

	(void)deadline_ns;
	if (check(resources, KIND_LOAD, "load",
		  load_read(&resources->machine, &resources->text, &load)))
		return;
	load_emit(&load, emission);
}

static void collect_pressure(struct resources *resources, const struct emission *emission,
			     int64_t deadline_ns)
{
	static const char *const names[] = {"cpu", "memory", "io"};
	struct pressure pressure;

	(void)deadline_ns;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!check(resources, KIND_PRESSURE, "pressure",
			   pressure_read(&resources->machine, &resources->text, names[i],
					 &pressure)))
			pressure_emit(&pressure, names[i], emission);
}

static void collect_disk(struct resources *resources, const struct emission *emission,
			 int64_t deadline_ns)
{
	(void)deadline_ns;
	check(resources, KIND_DISK, "disks",
	      disk_io_collect(&resources->machine, &resources->text, &resources->disks, emission));
}

static void collect_network(struct resources *resources, const struct emission *emission,
			    int64_t deadline_ns)
{
	(void)deadline_ns;
	check(resources, KIND_NETWORK, "network interfaces",
	      network_collect(&resources->machine, &resources->text,
			      &resources->options->interfaces, &resources->interfaces, emission));
}

static void collect_processes(struct resources *resources, const struct emission *emission,
			      int64_t deadline_ns)
{
	size_t n_left_out =
		process_table_collect(&resources->processes, &resources->machine, &resources->text,
				      &resources->surroundings, deadline_ns, emission);

	if (n_left_out)
		resources->host->counter_add(resources->host, "processes_left_out", n_left_out);
}

static void ask_filesystems(struct resources *resources)
{
	for (size_t i = 0; i < resources->options->paths.n_items; i++)
		if (resources->askers[i])
			space_asker_ask(resources->askers[i]);
}

/* They were asked first of all, and had the time of all others for an answer. */
static void collect_filesystems(struct resources *resources, const struct emission *emission,
				int64_t deadline_ns)
{
	const struct sonde_list *paths = &resources->options->paths;

	for (size_t i = 0; i < paths->n_items; i++) {
		struct disk_space space;
		int error = -EAGAIN;

		if (resources->askers[i])
			error = space_asker_answer(resources->askers[i], deadline_ns, &space);
		if (error == -ETIMEDOUT)
			resources->host->counter_add(resources->host, "filesystem_timeouts", 1);
		if (!check(resources, KIND_FILESYSTEM, paths->items[i], error))
			disk_space_emit(&space, &resources->machine, &resources->text,
					paths->items[i], emission);
	}
}

static const struct kind {
	const char *name;
	void (*collect)(struct resources *resources, const struct emission *emission,
			int64_t deadline_ns);
} kinds[KINDS] = {
	[KIND_CPU] = {"cpu", collect_cpu},
	[KIND_MEMORY] = {"memory", collect_memory},
	[KIND_LOAD] = {"load", collect_load},
	[KIND_PRESSURE] = {"pressure", collect_pressure},
	[KIND_DISK] = {"disk", collect_disk},
	[KIND_NETWORK] = {"network", collect_network},
	[KIND_PROCESS] = {"process", collect_processes},
	[KIND_FILESYSTEM] = {"filesystem", collect_filesystems},
};

#define ALL_KINDS "cpu, memory, load, pressure, disk, network, process, filesystem"

/* ------------------------------------------------------------------------------------------ life
 */

static int find_kind(const char *name)
{
	for (int i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return i;
	return -1;
}

static int choose_kinds(struct resources *resources, struct sonde_err *err)
{
	const struct sonde_list *names = &resources->options->kinds;

	for (size_t i = 0; i < names->n_items; i++) {
		int kind = find_kind(names->items[i]);

		if (kind < 0) {
			snprintf(err->text, sizeof(err->text),
				 "there are no resources \"%.80s\", but " ALL_KINDS,
				 names->items[i]);
			return -EINVAL;
		}
		resources->has_kind[kind] = true;
	}
	return 0;
}

static int check_paths(const struct sonde_list *paths, struct sonde_err *err)
{
	for (size_t i = 0; i < paths->n_items; i++)
		if (paths->items[i][0] != '/') {
			snprintf(err->text, sizeof(err->text),
				 "the path \"%.200s\" does not begin with /", paths->items[i]);
			return -EINVAL;
		}
	return 0;
}

static void destroy(void *instance)
{
	struct resources *resources = instance;

	for (size_t i = 0; resources->askers && i < resources->options->paths.n_items; i++)
		space_asker_free(resources->askers[i]);
	free(resources->askers);
	growth_table_deinit(&resources->disks);
	growth_table_deinit(&resources->interfaces);
	process_table_deinit(&resources->processes);
	text_deinit(&resources->text);
	free(resources);
}

static int create(const struct sonde_host *host, const void *options, void **ret_instance,
		  struct sonde_err *err)
{
	struct resources *resources = calloc(1, sizeof(*resources));
	int error = resources ? 0 : -ENOMEM;

	if (error) {
		snprintf(err->text, sizeof(err->text), "no memory");
		return error;
	}
	resources->host = host;
	resources->options = options;
	resources->machine.io = host->io;
	resources->machine.root = resources->options->root ? resources->options->root : "";
	resources->processes.max_proportional = resources->options->max_proportional;
	resources->processes.max_processes = (size_t)resources->options->max_processes;
	error = choose_kinds(resources, err);
	if (!error)
		error = check_paths(&resources->options->paths, err);
	if (error)
		destroy(resources);
	else
		*ret_instance = resources;
	return error;
}

static struct space_asker *start_asker(const struct resources *resources, const char *path)
{
	char full_path[PATH_ROOM];
	int len = snprintf(full_path, sizeof(full_path), "%s%s", resources->machine.root, path);

	if (len < 0 || (size_t)len >= sizeof(full_path))
		return NULL;
	return space_asker_new(resources->host, full_path, disk_space_read);
}

/* A path that cannot be asked about is missing, and the others are not. */
static int start(void *instance, struct sonde_err *err)
{
	struct resources *resources = instance;
	const struct sonde_list *paths = &resources->options->paths;

	if (!resources->has_kind[KIND_FILESYSTEM] || !paths->n_items)
		return 0;
	resources->askers = calloc(paths->n_items, sizeof(struct space_asker *));
	if (!resources->askers) {
		snprintf(err->text, sizeof(err->text), "no memory");
		return -ENOMEM;
	}
	for (size_t i = 0; i < paths->n_items; i++)
		resources->askers[i] = start_asker(resources, paths->items[i]);
	return 0;
}

/*
 * When the machine started, found out once: it must not move when the clock is set, or because the
 * uptime has two decimals only, since a counter with another start has started again.
 */
static void find_start(struct process_surroundings *surroundings, int64_t now_real_ns)
{
	if (!surroundings->boot_ns && surroundings->uptime > 0)
		surroundings->boot_ns = now_real_ns - (int64_t)(surroundings->uptime * 1e9);
}

/* What figures of processes are set against. */
static void look_around(struct resources *resources)
{
	struct process_surroundings *surroundings = &resources->surroundings;
	struct cpu cpu = {0};
	struct memory memory = {0};

	cpu_read(&resources->machine, &resources->text, &cpu);
	memory_read(&resources->machine, &resources->text, &memory);
	surroundings->uptime = 0;
	uptime_read(&resources->machine, &resources->text, &surroundings->uptime);
	find_start(surroundings, resources->host->now_real_ns());
	surroundings->now_ns = resources->host->now_mono_ns();
	surroundings->n_cpus = cpu.n_cpus;
	surroundings->memory_total = memory.total;
}

static int collect(void *instance, struct sonde_emit *emit, int64_t deadline_ns)
{
	struct resources *resources = instance;
	struct emission emission = {.host = resources->host, .emit = emit};

	if (resources->askers)
		ask_filesystems(resources);
	look_around(resources);
	emission.start_ns = resources->surroundings.boot_ns;
	for (int i = 0; i < KINDS; i++)
		if (resources->has_kind[i] && (i != KIND_FILESYSTEM || resources->askers))
			kinds[i].collect(resources, &emission, deadline_ns - RESERVE_NS);
	return 0;
}

static int stop(void *instance, int64_t deadline_ns)
{
	struct resources *resources = instance;

	(void)deadline_ns;
	for (size_t i = 0; resources->askers && i < resources->options->paths.n_items; i++)
		space_asker_stop(resources->askers[i]);
	return 0;
}

/* The threads that ask are not in a child, and may have held their locks: all is left as it is. */
static void fork_child(void *instance)
{
	struct resources *resources = instance;

	resources->askers = NULL;
}

static const struct sonde_option options[] = {
	{
		.name = "kinds",
		.type = SONDE_OPTION_LIST,
		.default_text = ALL_KINDS,
		.offset = offsetof(struct options, kinds),
		.help = "Which resources: " ALL_KINDS ".",
	},
	{
		.name = "paths",
		.type = SONDE_OPTION_LIST,
		.default_text = "/",
		.offset = offsetof(struct options, paths),
		.help = "Filesystems whose space is watched, each by a path on it.",
	},
	{
		.name = "interfaces",
		.type = SONDE_OPTION_LIST,
		.offset = offsetof(struct options, interfaces.include),
		.help = "Patterns of network interfaces that are watched; none: all.",
	},
	{
		.name = "interfaces_except",
		.type = SONDE_OPTION_LIST,
		.default_text = "lo",
		.offset = offsetof(struct options, interfaces.exclude),
		.help = "Patterns of network interfaces that are not.",
	},
	{
		.name = "max_proportional",
		.type = SONDE_OPTION_SIZE,
		.default_text = "2GiB",
		.offset = offsetof(struct options, max_proportional),
		.help = "Up to which size of a process its proportional size is found out, too: "
			"takes "
			"25 ms for 1 GiB.",
	},
	{
		.name = "max_processes",
		.type = SONDE_OPTION_INT,
		.default_text = "256",
		.min = "0",
		.max = "100000",
		.offset = offsetof(struct options, max_processes),
		.help = "Of how many processes there are figures, those with the lowest numbers.",
	},
	{
		.name = "root",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct options, root),
		.help = "What comes before /proc, /sys and all paths, such as /host in a "
			"container.",
	},
	{.name = NULL},
};

static const struct sonde_plugin_desc description = {
	.struct_size = sizeof(description),
	.abi_major = SONDE_ABI_MAJOR,
	.abi_minor = SONDE_ABI_MINOR,
	.kind = SONDE_KIND_MONITOR,
	.flags = SONDE_INPROC_OK,
	.name = "resources",
	.version = "1.0",
	.license = "MIT",
	.summary = "memory, processors, disks, network and processes",
	.options = options,
	.option_size = sizeof(struct sonde_option),
	.options_size = sizeof(struct options),
	.create = create,
	.start = start,
	.collect = collect,
	.fork_child = fork_child,
	.stop = stop,
	.destroy = destroy,
};

const struct sonde_plugin_desc *sonde_plugin_v1(const struct sonde_host *host)
{
	(void)host;
	return &description;
}
