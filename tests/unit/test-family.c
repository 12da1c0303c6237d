// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/family.h"

#include "model/labels.h"
#include "model/part.h"
#include "model/test-rule.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- A region's first page ------------------------------------------------------------------------- */

union page {
	struct region_header header;
	char bytes[REGION_COMMIT_FIRST];
};

/* Words are separated by '|'. */
static void write_command(union page *page, const char *command)
{
	char *byte = page->header.command;

	memset(page->header.command, 0, sizeof(page->header.command));
	strcpy(byte, command);
	for (; *byte; byte++)
		if (*byte == '|')
			*byte = '\0';
}

static void write_marks(union page *page, const char *labels, const char *test)
{
	struct region_marks *record = (struct region_marks *)(page->bytes + sizeof(page->header));
	size_t length = strlen(labels);

	strcpy(record->strings, labels);
	strcpy(record->strings + length + 1, test);
	record->size = (uint32_t)(sizeof(*record) + length + 1 + strlen(test) + 1);
	page->header.marks = relative_to(&page->header.marks, record);
}

static union page image(int pid, int parent_pid, int64_t started_ns, const char *command)
{
	union page page = {.header = {.pid = pid, .parent_pid = parent_pid, .started_ns = started_ns}};

	write_command(&page, command);
	return page;
}

static int add(struct family *family, const union page *page)
{
	return family_add(family, &page->header, sizeof(*page), true);
}

static void add_image(struct family *family, int pid, int parent_pid, int64_t started_ns, const char *command)
{
	union page page = image(pid, parent_pid, started_ns, command);

	add(family, &page);
}

static void add_fork(struct family *family, int pid, int parent_pid, int64_t started_ns, const char *command)
{
	union page page = image(pid, parent_pid, started_ns, command);

	page.header.flags = REGION_FORKED;
	add(family, &page);
}

static void add_marked(struct family *family, int pid, int parent_pid, int64_t started_ns, const char *labels,
		       const char *test)
{
	union page page = image(pid, parent_pid, started_ns, "sh|-c|true");

	write_marks(&page, labels, test);
	add(family, &page);
}

/* "": of no test. */
static const char *test_of(const struct family *family, int pid, int64_t started_ns)
{
	const struct membership *membership = family_find(family, pid, started_ns);

	return membership && membership->test ? membership->test : "";
}

/* -- Rules ----------------------------------------------------------------------------------------- */

static void automake_names_its_tests(void)
{
	struct family *family = family_new(NULL);

	add_image(family, 1, 0, 1, "make|check");
	add_image(family, 2, 1, 2, "/bin/bash|./test-driver|--test-name|a.sh|--log-file|a.log|--|./a.sh");
	add_image(family, 3, 2, 3, "/bin/sh|./a.sh");
	add_fork(family, 4, 3, 4, "/bin/sh|./a.sh");
	add_image(family, 4, 3, 5, "cat|x");
	CU_ASSERT_STRING_EQUAL(test_of(family, 1, 1), "");
	CU_ASSERT_STRING_EQUAL(test_of(family, 2, 2), "a.sh");
	CU_ASSERT_STRING_EQUAL(test_of(family, 3, 3), "a.sh");
	CU_ASSERT_STRING_EQUAL(test_of(family, 4, 4), "a.sh");
	CU_ASSERT_STRING_EQUAL(test_of(family, 4, 5), "a.sh");
	family_free(family);
}

static void prove_runs_scripts(void)
{
	struct family *family = family_new(NULL);

	add_image(family, 1, 0, 1, "/usr/bin/perl|/usr/bin/prove|-v|t/a.t");
	add_fork(family, 2, 1, 2, "/usr/bin/perl|/usr/bin/prove|-v|t/a.t");
	add_image(family, 2, 1, 3, "/usr/bin/perl5.36.0|-Ilib|-I|blib|t/a.t");
	add_image(family, 3, 2, 4, "/bin/sh|-c|t/b.t");
	add_image(family, 2, 1, 5, "/usr/bin/perl|t/other.pl");
	add_image(family, 4, 1, 6, "t/program.t|-v");
	CU_ASSERT_STRING_EQUAL(test_of(family, 1, 1), "");
	CU_ASSERT_STRING_EQUAL(test_of(family, 2, 2), "");
	CU_ASSERT_STRING_EQUAL(test_of(family, 2, 3), "t/a.t");
	CU_ASSERT_STRING_EQUAL(test_of(family, 3, 4), "t/a.t");
	CU_ASSERT_STRING_EQUAL(test_of(family, 2, 5), "t/a.t");
	CU_ASSERT_STRING_EQUAL(test_of(family, 4, 6), "t/program.t");
	family_free(family);
}

static void ctest_and_go_are_known(void)
{
	struct family *family = family_new(NULL);

	add_image(family, 1, 0, 1, "/usr/bin/ctest|-j2");
	add_image(family, 2, 1, 2, "/build/suite|--filter|a b");
	add_image(family, 3, 0, 3, "/tmp/go-build1/b001/parser.test|-test.timeout=10m0s");
	add_image(family, 4, 0, 4, "/tmp/parser.test|--all");
	CU_ASSERT_STRING_EQUAL(test_of(family, 2, 2), "suite --filter a b");
	CU_ASSERT_STRING_EQUAL(test_of(family, 3, 3), "parser");
	CU_ASSERT_STRING_EQUAL(test_of(family, 4, 4), "");
	family_free(family);
}

static void pytest_says_which_test_runs(void)
{
	struct family *family = family_new(NULL);

	add_image(family, 1, 0, 1, "/usr/bin/python3|-m|pytest");
	add_marked(family, 2, 1, 2, "", "tests/test_a.py::test_read[x y] (call)");
	add_marked(family, 3, 2, 3, "", "tests/test_a.py::test_read[x y] (call)");
	add_marked(family, 4, 1, 4, "", "tests/test_a.py::test_write (setup)");
	CU_ASSERT_STRING_EQUAL(test_of(family, 1, 1), "");
	CU_ASSERT_STRING_EQUAL(test_of(family, 2, 2), "tests/test_a.py::test_read[x y]");
	CU_ASSERT_STRING_EQUAL(test_of(family, 3, 3), "tests/test_a.py::test_read[x y]");
	CU_ASSERT_STRING_EQUAL(test_of(family, 4, 4), "tests/test_a.py::test_write");
	family_free(family);
}

/* -- The nearest mark ------------------------------------------------------------------------------ */

static void a_harness_below_a_label_names_its_tests(void)
{
	struct family *family = family_new("run");

	add_image(family, 1, 0, 1, "sh");
	add_marked(family, 2, 1, 2, "branch=main;test=outer", "");
	union page driver = image(3, 2, 3, "test-driver|--test-name|inner|--log-file|x");

	/* The label comes from the environment that it has inherited: it is no nearer mark. */
	write_marks(&driver, "branch=main;test=outer", "");
	add(family, &driver);
	add_marked(family, 4, 3, 4, "branch=main;test=innermost", "");
	CU_ASSERT_STRING_EQUAL(test_of(family, 1, 1), "run");
	CU_ASSERT_STRING_EQUAL(test_of(family, 2, 2), "outer");
	CU_ASSERT_STRING_EQUAL(test_of(family, 3, 3), "inner");
	CU_ASSERT_STRING_EQUAL(test_of(family, 4, 4), "innermost");
	CU_ASSERT_STRING_EQUAL(family_find(family, 4, 4)->labels, "branch=main;test=innermost");
	family_free(family);
}

static void labels_survive_an_empty_environment(void)
{
	struct family *family = family_new(NULL);

	add_marked(family, 1, 0, 1, "branch=main;test=t", "");
	add_image(family, 1, 0, 2, "/bin/program");
	add_image(family, 2, 1, 3, "/bin/child");
	CU_ASSERT_STRING_EQUAL(family_find(family, 2, 3)->labels, "branch=main;test=t");
	CU_ASSERT_STRING_EQUAL(test_of(family, 2, 3), "t");
	family_free(family);
}

/* -- Who comes from whom --------------------------------------------------------------------------- */

static void a_number_that_is_used_again_is_another_process(void)
{
	struct family *family = family_new(NULL);
	const int64_t second = 1000000000;

	add_marked(family, 10, 0, 1, "test=first", "");
	family_end(family, 10, 1, 2);
	/* Its parent is one that we do not know: the process of this number has ended long ago. */
	add_image(family, 11, 10, 10 * second, "cat");
	add_image(family, 10, 0, 11 * second, "ls");
	CU_ASSERT_STRING_EQUAL(test_of(family, 11, 10 * second), "");
	CU_ASSERT_STRING_EQUAL(test_of(family, 10, 11 * second), "");
	add_image(family, 12, 10, 12 * second, "cat");
	CU_ASSERT_STRING_EQUAL(test_of(family, 12, 12 * second), "");
	family_free(family);
}

static void a_child_that_outlives_its_parent_belongs_to_its_test(void)
{
	struct family *family = family_new(NULL);

	add_marked(family, 1, 0, 1, "test=t", "");
	family_end(family, 1, 1, 3);
	add_image(family, 2, 1, 2, "sleep");
	/* Forked by one that has ended before it executes its program. */
	add_fork(family, 3, 1, 2, "sh");
	add_image(family, 3, 0, 9, "daemon");
	CU_ASSERT_STRING_EQUAL(test_of(family, 2, 2), "t");
	CU_ASSERT_STRING_EQUAL(test_of(family, 3, 9), "t");
	family_free(family);
}

static void an_orphan_waits_until_its_parent_may_be_known(void)
{
	struct family *family = family_new(NULL);
	union page child = image(2, 1, 2, "cat");

	CU_ASSERT_EQUAL(family_add(family, &child.header, sizeof(child), false), FAMILY_ORPHAN);
	CU_ASSERT_PTR_NULL(family_find(family, 2, 2));
	add_marked(family, 1, 0, 1, "test=t", "");
	CU_ASSERT_EQUAL(family_add(family, &child.header, sizeof(child), false), 0);
	CU_ASSERT_STRING_EQUAL(test_of(family, 2, 2), "t");
	family_free(family);
}

static void memory_follows_the_processes_that_live(void)
{
	struct family *family = family_new(NULL);
	size_t n_known = 0;

	add_marked(family, 1, 0, 1, "test=t", "");
	for (int i = 2; i < 3 * FAMILY_ENDED; i++) {
		add_image(family, i, 1, i, "true");
		family_end(family, i, i, i + 1);
	}
	for (int i = 1; i < 3 * FAMILY_ENDED; i++)
		n_known += family_find(family, i, i) != NULL;
	CU_ASSERT_EQUAL(n_known, 1 + FAMILY_ENDED);
	CU_ASSERT_STRING_EQUAL(test_of(family, 3 * FAMILY_ENDED - 1, 3 * FAMILY_ENDED - 1), "t");
	family_free(family);
}

static void damaged_marks_are_none(void)
{
	struct family *family = family_new(NULL);
	union page page = image(1, 0, 1, "sh");

	write_marks(&page, "test=t", "");
	struct region_marks *record = relative_get(&page.header.marks);
	const uint32_t sizes[] = {0, 1, record->size - 1, record->size + 1, REGION_COMMIT_FIRST, UINT32_MAX};
	const relative places[] = {-4, 1, 2, INT32_MAX, INT32_MIN, REGION_COMMIT_FIRST};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		record->size = sizes[i];
		page.header.started_ns = (int64_t)i;
		add(family, &page);
		CU_ASSERT_STRING_EQUAL(test_of(family, 1, (int64_t)i), "");
		/* Each is another process. */
		family_end(family, 1, (int64_t)i, 1);
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		page.header.marks = places[i];
		page.header.started_ns = 100 + (int64_t)i;
		add(family, &page);
		CU_ASSERT_STRING_EQUAL(test_of(family, 1, 100 + (int64_t)i), "");
		family_end(family, 1, 100 + (int64_t)i, 1);
	}
	family_free(family);
}

/* -- Labels ---------------------------------------------------------------------------------------- */

static void a_set_is_what_its_text_was_made_of(void)
{
	struct label_set set = {0};
	struct label_set again = {0};

	label_set_put(&set, "test", "a;b%3B=c");
	label_set_put(&set, "branch", "ma\xc3\xafn");
	label_set_put(&set, "empty", "");
	label_set_put(&set, "test", "100%;");
	char *text = label_set_text(&set);

	CU_ASSERT_STRING_EQUAL(text, "branch=ma\xc3\xafn;empty=;test=100%25%3B");
	CU_ASSERT_EQUAL(label_set_parse(&again, text), 0);
	CU_ASSERT_EQUAL(again.n_labels, 3);
	CU_ASSERT_STRING_EQUAL(label_set_find(&again, "test"), "100%;");
	free(text);
	label_set_deinit(&set);
	label_set_deinit(&again);
}

static void what_is_no_label_is_passed_over(void)
{
	struct label_set set = {0};

	CU_ASSERT_EQUAL(label_set_parse(&set, ";;x;=y;k\x01=v;a=\x1b[2J;b=\xff;c=\xc0\xaf;d=\xc2\x85;ok=1;%3B=2"), 0);
	CU_ASSERT_EQUAL(set.n_labels, 1);
	CU_ASSERT_STRING_EQUAL(label_set_find(&set, "ok"), "1");
	label_set_deinit(&set);
}

static void limits_are_named(void)
{
	struct message message = {0};
	char text[LABEL_VALUE_MAX + 2];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	CU_ASSERT_TRUE(label_check("key", text, &message) < 0);
	CU_ASSERT_STRING_EQUAL(message.text, "the value of label 'key' has 256 bytes, at most 255 are possible");
	text[LABEL_KEY_MAX + 1] = '\0';
	CU_ASSERT_TRUE(label_check(text, "", &message) < 0);
	CU_ASSERT_STRING_EQUAL(message.text, "the key of a label has 65 bytes, at most 64 are possible");
	CU_ASSERT_EQUAL(label_check("key", text, &message), 0);
}

/* -- Parts ----------------------------------------------------------------------------------------- */

static void parts_end_at_a_limit(void)
{
	struct part_list list = {0};
	char name[32];

	for (int i = 0; i < 3 * PARTS_MOST; i++) {
		snprintf(name, sizeof(name), "test %d", i);
		struct part *part = part_list_get(&list, name, "/bin/sh", "k=v");

		CU_ASSERT_PTR_NOT_NULL_FATAL(part);
		part->n_images++;
	}
	uint64_t n_images = 0;

	for (size_t i = 0; i < list.n_parts; i++)
		n_images += list.parts[i].n_images;
	CU_ASSERT_EQUAL(list.n_parts, PARTS_MOST);
	CU_ASSERT_EQUAL(n_images, 3 * PARTS_MOST);
	CU_ASSERT_STRING_EQUAL(list.parts[PARTS_DETAILED - 1].program, "/bin/sh");
	CU_ASSERT_PTR_NULL(list.parts[PARTS_DETAILED].program);
	CU_ASSERT_STRING_EQUAL(part_list_get(&list, "one more", NULL, "")->test, PART_OTHERS);
	part_list_deinit(&list);
}

UNIT_MAIN("family",
	  {"the parallel harness of automake names its tests", automake_names_its_tests},
	  {"what prove executes is a test, and what that executes is the same one", prove_runs_scripts},
	  {"tests of ctest and of go test are known", ctest_and_go_are_known},
	  {"pytest says which test runs", pytest_says_which_test_runs},
	  {"the nearest mark counts, and what was inherited is none", a_harness_below_a_label_names_its_tests},
	  {"labels survive an empty environment", labels_survive_an_empty_environment},
	  {"a process number that is used again is another process", a_number_that_is_used_again_is_another_process},
	  {"a child that outlives its parent belongs to its test", a_child_that_outlives_its_parent_belongs_to_its_test},
	  {"an image whose parent is not known yet can wait", an_orphan_waits_until_its_parent_may_be_known},
	  {"memory follows the processes that live", memory_follows_the_processes_that_live},
	  {"damaged marks are none", damaged_marks_are_none},
	  {"a set of labels is what its text was made of", a_set_is_what_its_text_was_made_of},
	  {"what is no label is passed over", what_is_no_label_is_passed_over},
	  {"a label that is too long is refused with its limit", limits_are_named},
	  {"parts end at a limit, and nothing is lost", parts_end_at_a_limit})
