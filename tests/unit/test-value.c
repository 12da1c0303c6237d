// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static const char *const levels[] = {"none", "fast", "best", NULL};

static const struct value_rule rules[] = {
	[VALUE_BOOL] = {.type = VALUE_BOOL},
	[VALUE_INTEGER] = {.type = VALUE_INTEGER, .min = -5, .max = INT64_C(5000000000)},
	[VALUE_DOUBLE] = {.type = VALUE_DOUBLE, .least = 0, .most = 1},
	[VALUE_STRING] = {.type = VALUE_STRING},
	[VALUE_DURATION] = {.type = VALUE_DURATION, .min = 1000000, .max = INT64_MAX},
	[VALUE_SIZE] = {.type = VALUE_SIZE, .max = 1 << 20},
	[VALUE_ENUM] = {.type = VALUE_ENUM, .choices = levels},
	[VALUE_LIST] = {.type = VALUE_LIST},
};

struct row {
	enum value_type type;
	const char *text;
	const char *expected; /* as it is written in a file, or what is wrong */
};

static const struct row good[] = {
	{VALUE_BOOL, "true", "true"},
	{VALUE_BOOL, "No", "false"},
	{VALUE_BOOL, "1", "true"},
	{VALUE_INTEGER, "-5", "-5"},
	{VALUE_INTEGER, "2147483648", "2147483648L"},
	{VALUE_DOUBLE, "1", "1.0"},
	{VALUE_DOUBLE, "0.1", "0.1"},
	{VALUE_DOUBLE, "1e-3", "0.001"},
	{VALUE_DOUBLE, "0.3333333333333333", "0.3333333333333333"},
	{VALUE_STRING, "a \"b\" \\\n", "\"a \\\"b\\\" \\\\\\x0a\""},
	{VALUE_DURATION, "1.5s", "\"1500ms\""},
	{VALUE_SIZE, "64KiB", "\"64KiB\""},
	{VALUE_ENUM, "best", "\"best\""},
	{VALUE_LIST, "", "[]"},
	{VALUE_LIST, "/", "[\"/\"]"},
	{VALUE_LIST, "/, /home ,/var", "[\"/\", \"/home\", \"/var\"]"},
	{VALUE_LIST, "a,,b", "[\"a\", \"\", \"b\"]"},
};

static const struct row bad[] = {
	{VALUE_BOOL, "2", "expected true or false, found '2'"},
	{VALUE_INTEGER, "-6", "-6 is out of range: -5 to 5000000000"},
	{VALUE_INTEGER, "18446744073709551617",
	 "18446744073709551617 is out of range: -5 to 5000000000"},
	{VALUE_INTEGER, "1.0", "expected an integer, found '1.0'"},
	{VALUE_INTEGER, " 1", "expected an integer, found ' 1'"},
	{VALUE_INTEGER, "", "expected an integer, found ''"},
	{VALUE_DOUBLE, "1.5", "1.5 is out of range: 0 to 1"},
	{VALUE_DOUBLE, "nan", "nan is out of range: 0 to 1"},
	{VALUE_DOUBLE, "0.5x", "expected a number, found '0.5x'"},
	{VALUE_DURATION, "10", "expected a duration such as \"250ms\" or \"10s\", found '10'"},
	{VALUE_DURATION, "10us", "10us is out of range: at least 1ms"},
	{VALUE_SIZE, "2MiB", "2MiB is out of range: 0B to 1MiB"},
	{VALUE_SIZE, "9999999TiB", "9999999TiB is out of range: 0B to 1MiB"},
	{VALUE_ENUM, "bets", "unknown word 'bets'; did you mean 'best'?"},
};

static void texts(void)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char *text = value_text_canonical(&rules[good[i].type], good[i].text);

		if (!text || strcmp(text, good[i].expected) != 0)
			printf("#   '%s': %s\n", good[i].text, text ? text : "refused");
		CU_ASSERT_TRUE(text && strcmp(text, good[i].expected) == 0);
		free(text);
	}
}

static void wrong_texts(void)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct value_text value;
		struct message message = {""};

		CU_ASSERT_EQUAL(value_text_read(&rules[bad[i].type], bad[i].text, &value, &message),
				-EINVAL);
		CU_ASSERT_STRING_EQUAL(message.text, bad[i].expected);
	}
}

/* What a file has, which is of a type already. */
static void typed(void)
{
	const struct found integer = {.type = FOUND_INTEGER, .integer = 1};
	const struct found string = {.type = FOUND_STRING, .text = "1"};
	const struct found number = {.type = FOUND_DOUBLE, .number = 1};
	struct message message;
	struct value value;

	CU_ASSERT_EQUAL(value_read(&rules[VALUE_INTEGER], &integer, &value, &message), 0);
	CU_ASSERT_EQUAL(value.integer, 1);
	CU_ASSERT_EQUAL(value_read(&rules[VALUE_DOUBLE], &integer, &value, &message), 0);
	CU_ASSERT_EQUAL(value.number, 1.0);
	CU_ASSERT_EQUAL(value_read(&rules[VALUE_INTEGER], &string, &value, &message), -EINVAL);
	CU_ASSERT_STRING_EQUAL(message.text, "expected an integer, found a string");
	CU_ASSERT_EQUAL(value_read(&rules[VALUE_INTEGER], &number, &value, &message), -EINVAL);
	CU_ASSERT_EQUAL(value_read(&rules[VALUE_BOOL], &integer, &value, &message), -EINVAL);
	CU_ASSERT_EQUAL(value_read(&rules[VALUE_SIZE], &integer, &value, &message), -EINVAL);
	CU_ASSERT_STRING_EQUAL(message.text, "expected a size such as \"64KiB\" or \"5GiB\", "
					     "found an integer");
}

UNIT_MAIN("values", {"a text becomes a value of each type, and is written as a file has it", texts},
	  {"a text that is no value is refused with the reason", wrong_texts},
	  {"a typed value is not taken for one of another type", typed})
