// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/quantity.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

struct row {
	enum quantity quantity;
	const char *text;
	int64_t value;
	const char *written; /* NULL: as it was read */
};

static const struct row good[] = {
	{QUANTITY_DURATION, "0s", 0, NULL},
	{QUANTITY_DURATION, "0ns", 0, "0s"},
	{QUANTITY_DURATION, "1ns", 1, NULL},
	{QUANTITY_DURATION, "250ms", 250000000, NULL},
	{QUANTITY_DURATION, "1.5s", 1500000000, "1500ms"},
	{QUANTITY_DURATION, "0.000000001s", 1, "1ns"},
	{QUANTITY_DURATION, "60s", INT64_C(60000000000), "1m"},
	{QUANTITY_DURATION, "1h", INT64_C(3600000000000), NULL},
	{QUANTITY_DURATION, "30d", 30 * INT64_C(86400000000000), NULL},
	{QUANTITY_DURATION, "9223372036854775807ns", INT64_MAX, NULL},
	{QUANTITY_SIZE, "0B", 0, NULL},
	{QUANTITY_SIZE, "64KiB", 65536, NULL},
	{QUANTITY_SIZE, "5GiB", INT64_C(5368709120), NULL},
	{QUANTITY_SIZE, "0.5KiB", 512, "512B"},
	{QUANTITY_SIZE, "1.5GiB", INT64_C(1610612736), "1536MiB"},
	{QUANTITY_SIZE, "1MB", 1000000, "1000000B"},
	{QUANTITY_SIZE, "1023B", 1023, NULL},
};

static const struct row bad[] = {
	{QUANTITY_DURATION, "", -EINVAL, NULL},
	{QUANTITY_DURATION, "10", -EINVAL, NULL},
	{QUANTITY_DURATION, "s", -EINVAL, NULL},
	{QUANTITY_DURATION, "-1s", -EINVAL, NULL},
	{QUANTITY_DURATION, "+1s", -EINVAL, NULL},
	{QUANTITY_DURATION, " 1s", -EINVAL, NULL},
	{QUANTITY_DURATION, "1 s", -EINVAL, NULL},
	{QUANTITY_DURATION, "1.s", -EINVAL, NULL},
	{QUANTITY_DURATION, ".5s", -EINVAL, NULL},
	{QUANTITY_DURATION, "1S", -EINVAL, NULL},
	{QUANTITY_DURATION, "1s2", -EINVAL, NULL},
	{QUANTITY_DURATION, "1KiB", -EINVAL, NULL},
	{QUANTITY_DURATION, "0.5ns", -EINVAL, NULL},
	{QUANTITY_DURATION, "1.0000000001s", -EINVAL, NULL},
	{QUANTITY_DURATION, "9223372036854775808ns", -ERANGE, NULL},
	{QUANTITY_DURATION, "106752d", -ERANGE, NULL},
	{QUANTITY_DURATION, "0.99999999999999999999s", -ERANGE, NULL},
	{QUANTITY_SIZE, "1k", -EINVAL, NULL},
	{QUANTITY_SIZE, "0x10B", -EINVAL, NULL},
	{QUANTITY_SIZE, "8388608TiB", -ERANGE, NULL},
	{QUANTITY_SIZE, "99999999999999999999B", -ERANGE, NULL},
};

static bool reads(const struct row *row, int result, int64_t value)
{
	if (row->value < 0 ? result == row->value : result == 0 && value == row->value)
		return true;
	printf("#   '%s': %d, %lld\n", row->text, result, (long long)value);
	return false;
}

static void exact(void)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int64_t value = -1;
		int result = quantity_parse(good[i].quantity, good[i].text, &value);

		CU_ASSERT_TRUE(reads(&good[i], result, value));
	}
}

static void refused(void)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t value = -1;
		int result = quantity_parse(bad[i].quantity, bad[i].text, &value);

		CU_ASSERT_TRUE(reads(&bad[i], result, value));
		CU_ASSERT_EQUAL(value, -1);
	}
}

static void written(void)
{
	char text[QUANTITY_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_STRING_EQUAL(quantity_format(good[i].quantity, good[i].value, text),
				       good[i].written ? good[i].written : good[i].text);
}

UNIT_MAIN("quantities", {"a number with a unit is read exactly", exact},
	  {"what is no number with a unit, inexact or too large is refused", refused},
	  {"a value is written with the largest unit that keeps it exact", written})
