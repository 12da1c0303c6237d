// SPDX-License-Identifier: MIT
/*
 * The readers of the machine on trees of made-up files: what kernels write, and what none would.
 */
#include "resources/stage.h"

#include "unit.h"

#include "resources/cpu.h"
#include "resources/disk-io.h"
#include "resources/load.h"
#include "resources/network.h"
#include "resources/pressure.h"
#include "resources/uptime.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --------------------------------------------------------------------------------- processors */

static void collect_cpu(struct stage *stage, const char *contents, struct cpu_before *before)
{
	struct cpu cpu;

	write_file(stage, "/proc/stat", contents);
	plain_host_clear(&stage->plain);
	CU_ASSERT_EQUAL_FATAL(cpu_read(&stage->machine, &stage->text, &cpu), 0);
	cpu_emit(&cpu, before, &stage->emission);
}

static void guests_are_not_counted_twice(void)
{
	struct stage *stage = make_stage();
	struct cpu_before before = {0};

	collect_cpu(stage,
		    "cpu  1000 200 300 4000 50 6 4 30 600 100\ncpu0 1 2\ncpu1 3 4\nbtime 99\n",
		    &before);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.cpu.time{cpu.mode=\"user\"}"), 4, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.cpu.time{cpu.mode=\"nice\"}"), 1, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.cpu.time{cpu.mode=\"guest\"}"), 7, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.cpu.time{cpu.mode=\"interrupt\"}"), 0.1, 1e-9);
	CU_ASSERT_EQUAL(number(stage, "system.cpu.logical.count{}"), 2);
	double sum = 0;

	for (size_t i = 0; i < stage->plain.n_series; i++)
		if (strncmp(stage->plain.series[i].key, "system.cpu.time", 15) == 0)
			sum += stage->plain.series[i].number;
	CU_ASSERT_DOUBLE_EQUAL(sum, 55.90, 1e-9);
	end_stage(stage);
}

static void utilization_is_a_share_of_the_time_since_the_last_collection(void)
{
	struct stage *stage = make_stage();
	struct cpu_before before = {0};

	collect_cpu(stage, "cpu 100 0 100 1000 0 0 0 0 0 0\n", &before);
	CU_ASSERT(isnan(number(stage, "system.cpu.utilization{cpu.mode=\"user\"}")));
	collect_cpu(stage, "cpu 150 0 110 1040 0 0 0 0 0 0\n", &before);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.cpu.utilization{cpu.mode=\"user\"}"), 0.5,
			       1e-9);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.cpu.utilization{cpu.mode=\"idle\"}"), 0.4,
			       1e-9);
	/* Nothing has passed: no share is known. */
	collect_cpu(stage, "cpu 150 0 110 1040 0 0 0 0 0 0\n", &before);
	CU_ASSERT_PTR_NULL(
		plain_host_find(&stage->plain, "system.cpu.utilization{cpu.mode=\"user\"}"));
	end_stage(stage);
}

static void time_that_goes_back_stands_still(void)
{
	struct stage *stage = make_stage();
	struct cpu_before before = {0};

	collect_cpu(stage, "cpu 100 0 100 1000 500 0 0 0 0 0\n", &before);
	collect_cpu(stage, "cpu 120 0 100 1080 480 0 0 0 0 0\n", &before);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.cpu.time{cpu.mode=\"iowait\"}"), 5, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.cpu.utilization{cpu.mode=\"iowait\"}"), 0, 0);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.cpu.utilization{cpu.mode=\"user\"}"), 0.2,
			       1e-9);
	end_stage(stage);
}

static void old_kernels_have_fewer_columns(void)
{
	struct stage *stage = make_stage();
	struct cpu_before before = {0};

	collect_cpu(stage, "cpu  10 20 30 40\n", &before);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.cpu.time{cpu.mode=\"user\"}"), 0.1, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.cpu.time{cpu.mode=\"steal\"}"), 0, 0);
	end_stage(stage);
}

/* -------------------------------------------------------------------------- load and pressure */

static void uptime_has_decimals(void)
{
	struct stage *stage = make_stage();
	double uptime = 0;

	CU_ASSERT_EQUAL(uptime_read(&stage->machine, &stage->text, &uptime), -ENOENT);
	write_file(stage, "/proc/uptime", "350735.47 234388.90\n");
	CU_ASSERT_EQUAL(uptime_read(&stage->machine, &stage->text, &uptime), 0);
	CU_ASSERT_DOUBLE_EQUAL(uptime, 350735.47, 1e-9);
	write_file(stage, "/proc/uptime", "long\n");
	CU_ASSERT_EQUAL(uptime_read(&stage->machine, &stage->text, &uptime), -EBADMSG);
	end_stage(stage);
}

static void load_averages_have_decimals(void)
{
	struct stage *stage = make_stage();
	struct load load;

	write_file(stage, "/proc/loadavg", "0.05 1.50 12.25 2/300 4711\n");
	CU_ASSERT_EQUAL_FATAL(load_read(&stage->machine, &stage->text, &load), 0);
	load_emit(&load, &stage->emission);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.cpu.load_average.1m{}"), 0.05, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.cpu.load_average.15m{}"), 12.25, 1e-12);
	end_stage(stage);
}

static void pressure_has_shares_and_time(void)
{
	struct stage *stage = make_stage();
	struct pressure pressure;

	write_file(stage, "/proc/pressure/io",
		   "some avg10=1.50 avg60=0.25 avg300=0.00 total=2500000\n"
		   "full avg10=0.50 avg60=0.00 avg300=0.00 total=1000\n");
	CU_ASSERT_EQUAL_FATAL(pressure_read(&stage->machine, &stage->text, "io", &pressure), 0);
	pressure_emit(&pressure, "io", &stage->emission);
	CU_ASSERT_DOUBLE_EQUAL(number(stage,
				      "system.linux.psi.time{system.linux.psi.resource=\"io\","
				      "system.pressure.stall_type=\"some\"}"),
			       2.5, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(number(stage,
				      "system.linux.psi.share{system.linux.psi.resource=\"io\","
				      "system.linux.psi.window=\"10\","
				      "system.pressure.stall_type=\"full\"}"),
			       0.005, 1e-12);
	/* Old kernels have no second line for processors; others none of it. */
	write_file(stage, "/proc/pressure/cpu", "some avg10=1.50 avg60=0.25 avg300=0.00 total=9\n");
	CU_ASSERT_EQUAL(pressure_read(&stage->machine, &stage->text, "cpu", &pressure), 0);
	CU_ASSERT_TRUE(pressure.some.is_known);
	CU_ASSERT_FALSE(pressure.full.is_known);
	write_file(stage, "/proc/pressure/cpu", "some avg10=x avg60= total=\nfull");
	CU_ASSERT_EQUAL(pressure_read(&stage->machine, &stage->text, "cpu", &pressure), 0);
	CU_ASSERT_FALSE(pressure.some.is_known);
	CU_ASSERT_EQUAL(pressure_read(&stage->machine, &stage->text, "irq", &pressure), -ENOENT);
	end_stage(stage);
}

/* -------------------------------------------------------------------------- disks and network */

static void collect_disks(struct stage *stage, struct growth_table *disks, const char *contents)
{
	write_file(stage, "/proc/diskstats", contents);
	plain_host_clear(&stage->plain);
	CU_ASSERT_EQUAL(disk_io_collect(&stage->machine, &stage->text, disks, &stage->emission), 0);
}

static void disks_are_counted_without_their_partitions(void)
{
	struct stage *stage = make_stage();
	struct growth_table disks = {0};

	write_file(stage, "/sys/block/sda/size", "1\n");
	write_file(stage, "/sys/block/cciss!c0d0/size", "1\n");
	collect_disks(stage, &disks,
		      "   8       0 sda 10 1 200 30 5 2 100 40 0 60 70 0 0 0 0 0 0\n"
		      "   8       1 sda1 10 1 200 30 5 2 100 40 0 60 70\n"
		      " 104       0 cciss/c0d0 1 0 2 0 0 0 0 0 0 0 0\n"
		      "   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0\n"
		      "garbage\n   8 0 short 1 2\n");
	CU_ASSERT_EQUAL(
		number(stage, "system.disk.io{disk.io.direction=\"read\",system.device=\"sda\"}"),
		102400);
	CU_ASSERT_EQUAL(number(stage, "system.disk.operations{disk.io.direction=\"write\","
				      "system.device=\"sda\"}"),
			5);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.disk.operation_time{disk.io.direction="
					     "\"write\",system.device=\"sda\"}"),
			       0.04, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(number(stage, "system.disk.io_time{system.device=\"sda\"}"), 0.06,
			       1e-9);
	CU_ASSERT_EQUAL(number(stage, "system.disk.io{disk.io.direction=\"read\","
				      "system.device=\"cciss/c0d0\"}"),
			1024);
	CU_ASSERT_EQUAL(stage->plain.n_series, 18);
	growth_table_deinit(&disks);
	end_stage(stage);
}

#define DEV_HEAD                                                                                   \
	"Inter-|   Receive                            |  Transmit\n"                               \
	" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets\n"

static void collect_network(struct stage *stage, struct growth_table *interfaces,
			    const struct name_filter *filter, const char *contents)
{
	write_file(stage, "/proc/self/net/dev", contents);
	plain_host_clear(&stage->plain);
	CU_ASSERT_EQUAL(network_collect(&stage->machine, &stage->text, filter, interfaces,
					&stage->emission),
			0);
}

#define ETH0_IO                                                                                    \
	"system.network.io{network.interface.name=\"eth0\",network.io.direction=\"receive\"}"
#define LO_IO "system.network.io{network.interface.name=\"lo\",network.io.direction=\"receive\"}"

static void interfaces_are_counted_by_name_and_direction(void)
{
	static const char *const no_lo[] = {"lo"};
	const struct name_filter filter = {.exclude = {no_lo, 1}};
	struct stage *stage = make_stage();
	struct growth_table interfaces = {0};

	collect_network(stage, &interfaces, &filter,
			DEV_HEAD "    lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
				 "  eth0:100 20 3 4 0 0 0 0 500 60 7 8 0 0 0 0\n"
				 "eth0:1: 5 0 0 0 0 0 0 0 6 0 0 0 0 0 0 0\n"
				 " short: 1 2\n");
	CU_ASSERT(isnan(number(stage, LO_IO)));
	CU_ASSERT_EQUAL(number(stage, ETH0_IO), 100);
	CU_ASSERT_EQUAL(number(stage, "system.network.packet.dropped{network.interface.name="
				      "\"eth0\",network.io.direction=\"transmit\"}"),
			8);
	CU_ASSERT_EQUAL(number(stage, "system.network.io{network.interface.name=\"eth0:1\","
				      "network.io.direction=\"transmit\"}"),
			6);
	CU_ASSERT_EQUAL(stage->plain.n_series, 16);
	growth_table_deinit(&interfaces);
	end_stage(stage);
}

static void counters_of_an_interface_that_came_back_go_on(void)
{
	const struct name_filter all = {0};
	struct stage *stage = make_stage();
	struct growth_table interfaces = {0};

	collect_network(stage, &interfaces, &all,
			DEV_HEAD "eth0: 100 0 0 0 0 0 0 0 5 0 0 0 0 0 0 0\n");
	collect_network(stage, &interfaces, &all,
			DEV_HEAD "eth0: 130 0 0 0 0 0 0 0 5 0 0 0 0 0 0 0\n");
	CU_ASSERT_EQUAL(number(stage, ETH0_IO), 130);
	collect_network(stage, &interfaces, &all, DEV_HEAD);
	CU_ASSERT_EQUAL(stage->plain.n_series, 0);
	collect_network(stage, &interfaces, &all,
			DEV_HEAD "eth0: 20 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0\n");
	CU_ASSERT_EQUAL(number(stage, ETH0_IO), 150);
	growth_table_deinit(&interfaces);
	end_stage(stage);
}

static void interfaces_that_come_and_go_for_good_make_room(void)
{
	struct growth_table table = {0};
	char name[32];

	for (unsigned int i = 0; i < 3 * GROWTH_NAMES_MAX; i++) {
		growth_table_begin(&table);
		snprintf(name, sizeof(name), "veth%u", i);
		CU_ASSERT_PTR_NOT_NULL(growth_table_get(&table, name));
	}
	CU_ASSERT(table.n_items <= GROWTH_NAMES_MAX);
	growth_table_deinit(&table);
}

static void interfaces_can_be_chosen_by_pattern(void)
{
	static const char *const ethernet[] = {"eth*", "en*"};
	static const char *const first[] = {"*0"};
	const struct name_filter filter = {.include = {ethernet, 2}, .exclude = {first, 1}};

	CU_ASSERT_TRUE(name_filter_passes(&filter, "eth1"));
	CU_ASSERT_TRUE(name_filter_passes(&filter, "enp3s1"));
	CU_ASSERT_FALSE(name_filter_passes(&filter, "eth0"));
	CU_ASSERT_FALSE(name_filter_passes(&filter, "wlan1"));
}

/* ------------------------------------------------------------------------------------- values */

static void numbers_are_read_as_far_as_they_go(void)
{
	const char *place = "  12abc";
	uint64_t whole;
	double decimal;

	CU_ASSERT_TRUE(parse_number(&place, &whole));
	CU_ASSERT_EQUAL(whole, 12);
	CU_ASSERT_STRING_EQUAL(place, "abc");
	CU_ASSERT_FALSE(parse_number(&place, &whole));
	CU_ASSERT_STRING_EQUAL(place, "abc");
	place = "18446744073709551616";
	CU_ASSERT_TRUE(parse_number(&place, &whole));
	CU_ASSERT_EQUAL(whole, UINT64_MAX);
	place = "3.";
	CU_ASSERT_TRUE(parse_decimal(&place, &decimal));
	CU_ASSERT_DOUBLE_EQUAL(decimal, 3, 0);
	place = ".5";
	CU_ASSERT_FALSE(parse_decimal(&place, &decimal));
}

static void files_longer_than_a_page_are_read_whole(void)
{
	struct stage *stage = make_stage();
	char *contents = malloc(100001);

	memset(contents, 'x', 100000);
	contents[100000] = '\0';
	write_file(stage, "/proc/long", contents);
	CU_ASSERT_EQUAL(text_read(&stage->text, &stage->machine, "/proc/%s", "long"), 0);
	CU_ASSERT_EQUAL(stage->text.size, 100000);
	CU_ASSERT_STRING_EQUAL(stage->text.data, contents);
	CU_ASSERT_EQUAL(text_read(&stage->text, &stage->machine, "/proc"), -EISDIR);
	CU_ASSERT_STRING_EQUAL(stage->text.data, "");
	free(contents);
	end_stage(stage);
}

UNIT_MAIN("machine", {"the time of guests is not counted twice", guests_are_not_counted_twice},
	  {"utilization is a share of the time since the last collection",
	   utilization_is_a_share_of_the_time_since_the_last_collection},
	  {"processor time that goes back stands still", time_that_goes_back_stands_still},
	  {"old kernels have fewer columns", old_kernels_have_fewer_columns},
	  {"the machine's uptime has decimals", uptime_has_decimals},
	  {"load averages have decimals", load_averages_have_decimals},
	  {"pressure has shares and time", pressure_has_shares_and_time},
	  {"disks are counted without their partitions",
	   disks_are_counted_without_their_partitions},
	  {"interfaces are counted by name and direction",
	   interfaces_are_counted_by_name_and_direction},
	  {"counters of an interface that came back go on",
	   counters_of_an_interface_that_came_back_go_on},
	  {"interfaces that come and go for good make room",
	   interfaces_that_come_and_go_for_good_make_room},
	  {"interfaces can be chosen by pattern", interfaces_can_be_chosen_by_pattern},
	  {"numbers are read as far as they go", numbers_are_read_as_far_as_they_go},
	  {"files longer than a page are read whole", files_longer_than_a_page_are_read_whole})
