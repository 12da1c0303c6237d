// SPDX-License-Identifier: MIT
/*
 * Processes on trees of made-up files.
 */
#include "resources/stage.h"

#include "unit.h"

#include "resources/process-table.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#define STATUS                                                                                     \
	"Name:\todd\nVmRSS:\t    1024 kB\nThreads:\t2\nCpus_allowed:\t3\n"                         \
	"Cpus_allowed_list:\t0-1\nvoluntary_ctxt_switches:\t%u\nnonvoluntary_ctxt_switches:\t%u\n"

static void write_process(const struct stage *stage, const char *start_ticks, unsigned int ticks)
{
	char contents[512];

	snprintf(contents, sizeof(contents),
		 "4711 (odd) (name \n) S 1 1 1 0 -1 4194304 111 0 22 0 %u 50 0 0 20 0 2 0 %s "
		 "3133440 390 18446744073709551615\n",
		 ticks, start_ticks);
	write_file(stage, "/proc/4711/stat", contents);
}

static void write_thread(const struct stage *stage, const char *thread, unsigned int voluntary)
{
	char contents[512];
	char name[64];

	snprintf(contents, sizeof(contents), STATUS, voluntary, 1);
	snprintf(name, sizeof(name), "/proc/4711/task/%s/status", thread);
	write_file(stage, name, contents);
	write_file(stage, "/proc/4711/status", contents);
}

static const int32_t the_process[] = {4711};

static size_t collect_processes(struct stage *stage, struct process_table *table, int64_t now_ns)
{
	const struct process_surroundings surroundings = {
		.now_ns = now_ns,
		.uptime = 1000,
		.boot_ns = 1000000000000,
		.n_cpus = 4,
		.memory_total = 1 << 30,
	};

	stage->plain.pids = the_process;
	stage->plain.n_pids = 1;
	plain_host_clear(&stage->plain);
	return process_table_collect(table, &stage->machine, &stage->text, &surroundings,
				     in_ms(stage, 100000), &stage->emission);
}

#define OF_PROCESS "process.executable.name=\"odd) (name \n\",process.pid=\"4711\""

static void a_process_has_figures_whatever_its_name_is(void)
{
	struct stage *stage = make_stage();
	struct process_table table = {.max_proportional = 1 << 30, .max_processes = 10};

	write_process(stage, "100", 250);
	write_thread(stage, "4711", 10);
	write_thread(stage, "4712", 20);
	write_file(stage, "/proc/4711/smaps_rollup", "Rss: 1024 kB\nPss:  512 kB\n");
	write_file(stage, "/proc/4711/io", "rchar: 1\nread_bytes: 4096\nwrite_bytes: 8192\n");
	write_file(stage, "/proc/4711/fd/0", "");
	write_file(stage, "/proc/4711/fd/1", "");
	write_file(stage, "/proc/4711/limits",
		   "Limit                     Soft Limit           Hard Limit           Units\n"
		   "Max open files            1024                 4096                 files\n");
	CU_ASSERT_EQUAL(collect_processes(stage, &table, 1000000000), 0);
	CU_ASSERT_EQUAL(number(stage, "process.memory.usage{" OF_PROCESS "}"), 1024 * 1024);
	CU_ASSERT_EQUAL(number(stage, "process.memory.proportional{" OF_PROCESS "}"), 512 * 1024);
	CU_ASSERT_EQUAL(number(stage, "process.memory.virtual{" OF_PROCESS "}"), 3133440);
	CU_ASSERT_EQUAL(number(stage, "process.memory.limit{" OF_PROCESS "}"), 1 << 30);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "process.cpu.time{cpu.mode=\"user\"," OF_PROCESS "}"),
			       2.5, 1e-9);
	CU_ASSERT(
		isnan(number(stage, "process.cpu.utilization{cpu.mode=\"user\"," OF_PROCESS "}")));
	CU_ASSERT_EQUAL(number(stage, "process.thread.count{" OF_PROCESS "}"), 2);
	CU_ASSERT_EQUAL(number(stage, "process.unix.file_descriptor.count{" OF_PROCESS "}"), 2);
	CU_ASSERT_EQUAL(number(stage, "process.unix.file_descriptor.limit{" OF_PROCESS "}"), 1024);
	CU_ASSERT_EQUAL(number(stage, "process.context_switches{process.context_switch.type="
				      "\"voluntary\"," OF_PROCESS "}"),
			30);
	CU_ASSERT_EQUAL(number(stage, "process.paging.faults{" OF_PROCESS
				      ",system.paging.fault.type=\"major\"}"),
			22);
	CU_ASSERT_EQUAL(
		number(stage, "process.disk.io{disk.io.direction=\"write\"," OF_PROCESS "}"), 8192);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "process.uptime{" OF_PROCESS "}"), 999, 1e-9);
	CU_ASSERT_EQUAL(plain_host_find(&stage->plain,
					"process.disk.io{disk.io.direction=\"write\"," OF_PROCESS
					"}")
				->start_ns,
			1001000000000);
	CU_ASSERT_EQUAL(stage->plain.n_refused, 0);
	process_table_deinit(&table);
	end_stage(stage);
}

static void a_large_process_has_no_proportional_size(void)
{
	struct stage *stage = make_stage();
	struct process_table table = {.max_proportional = 1024 * 1024 - 1, .max_processes = 10};

	write_process(stage, "100", 250);
	write_thread(stage, "4711", 10);
	write_file(stage, "/proc/4711/smaps_rollup", "Pss:  512 kB\n");
	collect_processes(stage, &table, 1000000000);
	CU_ASSERT(isnan(number(stage, "process.memory.proportional{" OF_PROCESS "}")));
	table.max_proportional++;
	collect_processes(stage, &table, 2000000000);
	CU_ASSERT_EQUAL(number(stage, "process.memory.proportional{" OF_PROCESS "}"), 512 * 1024);
	process_table_deinit(&table);
	end_stage(stage);
}

static void utilization_of_a_process_is_of_the_processors_that_it_may_use(void)
{
	struct stage *stage = make_stage();
	struct process_table table = {.max_processes = 10};

	write_process(stage, "100", 250);
	write_thread(stage, "4711", 10);
	collect_processes(stage, &table, 1000000000);
	write_process(stage, "100", 350);
	collect_processes(stage, &table, 3000000000);
	/* One second of work in two seconds, on two processors. */
	CU_ASSERT_DOUBLE_EQUAL(
		number(stage, "process.cpu.utilization{cpu.mode=\"user\"," OF_PROCESS "}"), 0.25,
		1e-9);
	/* The number goes to another process: nothing is known of it yet. */
	write_process(stage, "900", 100);
	collect_processes(stage, &table, 4000000000);
	CU_ASSERT(
		isnan(number(stage, "process.cpu.utilization{cpu.mode=\"user\"," OF_PROCESS "}")));
	process_table_deinit(&table);
	end_stage(stage);
}

static void switches_do_not_fall_when_a_thread_ends(void)
{
	struct stage *stage = make_stage();
	struct process_table table = {.max_processes = 10};
	const char *key =
		"process.context_switches{process.context_switch.type=\"voluntary\"," OF_PROCESS
		"}";
	char path[128];

	write_process(stage, "100", 250);
	write_thread(stage, "4711", 10);
	write_thread(stage, "4712", 20);
	collect_processes(stage, &table, 1000000000);
	snprintf(path, sizeof(path), "%s/proc/4711/task/4712/status", stage->root);
	CU_ASSERT_EQUAL(unlink(path), 0);
	collect_processes(stage, &table, 2000000000);
	CU_ASSERT_EQUAL(number(stage, key), 30);
	write_thread(stage, "4711", 15);
	collect_processes(stage, &table, 3000000000);
	CU_ASSERT_EQUAL(number(stage, key), 35);
	process_table_deinit(&table);
	end_stage(stage);
}

static void a_process_of_which_little_can_be_read_has_those_figures(void)
{
	struct stage *stage = make_stage();
	struct process_table table = {.max_proportional = 1 << 30, .max_processes = 10};

	CU_ASSERT_EQUAL(collect_processes(stage, &table, 1000000000), 0);
	CU_ASSERT_EQUAL(stage->plain.n_series, 0);
	write_process(stage, "100", 250);
	collect_processes(stage, &table, 2000000000);
	CU_ASSERT_EQUAL(number(stage, "process.thread.count{" OF_PROCESS "}"), 2);
	CU_ASSERT_EQUAL(number(stage, "process.memory.usage{" OF_PROCESS "}"),
			390.0 * (double)sysconf(_SC_PAGESIZE));
	CU_ASSERT(isnan(number(stage, "process.memory.proportional{" OF_PROCESS "}")));
	CU_ASSERT(isnan(number(stage, "process.unix.file_descriptor.count{" OF_PROCESS "}")));
	write_file(stage, "/proc/4711/stat", "4711 (cut");
	collect_processes(stage, &table, 3000000000);
	CU_ASSERT_EQUAL(stage->plain.n_series, 0);
	process_table_deinit(&table);
	end_stage(stage);
}

static void processes_beyond_the_limit_are_counted_as_left_out(void)
{
	struct stage *stage = make_stage();
	struct process_table table = {.max_processes = 0};

	write_process(stage, "100", 250);
	CU_ASSERT_EQUAL(collect_processes(stage, &table, 1000000000), 1);
	CU_ASSERT_EQUAL(stage->plain.n_series, 0);
	process_table_deinit(&table);
	end_stage(stage);
}

UNIT_MAIN("process",
	  {"a process has figures, whatever its name is",
	   a_process_has_figures_whatever_its_name_is},
	  {"a large process has no proportional size", a_large_process_has_no_proportional_size},
	  {"utilization of a process is of the processors that it may use",
	   utilization_of_a_process_is_of_the_processors_that_it_may_use},
	  {"context switches do not fall when a thread ends",
	   switches_do_not_fall_when_a_thread_ends},
	  {"a process of which little can be read has those figures",
	   a_process_of_which_little_can_be_read_has_those_figures},
	  {"processes beyond the limit are counted as left out",
	   processes_beyond_the_limit_are_counted_as_left_out})
