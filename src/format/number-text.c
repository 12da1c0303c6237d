// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/number-text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DIGITS_LEAST = 15, /* that a double has for certain */
	DIGITS_MOST = 17,  /* that tell any two doubles apart */
};

const char *count_text(uint64_t count, char ret_text[NUMBER_SIZE])
{
	char *place = ret_text + NUMBER_SIZE - 1;

	*place = '\0';
	do
		*--place = (char)('0' + count % 10);
	while (count /= 10);
	return place;
}

const char *decimal_text(uint64_t number, unsigned int n_places, char ret_text[NUMBER_SIZE])
{
	char *place = ret_text + NUMBER_SIZE - 1;
	unsigned int n = n_places;

	while (n > 1 && number % 10 == 0) {
		number /= 10;
		n--;
	}
	*place = '\0';
	for (; n > 0; n--, number /= 10)
		*--place = (char)('0' + number % 10);
	*--place = '.';
	do
		*--place = (char)('0' + number % 10);
	while (number /= 10);
	return place;
}

/* Most numbers are integers, which have a shorter way. */
static bool is_short_integer(double number)
{
	return number >= 1 && number < 1e15 && number == (double)(int64_t)number;
}

const char *number_text(double number, char ret_text[NUMBER_SIZE])
{
	int n_digits = DIGITS_LEAST;

	if (is_short_integer(number)) {
		const char *text = count_text((uint64_t)number, ret_text);

		return memmove(ret_text, text, strlen(text) + 1);
	}

	snprintf(ret_text, NUMBER_SIZE, "%.*g", n_digits, number);
	while (n_digits < DIGITS_MOST && strtod(ret_text, NULL) != number)
		snprintf(ret_text, NUMBER_SIZE, "%.*g", ++n_digits, number);
	return ret_text;
}

struct number_locale number_locale_enter(void)
{
	struct number_locale locale = {.c = newlocale(LC_ALL_MASK, "C", (locale_t)0)};

	if (locale.c)
		locale.before = uselocale(locale.c);
	return locale;
}

void number_locale_leave(struct number_locale *locale)
{
	if (!locale->c)
		return;
	uselocale(locale->before);
	freelocale(locale->c);
	locale->c = (locale_t)0;
}
