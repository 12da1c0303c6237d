// SPDX-License-Identifier: MIT
/*
 * Most processes have no marks: for them, the environment is looked through once, and nothing is touched but the
 * state that is KEPT in any case.
 */
#include "config.h"

#include "record/marks.h"

#include "base/text.h"
#include "record/startup.h"

static struct {
	char labels[REGION_LABELS_SIZE];
	char test[REGION_TEST_SIZE];
} marks;

static KEPT bool has_asked;
static KEPT uint32_t size;

/* Of a list that is too long, the last label would be a part of one. */
static void drop_last_label(struct text *labels)
{
	while (labels->len && marks.labels[labels->len - 1] != ';')
		labels->len--;
	marks.labels[labels->len ? labels->len - 1 : 0] = '\0';
}

static void take_labels(const char *value)
{
	struct text labels = text_init(marks.labels, sizeof(marks.labels));

	text_add(&labels, value);
	if (labels.is_cut)
		drop_last_label(&labels);
}

static void take_test(const char *value)
{
	struct text test = text_init(marks.test, sizeof(marks.test));

	text_add(&test, value);
}

static void ask_environment(void)
{
	bool has_any = false;

	for (char *const *entry = startup_environment(); *entry; entry++) {
		if (text_starts_with(*entry, LABELS_VARIABLE "="))
			take_labels(*entry + sizeof(LABELS_VARIABLE));
		else if (text_starts_with(*entry, TEST_VARIABLE "="))
			take_test(*entry + sizeof(TEST_VARIABLE));
		else
			continue;
		has_any = true;
	}
	if (has_any)
		size = (uint32_t)(sizeof(struct region_marks) + text_length(marks.labels) + 1 +
				  text_length(marks.test) + 1);
}

uint32_t marks_size(void)
{
	if (!has_asked)
		ask_environment();
	has_asked = true;
	return size;
}

void marks_write(struct region_header *region, uint32_t offset)
{
	struct region_marks *record = (struct region_marks *)((char *)region + offset);
	struct text labels = text_init(record->strings, sizeof(marks.labels));

	text_add(&labels, marks.labels);
	struct text test = text_init(record->strings + labels.len + 1, sizeof(marks.test));

	text_add(&test, marks.test);
	record->size = size;
	region->marks = relative_to(&region->marks, record);
}

const char *marks_labels(void)
{
	return marks_size() ? marks.labels : "";
}
