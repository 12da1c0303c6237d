// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/region.h"
#include "record/session.h"

#include "host/place-set.h"
#include "host/process-ends.h"
#include "host/region-list.h"
#include "host/session-pace.h"
#include "model/region-reader.h"
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST = SESSION_HEAD_SIZE };

static char directory[] = "/tmp/sonde-test-XXXXXX";
static struct session_file *file;
static int fd;

static void begin(void)
{
	struct session_settings settings;

	memcpy(directory + strlen(directory) - 6, "XXXXXX", 6);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
	session_settings_init(&settings);
	CU_ASSERT_EQUAL_FATAL(session_write_file(directory, &settings), 0);
	fd = session_open_file(directory);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(session_map_file(fd, NULL, &file), 0);
}

static void end(void)
{
	char name[64];

	munmap(file, sizeof(*file));
	close(fd);
	snprintf(name, sizeof(name), "%s/" SESSION_FILE, directory);
	unlink(name);
	rmdir(directory);
}

static off_t file_size(void)
{
	struct stat status;

	return fstat(fd, &status) == 0 ? status.st_size : -1;
}

static void places_follow_each_other(void)
{
	begin();
	for (uint64_t i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(session_take_region(&file->settings, fd), FIRST + i * REGION_CAPACITY);
	end();
}

static void a_released_place_is_taken_again(void)
{
	begin();
	for (int i = 0; i < 70; i++)
		session_take_region(&file->settings, fd);
	session_release_region(&file->settings, REGION_CAPACITY, FIRST + 65ULL * REGION_CAPACITY);
	session_release_region(&file->settings, REGION_CAPACITY, FIRST + 3ULL * REGION_CAPACITY);
	CU_ASSERT_EQUAL(session_take_region(&file->settings, fd), FIRST + 3ULL * REGION_CAPACITY);
	CU_ASSERT_EQUAL(session_take_region(&file->settings, fd), FIRST + 65ULL * REGION_CAPACITY);
	CU_ASSERT_EQUAL(session_take_region(&file->settings, fd), FIRST + 70ULL * REGION_CAPACITY);
	end();
}

static void there_are_places_beyond_those_used_again(void)
{
	begin();
	memset(file->settings.is_taken, 0xff, sizeof(file->settings.is_taken));
	for (uint64_t i = SESSION_REUSED_REGIONS; i < SESSION_REUSED_REGIONS + 3; i++) {
		CU_ASSERT_EQUAL(session_take_region(&file->settings, fd), FIRST + i * REGION_CAPACITY);
		session_release_region(&file->settings, REGION_CAPACITY, FIRST + i * REGION_CAPACITY);
	}
	end();
}

static void the_file_reaches_to_the_end_of_every_place_and_never_shrinks(void)
{
	off_t size = 0;

	begin();
	for (int i = 0; i < 100; i++) {
		off_t offset = (off_t)session_take_region(&file->settings, fd);

		CU_ASSERT(file_size() >= offset + REGION_CAPACITY);
		CU_ASSERT(file_size() >= size);
		size = file_size();
	}
	end();
}

/* Each of some processes takes places and writes its number into them; nobody finds another's there. */
static void take_and_mark(uint32_t number, int n_places)
{
	for (int i = 0; i < n_places; i++) {
		uint32_t found = 0;
		off_t offset = (off_t)session_take_region(&file->settings, fd);

		if (pread(fd, &found, sizeof(found), offset) != sizeof(found) || found != 0 ||
		    pwrite(fd, &number, sizeof(number), offset) != sizeof(number))
			_exit(1);
	}
	_exit(0);
}

static void no_place_is_taken_twice_by_processes_at_once(void)
{
	int n_failed = 0;
	int status;

	begin();
	for (uint32_t i = 1; i <= 8; i++)
		if (fork() == 0)
			take_and_mark(i, 200);
	while (wait(&status) > 0)
		n_failed += status != 0;
	CU_ASSERT_EQUAL(n_failed, 0);
	CU_ASSERT_EQUAL(session_take_region(&file->settings, fd), FIRST + 1600ULL * REGION_CAPACITY);
	end();
}

static void regions_are_listed_by_their_memory(void)
{
	struct region_header header = {.magic = REGION_MAGIC, .version = REGION_VERSION};
	struct region_list list;

	begin();
	for (int i = 0; i < 40; i++) {
		uint64_t offset = session_take_region(&file->settings, fd);

		header.pid = 1000 + i;
		if (i % 10 == 7)
			CU_ASSERT_EQUAL(pwrite(fd, &header, sizeof(header), (off_t)offset), sizeof(header));
	}
	CU_ASSERT_EQUAL_FATAL(region_list_read(fd, REGION_CAPACITY, NULL, &list), 0);
	size_t n_found = 0;
	for (size_t i = 0; i < list.n_entries; i++)
		if (list.entries[i].has_header) {
			CU_ASSERT_EQUAL(list.entries[i].pid, 1007 + 10 * (int)n_found++);
			CU_ASSERT(region_entry_remove(&list.entries[i], fd, REGION_CAPACITY));
		}
	CU_ASSERT_EQUAL(n_found, 4);
	region_list_deinit(&list);

	CU_ASSERT_EQUAL_FATAL(region_list_read(fd, REGION_CAPACITY, NULL, &list), 0);
	for (size_t i = 0; i < list.n_entries; i++)
		CU_ASSERT_FALSE(list.entries[i].has_header);
	region_list_deinit(&list);
	end();
}

static void write_region(uint64_t offset, int pid, uint32_t flags)
{
	struct region_header header = {
		.magic = REGION_MAGIC,
		.version = REGION_VERSION,
		.header_size = sizeof(header),
		.capacity = REGION_CAPACITY,
		.committed = sizeof(header),
		.used = sizeof(header),
		.pid = pid,
		.flags = flags,
		.started_ns = 1000LL * pid,
	};

	CU_ASSERT_EQUAL(pwrite(fd, &header, sizeof(header), (off_t)offset), sizeof(header));
}

/* One region alone, of process 1000, in the first place, and the list of it. */
static uint64_t list_one(struct region_list *ret_list)
{
	uint64_t offset = session_take_region(&file->settings, fd);

	write_region(offset, 1000, 0);
	CU_ASSERT_EQUAL_FATAL(region_list_read(fd, REGION_CAPACITY, NULL, ret_list), 0);
	CU_ASSERT_EQUAL_FATAL(ret_list->n_entries, 1);
	return offset;
}

/* A process whose signal handler was first to make a region gives its second one back, for others to take. */
static void a_region_that_was_given_back_is_not_read_as_that_of_who_has_its_place(void)
{
	struct region_image *image;
	struct region_list list;

	begin();
	uint64_t offset = list_one(&list);

	CU_ASSERT_EQUAL_FATAL(region_entry_read(&list.entries[0], fd, REGION_CAPACITY, &image, NULL), 0);
	region_image_free(image);

	write_region(offset, 1001, 0);
	CU_ASSERT_EQUAL(region_entry_read(&list.entries[0], fd, REGION_CAPACITY, &image, NULL), -ENODATA);
	CU_ASSERT(region_entry_remove(&list.entries[0], fd, REGION_CAPACITY));
	CU_ASSERT_EQUAL(region_entry_read(&list.entries[0], fd, REGION_CAPACITY, &image, NULL), -ENODATA);
	region_list_deinit(&list);
	end();
}

static void a_region_that_is_lent_after_it_was_listed_is_known_to_be_when_it_is_read(void)
{
	struct region_image *image;
	struct region_list list;

	begin();
	uint64_t offset = list_one(&list);

	CU_ASSERT_FALSE(list.entries[0].is_lent);
	write_region(offset, 1000, REGION_LENT);
	CU_ASSERT_EQUAL_FATAL(region_entry_read(&list.entries[0], fd, REGION_CAPACITY, &image, NULL), 0);
	CU_ASSERT(list.entries[0].is_lent);
	region_image_free(image);
	region_list_deinit(&list);
	end();
}

static void regions_in_places_that_are_passed_over_are_not_listed(void)
{
	const int with_region[] = {3, 4, 5, 70, 71, 2000};
	struct place_set without = {0};
	struct region_list list;
	size_t n_expected = 0;

	begin();
	for (size_t i = 0; i < sizeof(with_region) / sizeof(*with_region); i++) {
		write_region(FIRST + (uint64_t)with_region[i] * REGION_CAPACITY, with_region[i], 0);
		if (i % 3 == 1)
			CU_ASSERT_EQUAL(place_set_add(&without, (uint64_t)with_region[i]), 0);
	}
	/* One without a region, and one behind the end of all. */
	CU_ASSERT_EQUAL(place_set_add(&without, 0), 0);
	CU_ASSERT_EQUAL(place_set_add(&without, 2001), 0);
	/* One that is one of them no more, and one that never was. */
	CU_ASSERT_EQUAL(place_set_add(&without, (uint64_t)with_region[0]), 0);
	place_set_remove(&without, (uint64_t)with_region[0]);
	place_set_remove(&without, 1 << 20);
	CU_ASSERT_EQUAL_FATAL(region_list_read(fd, REGION_CAPACITY, &without, &list), 0);
	for (size_t i = 0; i < sizeof(with_region) / sizeof(*with_region); i++)
		if (i % 3 != 1)
			CU_ASSERT(n_expected < list.n_entries &&
				  list.entries[n_expected++].pid == with_region[i]);
	CU_ASSERT_EQUAL(n_expected, list.n_entries);
	CU_ASSERT_EQUAL(session_place(list.entries[1].offset, REGION_CAPACITY), 5);
	region_list_deinit(&list);
	place_set_deinit(&without);
	end();
}

static void an_impossible_capacity_is_refused(void)
{
	static const uint64_t impossible[] = {0, 4096, REGION_CAPACITY * 2ULL, REGION_CAPACITY - 1};
	struct region_list list;

	begin();
	for (size_t i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++) {
		CU_ASSERT_EQUAL(region_list_read(fd, impossible[i], NULL, &list), -EPROTO);
		file->settings.region_capacity = impossible[i];
		CU_ASSERT_EQUAL(session_take_region(&file->settings, fd), 0);
		session_release_region(&file->settings, impossible[i], FIRST);
	}
	end();
}

static void a_small_limit_on_files_gives_small_places_and_no_signal(void)
{
	struct rlimit before, small;

	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = FIRST + 40 * REGION_CAPACITY_LEAST;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &small), 0);
	begin();
	CU_ASSERT_EQUAL(file->settings.region_capacity, REGION_CAPACITY_LEAST);
	int n_taken = 0;
	while (n_taken < 100 && session_take_region(&file->settings, fd))
		n_taken++;
	/* The file grows by several places at once, so the last of them may not be had. */
	CU_ASSERT(n_taken >= 32 && n_taken <= 40);
	setrlimit(RLIMIT_FSIZE, &before);
	end();
}

static void a_limit_that_has_become_small_costs_regions_and_no_signal(void)
{
	struct rlimit before, small;

	begin();
	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 4096;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &small), 0);
	int n_taken = 0;
	while (n_taken < 4000 && session_take_region(&file->settings, fd))
		n_taken++;
	CU_ASSERT(n_taken > 0 && n_taken < 4000);
	/* Who has no such limit makes the file longer for the others. */
	setrlimit(RLIMIT_FSIZE, &before);
	session_grow_ahead(&file->settings, fd);
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; i < 500; i++)
		CU_ASSERT(session_take_region(&file->settings, fd));
	setrlimit(RLIMIT_FSIZE, &before);
	end();
}

static void totals_are_written_when_what_waits_takes_much_of_what_there_is(void)
{
	const struct session_load usual = {
		.n_waiting = 100,
		.waiting_bytes = 2 << 20,
		.room = {.n_places = 10000, .free_bytes = UINT64_MAX},
	};
	struct session_pace pace = session_pace_init(1000);
	struct session_load load = usual;

	CU_ASSERT_FALSE(session_pace_wants_totals(&pace, &load, 1100));
	load.waiting_bytes = 13 << 20;
	CU_ASSERT(session_pace_wants_totals(&pace, &load, 1100));
	/* With the totals that are there; but not when nearly nothing waits beside large ones. */
	load.waiting_bytes = 9 << 20;
	CU_ASSERT_FALSE(session_pace_wants_totals(&pace, &load, 1100));
	load.totals_bytes = 4 << 20;
	CU_ASSERT(session_pace_wants_totals(&pace, &load, 1100));
	load = usual;
	load.totals_bytes = 100 << 20;
	CU_ASSERT_FALSE(session_pace_wants_totals(&pace, &load, 1100));
	load = usual;
	load.room.free_bytes = 8 << 20;
	CU_ASSERT(session_pace_wants_totals(&pace, &load, 1100));
	load = usual;
	load.room.n_places = 256;
	CU_ASSERT(session_pace_wants_totals(&pace, &load, 1100));
	/* After a time all the same, but never for nothing; and seldom where it takes long. */
	load = usual;
	CU_ASSERT(session_pace_wants_totals(&pace, &load, 11000));
	session_pace_wrote_totals(&pace, 1000, 12000);
	CU_ASSERT_FALSE(session_pace_wants_totals(&pace, &load, 61000));
	CU_ASSERT(session_pace_wants_totals(&pace, &load, 62000));
	load.n_waiting = 0;
	CU_ASSERT_FALSE(session_pace_wants_totals(&pace, &load, 62000));
}

/* How long a sweep is followed by rest. */
static int rest_after(struct session_pace *pace, bool has_folded, int64_t work_ms, uint64_t free_bytes)
{
	const struct session_room room = {.n_places = SESSION_REGIONS_MOST, .free_bytes = free_bytes};

	session_pace_swept(pace, has_folded, work_ms, 1000, &room);
	return (int)(pace->next_sweep_ms - 1000);
}

static void sweeps_come_as_often_as_processes_end_and_leave_time_to_others(void)
{
	struct session_pace pace = session_pace_init(0);
	int busy_ms = rest_after(&pace, true, 1, UINT64_MAX);

	CU_ASSERT_EQUAL(rest_after(&pace, false, 1, UINT64_MAX), 2 * busy_ms);
	CU_ASSERT_EQUAL(rest_after(&pace, true, 1, UINT64_MAX), busy_ms);
	CU_ASSERT(rest_after(&pace, true, 1, 1 << 20) < busy_ms);
	CU_ASSERT_EQUAL(rest_after(&pace, true, 100, UINT64_MAX), 400);
	for (int i = 0; i < 10; i++)
		rest_after(&pace, false, 10, UINT64_MAX);
	CU_ASSERT_EQUAL(rest_after(&pace, false, 10, UINT64_MAX), 1000);
	/* Where a sweep is nothing, ends are found out soon. */
	CU_ASSERT_EQUAL(rest_after(&pace, false, 0, UINT64_MAX), busy_ms);
}

static void a_sweep_is_due_at_once_when_much_of_the_room_was_taken(void)
{
	const struct session_room swept = {.n_places = 800, .n_taken = 100, .free_bytes = 80 << 20};
	struct session_pace pace = session_pace_init(0);
	struct session_room room = swept;

	CU_ASSERT_TRUE(session_pace_is_due(&pace, &room, 0));
	session_pace_swept(&pace, false, 0, 0, &swept);
	CU_ASSERT_FALSE(session_pace_is_due(&pace, &room, pace.next_sweep_ms - 1));
	CU_ASSERT_TRUE(session_pace_is_due(&pace, &room, pace.next_sweep_ms));
	room.n_taken = 200;
	CU_ASSERT_FALSE(session_pace_is_due(&pace, &room, 1));
	room.n_taken = 201;
	CU_ASSERT_TRUE(session_pace_is_due(&pace, &room, 1));
	room = swept;
	room.free_bytes = 70 << 20;
	CU_ASSERT_FALSE(session_pace_is_due(&pace, &room, 1));
	room.free_bytes--;
	CU_ASSERT_TRUE(session_pace_is_due(&pace, &room, 1));
	/* More room than there was is no reason. */
	room = (struct session_room){.n_places = 800, .free_bytes = 90 << 20};
	CU_ASSERT_FALSE(session_pace_is_due(&pace, &room, 1));
	/* A number that somebody has written there. */
	const struct session_room wild = {.n_places = 800, .n_taken = UINT64_MAX - 50, .free_bytes = 80 << 20};

	session_pace_swept(&pace, false, 0, 0, &wild);
	CU_ASSERT_FALSE(session_pace_is_due(&pace, &wild, 1));
	/* Never without as much rest as a sweep takes. */
	session_pace_swept(&pace, false, 150, 1000, &swept);
	room = (struct session_room){.n_places = 800, .n_taken = 800};
	CU_ASSERT_FALSE(session_pace_is_due(&pace, &room, 1149));
	CU_ASSERT_TRUE(session_pace_is_due(&pace, &room, 1150));
}

static void the_room_is_looked_at_between_sweeps_that_are_far_apart(void)
{
	struct session_pace pace = session_pace_init(0);

	for (int i = 0; i < 10; i++)
		rest_after(&pace, false, 10, UINT64_MAX);
	CU_ASSERT_EQUAL(session_pace_rest_ms(&pace, 1000), 100);
	CU_ASSERT_EQUAL(session_pace_rest_ms(&pace, 1990), 10);
	CU_ASSERT_EQUAL(session_pace_rest_ms(&pace, 2001), 0);
	rest_after(&pace, true, 150, 1 << 20);
	CU_ASSERT_EQUAL(session_pace_rest_ms(&pace, 1000), 150);
}

static void an_end_that_nobody_saw_is_guessed_between_two_looks(void)
{
	const struct process_ends unknown = {0};
	const struct process_ends ends = {.looked_ns = 1000, .pid = 7, .ended_ns = 1800};

	CU_ASSERT_EQUAL(process_ends_guess(&unknown, 1, 500, 2000), 0);
	CU_ASSERT_EQUAL(process_ends_guess(&ends, 1, 500, 2000), 1500);
	CU_ASSERT_EQUAL(process_ends_guess(&ends, 1, 1200, 2000), 1600);
	/* By who waited for it; but not of one that had the number before. */
	CU_ASSERT_EQUAL(process_ends_guess(&ends, 7, 500, 2000), 1800);
	CU_ASSERT_EQUAL(process_ends_guess(&ends, 7, 1900, 2000), 1950);
}

static void a_switch_leaves_the_rest_of_the_mode_as_it_is(void)
{
	struct session_settings *settings;

	begin();
	settings = &file->settings;
	settings->mode[7] = MODE_ACCOUNTED;
	session_switch_call(settings, 7, true);
	CU_ASSERT_FALSE(session_was_switched(settings, 7));
	session_switch_call(settings, 7, false);
	CU_ASSERT_EQUAL(settings->mode[7], MODE_OFF | MODE_ACCOUNTED);
	CU_ASSERT_TRUE(session_was_switched(settings, 7));
	session_switch_call(settings, 7, true);
	CU_ASSERT_EQUAL(settings->mode[7], MODE_ACCOUNTED);
	CU_ASSERT_TRUE(session_was_switched(settings, 7));
	CU_ASSERT_FALSE(session_was_switched(settings, 6) || session_was_switched(settings, 8) ||
			session_was_switched(settings, 7 + 64));
	end();
}

static void a_change_of_a_period_is_remembered(void)
{
	struct session_settings *settings;

	begin();
	settings = &file->settings;
	session_set_period(settings, 70, settings->period[70]);
	CU_ASSERT_FALSE(session_was_retimed(settings, 70));
	session_set_period(settings, 70, 999);
	CU_ASSERT_EQUAL(settings->period[70], 999);
	CU_ASSERT_TRUE(session_was_retimed(settings, 70));
	CU_ASSERT_FALSE(session_was_retimed(settings, 6) || session_was_switched(settings, 70));
	end();
}

UNIT_MAIN("session", {"places follow each other", places_follow_each_other},
	  {"a released place is taken again", a_released_place_is_taken_again},
	  {"there are places beyond those that are used again",
	   there_are_places_beyond_those_used_again},
	  {"the file reaches to the end of every place and never shrinks",
	   the_file_reaches_to_the_end_of_every_place_and_never_shrinks},
	  {"no place is taken twice by processes at once",
	   no_place_is_taken_twice_by_processes_at_once},
	  {"regions are listed by their memory", regions_are_listed_by_their_memory},
	  {"a region that was given back is not read as that of who has its place",
	   a_region_that_was_given_back_is_not_read_as_that_of_who_has_its_place},
	  {"a region that is lent after it was listed is known to be when it is read",
	   a_region_that_is_lent_after_it_was_listed_is_known_to_be_when_it_is_read},
	  {"regions in places that are passed over are not listed", regions_in_places_that_are_passed_over_are_not_listed},
	  {"an impossible capacity is refused", an_impossible_capacity_is_refused},
	  {"a small limit on files gives small places and no signal",
	   a_small_limit_on_files_gives_small_places_and_no_signal},
	  {"a limit that has become small costs regions and no signal",
	   a_limit_that_has_become_small_costs_regions_and_no_signal},
	  {"totals are written when what waits takes much of what there is",
	   totals_are_written_when_what_waits_takes_much_of_what_there_is},
	  {"sweeps come as often as processes end, and leave time to others",
	   sweeps_come_as_often_as_processes_end_and_leave_time_to_others},
	  {"a sweep is due at once when much of the room was taken",
	   a_sweep_is_due_at_once_when_much_of_the_room_was_taken},
	  {"the room is looked at between sweeps that are far apart",
	   the_room_is_looked_at_between_sweeps_that_are_far_apart},
	  {"an end that nobody saw is guessed between two looks", an_end_that_nobody_saw_is_guessed_between_two_looks},
	  {"switching a call leaves the rest of its mode as it is", a_switch_leaves_the_rest_of_the_mode_as_it_is},
	  {"a change of a period is remembered", a_change_of_a_period_is_remembered})
