// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/number-text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DIGITS_LEAST = 15, /* that a double has for certain */
	DIGITS_MOST = 17,  /* that tell any two doubles apart */
};

/* Two digits at once: a division, which takes longest, for each pair. */
static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
				  "25262728293031323334353637383940414243444546474849"
				  "50515253545556575859606162636465666768697071727374"
				  "75767778798081828384858687888990919293949596979899";

/* Writes an integer with at least so many digits before this end. Returns where it begins. */
static char *put_digits(char *end, uint64_t number, unsigned int n_least)
{
	char *place = end;

	for (; number >= 10; number /= 100)
		place = memcpy(place - 2, &digit_pairs[2 * (number % 100)], 2);
	if (number || place == end)
		*--place = (char)('0' + number);
	while (end - place < (ptrdiff_t)n_least)
		*--place = '0';
	return place;
}

const char *count_text(uint64_t count, char ret_text[NUMBER_SIZE])
{
	char *end = ret_text + NUMBER_SIZE - 1;

	*end = '\0';
	return put_digits(end, count, 1);
}

const char *decimal_text(uint64_t number, unsigned int n_places, char ret_text[NUMBER_SIZE])
{
	char *end = ret_text + NUMBER_SIZE - 1;
	unsigned int n = number ? n_places : 1;

	while (n > 1 && number % 10 == 0) {
		number /= 10;
		n--;
	}
	*end = '\0';
	char *place = put_digits(end, number, n + 1) - 1;
	char *point = end - n - 1;

	/* The point goes between digits that are there already. */
	for (char *digit = place; digit < point; digit++)
		digit[0] = digit[1];
	*point = '.';
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
