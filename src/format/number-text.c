// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/number-text.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	DIGITS_LEAST = 15, /* that a double has for certain */
	DIGITS_MOST = 17,  /* that tell any two doubles apart */
};

const char *number_text(double number, char ret_text[NUMBER_SIZE])
{
	int n_digits = DIGITS_LEAST;

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
