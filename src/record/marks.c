// SPDX-License-Identifier: MIT
/*
 * Most processes have no marks: for them, the environment is looked through once, and nothing is touched but the
 * state that is KEPT in any case.
 */
#include "config.h"

#include "record/marks.h"

#include "base/text.h"
#include "record/startup.h"

enum {
	NAME_SIZE = sizeof(LABELS_VARIABLE), /* with the "=" */
	ENTRY_SIZE = NAME_SIZE + REGION_LABELS_SIZE,
};

static struct {
	char entries[2][ENTRY_SIZE]; /* the present labels, and room for the next */
	char first[REGION_LABELS_SIZE];
	char test[REGION_TEST_SIZE];
} marks;

static KEPT bool has_asked;
static KEPT bool has_any;
static KEPT bool has_changed;
static KEPT uint32_t present;

/* Of a list that is too long, the last label would be a part of one. */
static void drop_last_label(struct text *labels)
{
	while (labels->len && labels->buf[labels->len - 1] != ';')
		labels->len--;
	labels->len -= labels->len > 0;
	labels->buf[labels->len] = '\0';
}

static void write_labels(char *buf, const char *value)
{
	struct text labels = text_init(buf, REGION_LABELS_SIZE);

	text_add(&labels, value);
	if (labels.is_cut)
		drop_last_label(&labels);
}

static void write_entry(char *buf, const char *labels)
{
	struct text entry = text_init(buf, ENTRY_SIZE);

	text_add(&entry, LABELS_VARIABLE "=");
	write_labels(buf + entry.len, labels);
}

static void take_test(const char *value)
{
	struct text test = text_init(marks.test, sizeof(marks.test));

	text_add(&test, value);
}

static void ask_environment(void)
{
	for (char *const *entry = startup_environment(); *entry; entry++) {
		if (text_starts_with(*entry, LABELS_VARIABLE "="))
			write_labels(marks.first, *entry + NAME_SIZE);
		else if (text_starts_with(*entry, TEST_VARIABLE "="))
			take_test(*entry + sizeof(TEST_VARIABLE));
		else
			continue;
		has_any = true;
	}
	if (has_any)
		write_entry(marks.entries[0], marks.first);
}

static void ask_once(void)
{
	if (has_asked)
		return;
	ask_environment();
	has_asked = true;
}

const char *marks_entry(void)
{
	ask_once();
	return has_any ? marks.entries[__atomic_load_n(&present, __ATOMIC_ACQUIRE)] : "";
}

uint32_t marks_size(void)
{
	ask_once();
	if (!has_any)
		return 0;
	return (uint32_t)(sizeof(struct region_marks) + text_length(marks_labels()) + 1 +
			  text_length(marks.test) + 1);
}

void marks_write(struct region_header *region, uint32_t offset)
{
	struct region_marks *record = (struct region_marks *)((char *)region + offset);
	struct text labels = text_init(record->strings, REGION_LABELS_SIZE);

	text_add(&labels, marks_labels());
	struct text test = text_init(record->strings + labels.len + 1, sizeof(marks.test));

	text_add(&test, marks.test);
	record->size = marks_size();
	region->marks = relative_to(&region->marks, record);
}

const char *marks_labels(void)
{
	const char *entry = marks_entry();

	return *entry ? entry + NAME_SIZE : "";
}

void marks_change_labels(const char *labels)
{
	uint32_t next = 1 - present;

	ask_once();
	write_entry(marks.entries[next], labels);
	has_any = has_changed = true;
	/* A child that another thread forks in this moment has the ones or the others, whole. */
	__atomic_store_n(&present, next, __ATOMIC_RELEASE);
}

bool marks_are_first(const char *labels)
{
	ask_once();
	return text_equals(labels, marks.first);
}

bool marks_have_changed(void)
{
	return has_changed;
}
