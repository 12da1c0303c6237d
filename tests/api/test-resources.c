// SPDX-License-Identifier: MIT
#include "config.h"

#include "api.h"

#include <stdint.h>
#include <sys/statvfs.h>
#include <time.h>

enum { PATIENCE_S = 20 };

static void memory_is_that_of_the_machine_and_of_the_process(void)
{
	struct sonde_memory_usage memory;

	CU_ASSERT_EQUAL_FATAL(sonde_get_memory_usage(metrics(), &memory), 0);
	CU_ASSERT_EQUAL(memory.total / 4096,
			(uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / 4096);
	CU_ASSERT(memory.limit > 0 && memory.limit <= memory.total);
	CU_ASSERT_EQUAL(memory.used, memory.total - memory.available);
	CU_ASSERT_DOUBLE_EQUAL(memory.percent, 100 * (double)memory.used / (double)memory.total,
			       1e-9);
	CU_ASSERT(memory.swap_used <= memory.swap_total);
	CU_ASSERT(memory.process_resident > 0);
	CU_ASSERT(memory.process_virtual >= memory.process_resident);
	CU_ASSERT(memory.process_proportional <= (int64_t)memory.process_resident + (64 << 20));
}

static void memory_that_is_taken_is_seen(void)
{
	enum { SIZE = 32 << 20 };
	struct sonde_memory_usage before;
	struct sonde_memory_usage after;
	char *block;

	CU_ASSERT_EQUAL(sonde_get_memory_usage(metrics(), &before), 0);
	block = malloc(SIZE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(block);
	for (size_t i = 0; i < SIZE; i += 4096)
		((volatile char *)block)[i] = 1;
	CU_ASSERT_EQUAL(sonde_get_memory_usage(metrics(), &after), 0);
	CU_ASSERT(after.process_resident >= before.process_resident + SIZE / 2);
	free(block);
}

/* Until the kernel's clock has moved, there is nothing to tell. */
static int ask_until_there_is_data(struct sonde_cpu_usage *ret_cpu)
{
	time_t end = time(NULL) + PATIENCE_S;
	int result;

	do
		result = sonde_get_cpu_usage(metrics(), ret_cpu);
	while (result == SONDE_ENODATA && time(NULL) < end);
	return result;
}

static int ask_for_cpus(void)
{
	struct sonde_cpu_usage cpu;

	EXPECT(sonde_get_cpu_usage(metrics(), &cpu) == SONDE_ENODATA);
	EXPECT(isnan(cpu.percent) && isnan(cpu.process_percent) && isnan(cpu.process_cores));
	EXPECT(cpu.covered_ns == 0);
	EXPECT(cpu.n_cpus == (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
	EXPECT(cpu.process_cpus > 0 && cpu.process_cpus <= (double)cpu.n_cpus);
	EXPECT(cpu.load_average[0] >= 0 && cpu.load_average[2] >= 0);
	EXPECT(ask_until_there_is_data(&cpu) == 0);
	EXPECT(cpu.covered_ns > 0);
	EXPECT(cpu.percent >= 0 && cpu.percent <= 100);
	EXPECT(cpu.user + cpu.system + cpu.steal <= cpu.percent + 1e-6);
	EXPECT(cpu.process_cores >= 0);
	EXPECT(fabs(cpu.process_percent - 100 * cpu.process_cores / cpu.process_cpus) < 1e-9);
	return 0;
}

static void the_first_question_about_processors_has_no_answer(void)
{
	in_child(ask_for_cpus);
}

static int compare_with_the_start(void)
{
	struct sonde_cpu_usage cpu;

	EXPECT(sonde_start_resource_monitoring(metrics(), 60) == 0);
	EXPECT(ask_until_there_is_data(&cpu) == 0);
	EXPECT(cpu.percent >= 0 && cpu.covered_ns > 0);
	EXPECT(sonde_stop_resource_monitoring(metrics()) == 0);
	return 0;
}

static void processors_are_compared_with_the_start_of_monitoring(void)
{
	in_child(compare_with_the_start);
}

static void disk_usage_is_what_df_says(void)
{
	struct sonde_disk_usage disk;
	struct statvfs answer;

	CU_ASSERT_EQUAL_FATAL(sonde_get_disk_usage(metrics(), NULL, &disk), 0);
	CU_ASSERT_EQUAL_FATAL(statvfs("/", &answer), 0);
	CU_ASSERT_EQUAL(disk.total, answer.f_blocks * answer.f_frsize);
	CU_ASSERT_EQUAL(disk.used + disk.free + disk.reserved, disk.total);
	if (disk.used + disk.free)
		CU_ASSERT_DOUBLE_EQUAL(disk.percent,
				       100 * (double)disk.used / (double)(disk.used + disk.free),
				       1e-9);
}

static void a_filesystem_without_space_has_no_percentage(void)
{
	struct sonde_disk_usage disk;

	CU_ASSERT_EQUAL(sonde_get_disk_usage(metrics(), "/proc", &disk), 0);
	CU_ASSERT_EQUAL(disk.total, 0);
	CU_ASSERT(isnan(disk.percent));
}

static void a_path_that_is_not_there_is_an_error(void)
{
	struct sonde_disk_usage disk = {.total = 42};

	errno = 77;
	CU_ASSERT_EQUAL(sonde_get_disk_usage(metrics(), "/no/such/path", &disk), SONDE_ENOENT);
	CU_ASSERT_EQUAL(sonde_get_disk_usage(metrics(), "", &disk), SONDE_ENOENT);
	CU_ASSERT_EQUAL(disk.total, 42);
	CU_ASSERT_EQUAL(errno, 77);
}

static void network_figures_do_not_fall(void)
{
	struct sonde_network_stats before;
	struct sonde_network_stats after;

	CU_ASSERT_EQUAL_FATAL(sonde_get_network_stats(metrics(), &before), 0);
	CU_ASSERT_EQUAL_FATAL(sonde_get_network_stats(metrics(), &after), 0);
	CU_ASSERT(after.bytes_received >= before.bytes_received);
	CU_ASSERT(after.bytes_sent >= before.bytes_sent);
	CU_ASSERT(after.loopback_bytes >= before.loopback_bytes);
	CU_ASSERT(after.n_interfaces >= before.n_interfaces);
}

static void bad_arguments_are_refused(void)
{
	struct sonde *sonde = metrics();
	struct sonde_disk_usage disk;

	CU_ASSERT_EQUAL(sonde_get_memory_usage(sonde, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_cpu_usage(sonde, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_disk_usage(sonde, "/", NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_disk_usage(NULL, "/", &disk), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_get_network_stats(sonde, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_start_resource_monitoring(NULL, 60), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_stop_resource_monitoring(NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_start_resource_monitoring(sonde, 0.09), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_start_resource_monitoring(sonde, -1), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_start_resource_monitoring(sonde, NAN), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_start_resource_monitoring(sonde, INFINITY), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_stop_resource_monitoring(sonde), 0);
}

static bool is_there(const char *name)
{
	struct sonde_metric_summary summary;

	return sonde_get_metric_summary(metrics(), name, 0, &summary) == 0;
}

static bool comes(const char *name)
{
	time_t end = time(NULL) + PATIENCE_S;

	while (!is_there(name))
		if (time(NULL) > end)
			return false;
	return true;
}

/* How often it was called, as far as that is counted. */
static uint64_t calls(const char *call)
{
	const struct sonde_tag filter = {"call", call};
	struct sonde_metric_values *values;
	uint64_t n = 0;

	if (sonde_get_metrics_by_tag(metrics(), &filter, 1, &values) != 0)
		return UINT64_MAX;
	for (size_t i = 0; i < values->n_values; i++)
		if (strcmp(values->values[i].name, "libc.calls") == 0)
			n += values->values[i].count;
	sonde_free(values);
	return n;
}

static uint64_t calls_of_readers(void)
{
	return calls("open") + calls("read") + calls("close") + calls("opendir") +
	       calls("readdir") + calls("statvfs") + calls("statfs") + calls("realloc");
}

static int ask_and_watch(void)
{
	struct sonde_memory_usage memory;
	struct sonde_cpu_usage cpu;
	struct sonde_disk_usage disk;
	struct sonde_network_stats network;
	uint64_t n_before = calls_of_readers();

	EXPECT(sonde_get_memory_usage(metrics(), &memory) == 0);
	EXPECT(sonde_get_cpu_usage(metrics(), &cpu) == SONDE_ENODATA);
	EXPECT(sonde_get_disk_usage(metrics(), "/", &disk) == 0);
	EXPECT(sonde_get_network_stats(metrics(), &network) == 0);
	EXPECT(sonde_start_resource_monitoring(metrics(), 0.1) == 0);
	EXPECT(comes("system.cpu.utilization"));
	EXPECT(calls_of_readers() == n_before);
	EXPECT(sonde_stop_resource_monitoring(metrics()) == 0);
	return 0;
}

static void what_is_read_for_answers_is_not_the_programs(void)
{
	in_child(ask_and_watch);
}

static int watch(void)
{
	struct sonde *sonde = metrics();
	struct sonde_metric_summary summary;

	EXPECT(!is_there("system.memory.limit"));
	EXPECT(sonde_increment(sonde, "mine", NULL, 0) == 0);
	EXPECT(sonde_start_resource_monitoring(sonde, 60) == 0);
	EXPECT(comes("system.memory.limit"));
	EXPECT(is_there("system.cpu.time") && is_there("system.filesystem.limit"));
	EXPECT(is_there("process.memory.usage") && is_there("process.cpu.time"));
	EXPECT(is_there("mine"));
	EXPECT(sonde_get_metric_summary(sonde, "system.cpu.logical.count", 0, &summary) == 0);
	EXPECT(strcmp(summary.unit_text, "{cpu}") == 0 && summary.last >= 1);
	/* From the second look on: a new interval counts at once. */
	EXPECT(!is_there("system.cpu.utilization"));
	EXPECT(sonde_start_resource_monitoring(sonde, 0.1) == 0);
	EXPECT(comes("system.cpu.utilization"));
	EXPECT(sonde_stop_resource_monitoring(sonde) == 0);
	EXPECT(!is_there("system.memory.limit") && is_there("mine"));
	EXPECT(sonde_stop_resource_monitoring(sonde) == 0);
	EXPECT(sonde_start_resource_monitoring(sonde, 60) == 0);
	EXPECT(comes("system.memory.limit"));
	EXPECT(sonde_shutdown_metrics(sonde) == 0);
	EXPECT(!is_there("system.memory.limit"));
	EXPECT(sonde_start_resource_monitoring(sonde, 60) == SONDE_ESHUTDOWN);
	return 0;
}

static void what_is_watched_is_beside_what_is_recorded_until_it_ends(void)
{
	in_child(watch);
}

static int watch_in_the_child(void)
{
	struct sonde_cpu_usage cpu;

	EXPECT(!is_there("system.memory.limit"));
	EXPECT(sonde_get_cpu_usage(metrics(), &cpu) == SONDE_ENODATA);
	EXPECT(sonde_stop_resource_monitoring(metrics()) == 0);
	if (!CHILD_MAY_START_THREADS)
		return 0;
	EXPECT(sonde_start_resource_monitoring(metrics(), 60) == 0);
	EXPECT(comes("system.memory.limit"));
	EXPECT(sonde_stop_resource_monitoring(metrics()) == 0);
	return 0;
}

static void a_child_watches_only_when_it_starts_to(void)
{
	CU_ASSERT_EQUAL(sonde_start_resource_monitoring(metrics(), 0.1), 0);
	CU_ASSERT(comes("system.memory.limit"));
	for (int i = 0; i < 5; i++)
		in_child(watch_in_the_child);
	CU_ASSERT(is_there("system.memory.limit"));
	CU_ASSERT_EQUAL(sonde_stop_resource_monitoring(metrics()), 0);
}

static void *ask_all(void *number)
{
	struct sonde *sonde = metrics();
	struct sonde_memory_usage memory;
	struct sonde_cpu_usage cpu;
	struct sonde_disk_usage disk;
	struct sonde_network_stats network;

	(void)number;
	for (int i = 0; i < 20; i++) {
		int result = sonde_get_cpu_usage(sonde, &cpu);

		if (sonde_get_memory_usage(sonde, &memory) ||
		    sonde_get_disk_usage(sonde, "/", &disk) ||
		    sonde_get_network_stats(sonde, &network) ||
		    (result && result != SONDE_ENODATA) ||
		    sonde_start_resource_monitoring(sonde, 0.1) ||
		    sonde_stop_resource_monitoring(sonde))
			abort();
	}
	return NULL;
}

static void many_threads_can_ask_start_and_stop_at_once(void)
{
	in_threads(ask_all);
	CU_ASSERT_FALSE(is_there("system.memory.limit"));
}

static void stop_at_exit(void)
{
	if (sonde_stop_resource_monitoring(sonde_get()) != 0)
		_exit(3);
}

static int exit_while_it_is_watched(void)
{
	EXPECT(sonde_start_resource_monitoring(metrics(), 0.1) == 0);
	EXPECT(atexit(stop_at_exit) == 0);
	EXPECT(comes("process.memory.usage"));
	exit(0);
}

static void it_can_be_stopped_by_a_function_of_atexit(void)
{
	in_child(exit_while_it_is_watched);
}

UNIT_MAIN("resources",
	  {"memory is that of the machine and of the process",
	   memory_is_that_of_the_machine_and_of_the_process},
	  {"memory that is taken is seen", memory_that_is_taken_is_seen},
	  {"the first question about processors has no answer",
	   the_first_question_about_processors_has_no_answer},
	  {"processors are compared with the start of monitoring",
	   processors_are_compared_with_the_start_of_monitoring},
	  {"disk usage is what df says", disk_usage_is_what_df_says},
	  {"a filesystem without space has no percentage",
	   a_filesystem_without_space_has_no_percentage},
	  {"a path that is not there is an error", a_path_that_is_not_there_is_an_error},
	  {"network figures do not fall", network_figures_do_not_fall},
	  {"bad arguments are refused", bad_arguments_are_refused},
	  {"what is read for answers is not the program's",
	   what_is_read_for_answers_is_not_the_programs},
	  {"what is watched is beside what is recorded until it ends",
	   what_is_watched_is_beside_what_is_recorded_until_it_ends},
	  {"a child watches only when it starts to", a_child_watches_only_when_it_starts_to},
	  {"many threads can ask start and stop at once",
	   many_threads_can_ask_start_and_stop_at_once},
	  {"it can be stopped by a function of atexit", it_can_be_stopped_by_a_function_of_atexit})
