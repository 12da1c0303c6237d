// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/number-text.h"

#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format/file-sink.h"
#include "format/json-output.h"

/* Numbers of each length, and those on both sides where a digit is added. */
static uint64_t number_at(unsigned int position)
{
	uint64_t power = 1;

	for (unsigned int i = 0; i < position / 5; i++)
		power *= 10;
	switch (position % 5) {
	case 0:
		return power - 1;
	case 1:
		return power;
	case 2:
		return power + 1;
	case 3:
		return power * 7 / 10 * 10;
	default:
		return power + UINT64_C(1234567890123456789) % power;
	}
}

enum { POSITIONS = 20 * 5 };

static void check_count(uint64_t number)
{
	char text[NUMBER_SIZE];
	char expected[NUMBER_SIZE];
	const char *start = count_text(number, text);

	snprintf(expected, sizeof(expected), "%" PRIu64, number);
	CU_ASSERT_STRING_EQUAL(start, expected);
	CU_ASSERT_PTR_EQUAL(start + strlen(start), text + NUMBER_SIZE - 1);
}

static void a_count_has_the_digits_that_printf_has(void)
{
	for (unsigned int i = 0; i < POSITIONS; i++)
		check_count(number_at(i));
	check_count(UINT64_MAX);
}

static void check_decimal(uint64_t number, unsigned int n_places)
{
	char text[NUMBER_SIZE];
	char expected[2 * NUMBER_SIZE];
	uint64_t power = 1;
	const char *start = decimal_text(number, n_places, text);

	for (unsigned int i = 0; i < n_places; i++)
		power *= 10;
	snprintf(expected, sizeof(expected), "%" PRIu64 ".%0*" PRIu64, number / power,
		 (int)n_places, number % power);
	for (char *end = expected + strlen(expected) - 1; *end == '0' && end[-1] != '.'; end--)
		*end = '\0';
	CU_ASSERT_STRING_EQUAL(start, expected);
	CU_ASSERT_PTR_EQUAL(start + strlen(start), text + NUMBER_SIZE - 1);
}

static void a_decimal_has_the_point_where_it_belongs_and_no_zeros_at_its_end(void)
{
	for (unsigned int n_places = 1; n_places <= 19; n_places++) {
		for (unsigned int i = 0; i < POSITIONS; i++)
			check_decimal(number_at(i), n_places);
		check_decimal(UINT64_MAX, n_places);
	}
}

/* Of the same second, of another, before 1970, and at the ends of what there is. */
static void instants_do_not_depend_on_those_before_them(void)
{
	static const int64_t instants[] = {
		INT64_C(1790000000123456789),
		INT64_C(1790000000123456789),
		INT64_C(1790000000000000000),
		INT64_C(1790000000999999999),
		INT64_C(1790000001000000000),
		INT64_C(1789999999999999999),
		0,
		5,
		-5,
		-1000000000,
		-999999999,
		999999999,
		INT64_MAX,
		INT64_MAX - 1,
		INT64_MIN,
	};

	for (unsigned int i = 0; i < sizeof(instants) / sizeof(instants[0]); i++)
		for (unsigned int k = 0; k < sizeof(instants) / sizeof(instants[0]); k++) {
			char text[4 * INSTANT_SIZE] = "";
			char first[INSTANT_SIZE];
			char second[INSTANT_SIZE];
			char expected[4 * INSTANT_SIZE];
			FILE *stream = fmemopen(text, sizeof(text), "w");
			const struct format_sink sink = file_sink(stream);
			struct json_output output = json_output_init(&sink);

			json_put_instant(&output, instants[i]);
			json_put_instant(&output, instants[k]);
			CU_ASSERT_EQUAL(json_output_finish(&output), 0);
			fclose(stream);
			CU_ASSERT(instant_text(instants[i], first) &&
				  instant_text(instants[k], second));
			snprintf(expected, sizeof(expected), "\"%s\"\"%s\"", first, second);
			CU_ASSERT_STRING_EQUAL(text, expected);
		}
}

UNIT_MAIN("number text",
	  {"a count has the digits that printf has", a_count_has_the_digits_that_printf_has},
	  {"a decimal has the point where it belongs and no zeros at its end",
	   a_decimal_has_the_point_where_it_belongs_and_no_zeros_at_its_end},
	  {"instants do not depend on those before them",
	   instants_do_not_depend_on_those_before_them})
