// SPDX-License-Identifier: MIT
/*
 * Filesystems that answer, and one that does not.
 */
#include "resources/stage.h"

#include "unit.h"

#include "resources/disk-space.h"
#include "resources/mounts.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

/* A filesystem that answers when somebody writes to the pipe; the path is the pipe's descriptor. */
static int slow_read(const char *path, struct disk_space *ret_space)
{
	char c;

	if (read(atoi(path), &c, 1) != 1)
		return -EIO;
	*ret_space = (struct disk_space){100, 50, 40, 10};
	return 0;
}

static void a_path_that_hangs_is_not_waited_for_again_until_it_has_answered(void)
{
	struct stage *stage = make_stage();
	struct disk_space space = {0};
	char descriptor[16];
	int ends[2];

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	snprintf(descriptor, sizeof(descriptor), "%d", ends[0]);
	struct space_asker *asker = space_asker_new(&stage->plain.host, descriptor, slow_read);

	CU_ASSERT_PTR_NOT_NULL_FATAL(asker);
	space_asker_ask(asker);
	CU_ASSERT_EQUAL(space_asker_answer(asker, in_ms(stage, 20), &space), -ETIMEDOUT);
	/* Had it been waited for, this would take an hour. */
	space_asker_ask(asker);
	CU_ASSERT_EQUAL(space_asker_answer(asker, in_ms(stage, 3600000), &space), -ETIMEDOUT);
	/* One question was asked: one answer comes. */
	CU_ASSERT_EQUAL(write(ends[1], "x", 1), 1);
	while (space_asker_answer(asker, in_ms(stage, 10), &space) == -ETIMEDOUT)
		sched_yield();
	CU_ASSERT_EQUAL(space.used, 50);
	CU_ASSERT_EQUAL(write(ends[1], "x", 1), 1);
	space_asker_ask(asker);
	CU_ASSERT_EQUAL(space_asker_answer(asker, in_ms(stage, 10000), &space), 0);
	space_asker_stop(asker);
	space_asker_free(asker);
	end_stage(stage);
	close(ends[0]);
	close(ends[1]);
}

static void an_instance_may_go_before_a_path_has_answered(void)
{
	struct stage *stage = make_stage();
	struct disk_space space;
	char descriptor[16];
	int ends[2];

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	snprintf(descriptor, sizeof(descriptor), "%d", ends[0]);
	struct space_asker *asker = space_asker_new(&stage->plain.host, descriptor, slow_read);

	space_asker_ask(asker);
	CU_ASSERT_EQUAL(space_asker_answer(asker, in_ms(stage, 10), &space), -ETIMEDOUT);
	space_asker_stop(asker);
	space_asker_free(asker);
	close(ends[1]);
	end_stage(stage); /* waits for the thread */
	close(ends[0]);
}

static void errors_of_a_path_are_told(void)
{
	struct stage *stage = make_stage();
	struct disk_space space;
	struct space_asker *asker =
		space_asker_new(&stage->plain.host, "/there/is/no/such/path", disk_space_read);

	for (unsigned int i = 0; i < 3; i++) {
		space_asker_ask(asker);
		CU_ASSERT_EQUAL(space_asker_answer(asker, in_ms(stage, 10000), &space), -ENOENT);
	}
	space_asker_stop(asker);
	space_asker_free(asker);
	space_asker_stop(NULL);
	space_asker_free(NULL);
	end_stage(stage);
}

static void space_is_told_by_path_with_its_mount(void)
{
	struct stage *stage = make_stage();
	const struct disk_space space = {1000, 600, 200, 200};

	write_file(stage, "/proc/self/mountinfo",
		   "40 27 8:1 / /home rw shared:1 master:2 - xfs /dev/sda1 rw\n"
		   "41 40 0:50 / /home/my\\040music ro - nfs4 server:/music rw\n"
		   "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n");
	disk_space_emit(&space, &stage->machine, &stage->text, "/home/my music/jazz",
			&stage->emission);
	CU_ASSERT_EQUAL(
		number(stage,
		       "system.filesystem.usage{system.device=\"server:/music\","
		       "system.filesystem.mode=\"ro\",system.filesystem.mountpoint=\"/home/my "
		       "music/jazz\",system.filesystem.state=\"reserved\","
		       "system.filesystem.type=\"nfs4\"}"),
		200);
	CU_ASSERT_DOUBLE_EQUAL(disk_space_utilization(&space), 0.75, 1e-9);
	plain_host_clear(&stage->plain);
	disk_space_emit(&space, &stage->machine, &stage->text, "/homes", &stage->emission);
	CU_ASSERT_EQUAL(number(stage, "system.filesystem.limit{system.device=\"/dev/vda\","
				      "system.filesystem.mode=\"rw\",system.filesystem.mountpoint="
				      "\"/homes\",system.filesystem.type=\"ext4\"}"),
			1000);
	end_stage(stage);
}

static void lines_of_mountinfo_are_taken_apart(void)
{
	struct mount mount;

	CU_ASSERT_TRUE(
		mount_parse("36 35 98:0 /a\\134b /mnt\\040x\\011y rw,noatime shared:1 - ext3 "
			    "/dev/root rw,errors=continue\n",
			    &mount));
	CU_ASSERT_STRING_EQUAL(mount.root, "/a\\b");
	CU_ASSERT_STRING_EQUAL(mount.point, "/mnt x\ty");
	CU_ASSERT_STRING_EQUAL(mount.type, "ext3");
	CU_ASSERT_TRUE(mount_has_option(mount.options, "noatime"));
	CU_ASSERT_FALSE(mount_has_option(mount.options, "atime"));
	CU_ASSERT_TRUE(mount_has_option(mount.super_options, "rw"));
	CU_ASSERT_FALSE(mount_parse("36 35 98:0 / /mnt rw shared:1\n", &mount));
	CU_ASSERT_FALSE(mount_parse("", &mount));
}

UNIT_MAIN("disk space",
	  {"a path that hangs is not waited for again until it has answered",
	   a_path_that_hangs_is_not_waited_for_again_until_it_has_answered},
	  {"an instance may go before a path has answered",
	   an_instance_may_go_before_a_path_has_answered},
	  {"errors of a path are told", errors_of_a_path_are_told},
	  {"space is told by path, with its mount", space_is_told_by_path_with_its_mount},
	  {"lines of mountinfo are taken apart", lines_of_mountinfo_are_taken_apart})
