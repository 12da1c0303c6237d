// SPDX-License-Identifier: MIT
/*
 * Memory and control groups on trees of made-up files.
 */
#include "resources/stage.h"

#include "unit.h"

#include "resources/cgroup.h"
#include "resources/cpu.h"
#include "resources/load.h"
#include "resources/memory.h"

#include <errno.h>
#include <math.h>

/* ------------------------------------------------------------------------------------- memory */

#define MEMINFO                                                                                    \
	"MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    400 kB\n"              \
	"Buffers:          10 kB\nCached:          200 kB\nSwapCached:        7 kB\n"              \
	"Shmem:            30 kB\nSReclaimable:     50 kB\nSwapTotal:       500 kB\n"              \
	"SwapFree:        450 kB\n"

static void memory_is_what_meminfo_says(void)
{
	struct stage *stage = make_stage();
	struct memory memory;

	write_file(stage, "/proc/meminfo", MEMINFO);
	write_file(stage, "/proc/vmstat", "nr_free 1\npgfault 1000\npgmajfault 10\n");
	CU_ASSERT_EQUAL_FATAL(memory_read(&stage->machine, &stage->text, &memory), 0);
	memory_emit(&memory, &stage->emission);
	CU_ASSERT_EQUAL(number(stage, "system.memory.usage{system.memory.state=\"used\"}"),
			600 * 1024);
	CU_ASSERT_EQUAL(number(stage, "system.memory.usage{system.memory.state=\"cached\"}"),
			250 * 1024);
	CU_ASSERT_DOUBLE_EQUAL(
		number(stage, "system.memory.utilization{system.memory.state=\"used\"}"), 0.6,
		1e-9);
	CU_ASSERT_EQUAL(number(stage, "system.memory.limit{}"), 1000 * 1024);
	CU_ASSERT_EQUAL(number(stage, "system.memory.linux.available{}"), 400 * 1024);
	CU_ASSERT_EQUAL(number(stage, "system.paging.usage{system.paging.state=\"used\"}"),
			50 * 1024);
	CU_ASSERT_EQUAL(number(stage, "system.paging.faults{system.paging.fault.type=\"minor\"}"),
			990);
	CU_ASSERT_EQUAL(stage->plain.n_refused, 0);
	end_stage(stage);
}

static void a_kernel_that_does_not_say_what_is_available_is_asked_what_is_free(void)
{
	struct stage *stage = make_stage();
	struct memory memory;

	write_file(stage, "/proc/meminfo", "MemTotal: 1000 kB\nMemFree: 100 kB\n");
	CU_ASSERT_EQUAL_FATAL(memory_read(&stage->machine, &stage->text, &memory), 0);
	CU_ASSERT_EQUAL(memory.used, 900 * 1024);
	CU_ASSERT_FALSE(memory.has_faults);
	end_stage(stage);
}

static void odd_contents_are_an_error(void)
{
	static const char *const bad[] = {
		"",	      "\n\n",	      "MemTotal:", "MemTotal: kB\n", "MemTotal: -5 kB\n",
		"\xff\xfe\n", "MemFree: 1 kB"};
	struct stage *stage = make_stage();
	struct memory memory;
	struct cpu cpu;
	struct load load;

	CU_ASSERT_EQUAL(memory_read(&stage->machine, &stage->text, &memory), -ENOENT);
	CU_ASSERT_EQUAL(cpu_read(&stage->machine, &stage->text, &cpu), -ENOENT);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_file(stage, "/proc/meminfo", bad[i]);
		write_file(stage, "/proc/stat", bad[i]);
		write_file(stage, "/proc/loadavg", bad[i]);
		printf("# case %zu\n", i);
		CU_ASSERT_EQUAL(memory_read(&stage->machine, &stage->text, &memory), -EBADMSG);
		CU_ASSERT_EQUAL(cpu_read(&stage->machine, &stage->text, &cpu), -EBADMSG);
		CU_ASSERT_EQUAL(load_read(&stage->machine, &stage->text, &load), -EBADMSG);
	}
	end_stage(stage);
}

static void huge_numbers_stop_at_the_end_of_the_range(void)
{
	struct stage *stage = make_stage();
	struct memory memory;

	write_file(stage, "/proc/meminfo",
		   "MemTotal: 99999999999999999999999 kB\nMemFree: 18446744073709551615 kB\n"
		   "Cached: 18446744073709551615 kB\nSReclaimable: 18446744073709551615 kB\n");
	CU_ASSERT_EQUAL_FATAL(memory_read(&stage->machine, &stage->text, &memory), 0);
	CU_ASSERT_EQUAL(memory.total, UINT64_MAX);
	CU_ASSERT_EQUAL(memory.cached, UINT64_MAX);
	CU_ASSERT_EQUAL(memory.used, 0);
	end_stage(stage);
}

/* ------------------------------------------------------------------------------------ cgroups */

static struct cgroup read_cgroup(struct stage *stage)
{
	struct cgroup cgroup;

	cgroup_read(&stage->machine, &stage->text, "self", &cgroup);
	return cgroup;
}

static void the_tightest_group_of_version_2_counts(void)
{
	struct stage *stage = make_stage();

	write_file(stage, "/proc/self/cgroup", "0::/system.slice/job.service/inner\n");
	write_file(stage, "/proc/self/mountinfo",
		   "22 27 0:21 / /proc rw - proc proc rw\n"
		   "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
	write_file(stage, "/sys/fs/cgroup/system.slice/job.service/inner/memory.max", "max\n");
	write_file(stage, "/sys/fs/cgroup/system.slice/job.service/inner/cpu.max", "max 100000\n");
	write_file(stage, "/sys/fs/cgroup/system.slice/job.service/memory.max", "500000\n");
	write_file(stage, "/sys/fs/cgroup/system.slice/job.service/cpu.max", "150000 100000\n");
	write_file(stage, "/sys/fs/cgroup/system.slice/memory.max", "800000\n");
	CU_ASSERT_EQUAL(read_cgroup(stage).memory_limit, 500000);
	CU_ASSERT_DOUBLE_EQUAL(read_cgroup(stage).cpu_limit, 1.5, 1e-9);
	write_file(stage, "/sys/fs/cgroup/system.slice/memory.max", "300000\n");
	CU_ASSERT_EQUAL(read_cgroup(stage).memory_limit, 300000);
	end_stage(stage);
}

static void groups_of_version_1_are_found_by_their_controller(void)
{
	struct stage *stage = make_stage();

	write_file(stage, "/proc/self/cgroup",
		   "9:name=systemd:/\n4:memory:/api/4b2114\n2:cpu,cpuacct:/half\n0::/\n");
	write_file(stage, "/proc/self/mountinfo",
		   "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
		   "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
		   "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
	write_file(stage, "/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
	write_file(stage, "/sys/fs/cgroup/memory/api/4b2114/memory.limit_in_bytes", "700000\n");
	write_file(stage, "/sys/fs/cgroup/cpu,cpuacct/half/cpu.cfs_quota_us", "50000\n");
	write_file(stage, "/sys/fs/cgroup/cpu,cpuacct/half/cpu.cfs_period_us", "100000\n");
	write_file(stage, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
	write_file(stage, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
	CU_ASSERT_EQUAL(read_cgroup(stage).memory_limit, 700000);
	CU_ASSERT_DOUBLE_EQUAL(read_cgroup(stage).cpu_limit, 0.5, 1e-9);
	end_stage(stage);
}

static void a_container_sees_its_part_of_a_hierarchy(void)
{
	struct stage *stage = make_stage();

	write_file(stage, "/proc/self/cgroup", "4:memory:/docker/abc/sub\n");
	write_file(stage, "/proc/self/mountinfo",
		   "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
	write_file(stage, "/sys/fs/cgroup/memory/memory.limit_in_bytes", "4096\n");
	write_file(stage, "/sys/fs/cgroup/memory/sub/memory.limit_in_bytes", "8192\n");
	CU_ASSERT_EQUAL(read_cgroup(stage).memory_limit, 4096);
	/* Those of others are out of sight, also if they have a name as long. */
	write_file(stage, "/sys/fs/cgroup/memory/other/memory.limit_in_bytes", "2048\n");
	write_file(stage, "/proc/self/cgroup", "4:memory:/docker/xyz/other\n");
	CU_ASSERT_EQUAL(read_cgroup(stage).memory_limit, 4096);
	write_file(stage, "/proc/self/cgroup", "4:memory:/../other\n");
	CU_ASSERT_EQUAL(read_cgroup(stage).memory_limit, 4096);
	end_stage(stage);
}

static void without_groups_there_is_no_limit(void)
{
	static const char *const odd[] = {"", "\n", "0:", "0::", "x", "::::\n", "4:memory\n"};
	struct stage *stage = make_stage();

	CU_ASSERT_EQUAL(read_cgroup(stage).memory_limit, UINT64_MAX);
	CU_ASSERT(isinf(read_cgroup(stage).cpu_limit));
	write_file(stage, "/proc/self/mountinfo", "1 2 3\n- - -\n35 31 0:32 / /sys/fs/cgroup rw -");
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		write_file(stage, "/proc/self/cgroup", odd[i]);
		CU_ASSERT_EQUAL(read_cgroup(stage).memory_limit, UINT64_MAX);
	}
	end_stage(stage);
}

static void the_limit_of_memory_is_that_of_the_group_if_it_is_tighter(void)
{
	struct stage *stage = make_stage();
	struct memory memory;

	write_file(stage, "/proc/meminfo", MEMINFO);
	write_file(stage, "/proc/self/cgroup", "0::/a\n");
	write_file(stage, "/proc/self/mountinfo",
		   "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
	write_file(stage, "/sys/fs/cgroup/a/memory.max", "5000\n");
	CU_ASSERT_EQUAL(memory_read(&stage->machine, &stage->text, &memory), 0);
	CU_ASSERT_EQUAL(memory.limit, 5000);
	write_file(stage, "/sys/fs/cgroup/a/memory.max", "99999999999\n");
	CU_ASSERT_EQUAL(memory_read(&stage->machine, &stage->text, &memory), 0);
	CU_ASSERT_EQUAL(memory.limit, 1000 * 1024);
	end_stage(stage);
}

UNIT_MAIN("memory", {"memory is what /proc/meminfo says", memory_is_what_meminfo_says},
	  {"a kernel that does not say what is available is asked what is free",
	   a_kernel_that_does_not_say_what_is_available_is_asked_what_is_free},
	  {"odd contents are an error", odd_contents_are_an_error},
	  {"huge numbers stop at the end of the range", huge_numbers_stop_at_the_end_of_the_range},
	  {"the tightest control group of version 2 counts",
	   the_tightest_group_of_version_2_counts},
	  {"control groups of version 1 are found by their controller",
	   groups_of_version_1_are_found_by_their_controller},
	  {"a container sees its part of a hierarchy", a_container_sees_its_part_of_a_hierarchy},
	  {"without control groups there is no limit", without_groups_there_is_no_limit},
	  {"the limit of memory is that of the control group, if it is tighter",
	   the_limit_of_memory_is_that_of_the_group_if_it_is_tighter})
