// SPDX-License-Identifier: MIT
/* Files and peers, from a region to a recording: from a whole one, and from one that is damaged. */
#include "config.h"

#include "base/relative.h"
#include "model/fold.h"
#include "model/object-list.h"
#include "model/region-reader.h"

#include "region-builder.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

static const struct fold_options no_options;

/* A thread with two files: one that is spoilt, and after it another, in the order of their list. */
struct subject {
	struct region_builder builder;
	struct thread_block *thread;
	struct call_stats *open;
	struct object_cell *spoilt;
	struct object_cell *whole;
};

static void set_up(struct subject *subject)
{
	builder_init(&subject->builder);
	subject->thread = builder_add_thread(&subject->builder);
	subject->open = builder_add_call(&subject->builder, subject->thread, "open", "path");
	subject->open->count = 1;
	subject->whole = builder_add_object(&subject->builder, subject->thread, OBJECT_FILE, "/whole");
	subject->whole->opens.count = 2;
	subject->spoilt = builder_add_object(&subject->builder, subject->thread, OBJECT_FILE, "/spoilt");
	subject->spoilt->opens.count = 3;
}

static void tear_down(struct subject *subject, struct recording *recording)
{
	recording_deinit(recording);
	builder_deinit(&subject->builder);
}

/* Reads the region and folds it. The damage must be told in these words; NULL: there is none. */
static struct recording fold_spoilt(const struct subject *subject, const char *words)
{
	struct region_image *image = NULL;
	struct message message = {{0}};
	struct recording recording = {0};

	CU_ASSERT_EQUAL_FATAL(builder_read(&subject->builder, BUILDER_SIZE, &image, &message), 0);
	CU_ASSERT_EQUAL(image->n_damaged > 0, words != NULL);
	if (words && !strstr(image->damage.text, words))
		printf("# expected '%s' in '%s'\n", words, image->damage.text);
	if (words)
		CU_ASSERT_PTR_NOT_NULL(strstr(image->damage.text, words));
	CU_ASSERT_EQUAL(fold_region(&recording, image, false, &no_options), 0);
	CU_ASSERT_EQUAL(recording.damaged_regions, words != NULL);
	region_image_free(image);
	return recording;
}

static const struct object_totals *file_of(const struct recording *recording, const char *name)
{
	return object_list_find(&recording->files, OBJECT_FILE, name);
}

/* What is not spoilt is there, and so is everything that is no file. */
static void check_the_rest(const struct recording *recording)
{
	const struct object_totals *whole = file_of(recording, "/whole");

	CU_ASSERT_PTR_NOT_NULL_FATAL(whole);
	CU_ASSERT_EQUAL(whole->opens.count, 2);
	CU_ASSERT_EQUAL(call_list_find(&recording->calls, "open", "")->count, 1);
}

static void what_all_threads_did_to_a_file_is_summed_up(void)
{
	struct subject subject;

	set_up(&subject);
	struct thread_block *other = builder_add_thread(&subject.builder);
	struct object_cell *cell = builder_add_object(&subject.builder, other, OBJECT_FILE, "/whole");

	builder_add_object(&subject.builder, other, OBJECT_PEER, "127.0.0.1:80");
	cell->opens.count = 10;
	cell->flows[0] = (struct object_flow){.bytes = 100, .jumps = 1, .sizes = {4}};
	builder_add_streams(&subject.builder, cell)->flows[1].bytes = 7;
	builder_fail_object(&subject.builder, cell, subject.open, EACCES, 5);
	struct recording recording = fold_spoilt(&subject, NULL);
	const struct object_totals *whole = file_of(&recording, "/whole");

	CU_ASSERT_EQUAL(recording.files.n_objects, 2);
	CU_ASSERT_EQUAL(recording.peers.n_objects, 1);
	CU_ASSERT_EQUAL(whole->opens.count, 12);
	CU_ASSERT_EQUAL(whole->flows[0].bytes, 100);
	CU_ASSERT_EQUAL(object_flow_count(&whole->flows[0]), 4);
	CU_ASSERT_EQUAL(whole->streams.flows[1].bytes, 7);
	CU_ASSERT_EQUAL_FATAL(whole->n_failures, 1);
	CU_ASSERT_STRING_EQUAL(whole->failures[0].symbol, "EACCES");
	CU_ASSERT_EQUAL(whole->failures[0].count, 5);
	tear_down(&subject, &recording);
}

static void expect_one_left_out(const struct subject *subject, const char *words)
{
	struct recording recording = fold_spoilt(subject, words);

	CU_ASSERT_EQUAL(recording.files.n_objects, 1);
	CU_ASSERT_PTR_NULL(file_of(&recording, "/spoilt"));
	check_the_rest(&recording);
	recording_deinit(&recording);
}

static void a_file_whose_description_lies_elsewhere_is_left_out(void)
{
	struct recording none = {0};
	struct subject subject;

	set_up(&subject);
	const relative lost[] = {
		0,
		BUILDER_SIZE,
		INT32_MAX,
		INT32_MIN,
		subject.spoilt->info + 2,
		relative_to(&subject.spoilt->info, subject.builder.header),
		/* Where another record is. */
		relative_to(&subject.spoilt->info, subject.open),
		relative_to(&subject.spoilt->info, subject.whole),
		/* Too near the end for anything to fit. */
		relative_to(&subject.spoilt->info, (char *)subject.builder.header + BUILDER_SIZE - 8),
	};

	for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
		printf("# %d\n", (int)lost[i]);
		subject.spoilt->info = lost[i];
		expect_one_left_out(&subject, "has no description");
	}
	tear_down(&subject, &none);
}

static void a_file_whose_description_is_none_is_left_out(void)
{
	struct recording none = {0};
	struct subject subject;

	set_up(&subject);
	struct object_info *info = relative_get(&subject.spoilt->info);
	const struct object_info before = *info;
	const uint32_t sizes[] = {0, 1, sizeof(*info), before.size - 1, before.size + 1, BUILDER_SIZE, UINT32_MAX};
	const uint8_t kinds[] = {0, OBJECT_KINDS, UINT8_MAX};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		printf("# %u bytes\n", sizes[i]);
		info->size = sizes[i];
		expect_one_left_out(&subject, "has no description");
	}
	info->size = before.size;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		printf("# kind %u\n", kinds[i]);
		info->kind = kinds[i];
		expect_one_left_out(&subject, "has no description");
	}
	info->kind = before.kind;
	memset(info->name, 'n', before.size - sizeof(*info));
	expect_one_left_out(&subject, "has no description");
	tear_down(&subject, &none);
}

static void a_list_of_files_that_leads_astray_is_cut_off(void)
{
	struct recording none = {0};
	struct subject subject;
	const relative lost[] = {BUILDER_SIZE, INT32_MAX, INT32_MIN, 2050};

	set_up(&subject);
	for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
		subject.spoilt->next = lost[i];
		struct recording recording = fold_spoilt(&subject, "thread's objects at");

		CU_ASSERT_EQUAL(recording.files.n_objects, 1);
		CU_ASSERT_PTR_NOT_NULL(file_of(&recording, "/spoilt"));
		recording_deinit(&recording);
	}
	tear_down(&subject, &none);
}

static void lists_of_files_and_failures_that_run_in_a_circle_end(void)
{
	struct subject subject;

	set_up(&subject);
	struct object_error *error =
		builder_fail_object(&subject.builder, subject.spoilt, subject.open, ENOENT, 4);

	error->next = relative_to(&error->next, error);
	subject.whole->next = relative_to(&subject.whole->next, subject.spoilt);
	struct recording recording = fold_spoilt(&subject, "belongs to another record");
	const struct object_totals *spoilt = file_of(&recording, "/spoilt");

	check_the_rest(&recording);
	CU_ASSERT_EQUAL(recording.files.n_objects, 2);
	CU_ASSERT_EQUAL(spoilt->opens.count, 3);
	CU_ASSERT_EQUAL_FATAL(spoilt->n_failures, 1);
	CU_ASSERT_EQUAL(spoilt->failures[0].count, 4);
	tear_down(&subject, &recording);
}

static void a_failure_without_a_call_is_left_out(void)
{
	struct subject subject;

	set_up(&subject);
	builder_fail_object(&subject.builder, subject.spoilt, subject.open, EACCES, 6);
	struct object_error *error =
		builder_fail_object(&subject.builder, subject.spoilt, subject.open, ENOENT, 4);

	error->call = INT32_MAX / 4 * 4;
	struct recording recording = fold_spoilt(&subject, "object's call at");
	const struct object_totals *spoilt = file_of(&recording, "/spoilt");

	check_the_rest(&recording);
	CU_ASSERT_EQUAL_FATAL(spoilt->n_failures, 1);
	CU_ASSERT_STRING_EQUAL(spoilt->failures[0].symbol, "EACCES");
	CU_ASSERT_EQUAL(spoilt->failures[0].count, 6);
	tear_down(&subject, &recording);
}

static void what_streams_moved_is_one_files_only(void)
{
	struct subject subject;

	set_up(&subject);
	struct object_streams *streams = builder_add_streams(&subject.builder, subject.whole);

	streams->flows[0].bytes = 9;
	subject.spoilt->streams = relative_to(&subject.spoilt->streams, streams);
	struct recording recording = fold_spoilt(&subject, "belongs to another record");

	check_the_rest(&recording);
	CU_ASSERT_EQUAL(file_of(&recording, "/whole")->streams.flows[0].bytes +
				file_of(&recording, "/spoilt")->streams.flows[0].bytes,
			9);
	tear_down(&subject, &recording);
}

UNIT_MAIN("fold-objects",
	  {"what all threads did to a file is summed up", what_all_threads_did_to_a_file_is_summed_up},
	  {"a file whose description lies elsewhere is left out",
	   a_file_whose_description_lies_elsewhere_is_left_out},
	  {"a file whose description is none is left out", a_file_whose_description_is_none_is_left_out},
	  {"a list of files that leads astray is cut off", a_list_of_files_that_leads_astray_is_cut_off},
	  {"lists of files and failures that run in a circle end",
	   lists_of_files_and_failures_that_run_in_a_circle_end},
	  {"a failure without a call is left out", a_failure_without_a_call_is_left_out},
	  {"what streams moved is one file's only", what_streams_moved_is_one_files_only})
