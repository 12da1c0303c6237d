// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/relative.h"

#include <stdint.h>
#include <string.h>

#include "unit.h"

struct record {
	relative next;
	int value;
};

static void a_reference_leads_to_its_target(void)
{
	struct record records[2] = {{.value = 1}, {.value = 2}};

	CU_ASSERT_TRUE(relative_publish(&records[0].next, 0, &records[1]));
	CU_ASSERT_PTR_EQUAL(relative_get(&records[0].next), &records[1]);
	CU_ASSERT_EQUAL(records[0].next, (relative)sizeof(struct record));
}

static void a_reference_may_lead_backwards(void)
{
	struct record records[2] = {{.value = 1}, {.value = 2}};

	CU_ASSERT_TRUE(relative_publish(&records[1].next, 0, &records[0]));
	CU_ASSERT_PTR_EQUAL(relative_get(&records[1].next), &records[0]);
}

static void none_is_null(void)
{
	relative none = 0;

	CU_ASSERT_PTR_NULL(relative_get(&none));
	CU_ASSERT_EQUAL(relative_to(&none, NULL), 0);
	CU_ASSERT_PTR_NULL(relative_follow(&none, 0));
}

static void a_copy_of_all_records_is_valid(void)
{
	struct record records[2] = {{.value = 1}, {.value = 2}}, copy[2];

	relative_publish(&records[0].next, 0, &records[1]);
	memcpy(copy, records, sizeof(copy));
	CU_ASSERT_PTR_EQUAL(relative_get(&copy[0].next), &copy[1]);
}

static void a_changed_reference_is_left_alone(void)
{
	struct record records[3] = {{.value = 1}, {.value = 2}, {.value = 3}};

	relative_publish(&records[0].next, 0, &records[1]);
	CU_ASSERT_FALSE(relative_publish(&records[0].next, 0, &records[2]));
	CU_ASSERT_PTR_EQUAL(relative_get(&records[0].next), &records[1]);
	relative seen = records[0].next;
	CU_ASSERT_TRUE(relative_publish(&records[0].next, seen, &records[2]));
	CU_ASSERT_PTR_EQUAL(relative_get(&records[0].next), &records[2]);
}

UNIT_MAIN("relative", {"a reference leads to its target", a_reference_leads_to_its_target},
	  {"a reference may lead backwards", a_reference_may_lead_backwards},
	  {"no reference is NULL, and NULL is no reference", none_is_null},
	  {"records that are copied together refer to each other", a_copy_of_all_records_is_valid},
	  {"a reference that has changed meanwhile is not replaced",
	   a_changed_reference_is_left_alone})
