// SPDX-License-Identifier: MIT
/*
 * number-text.h - numbers as machines read them.
 */
#ifndef SONDE_FORMAT_NUMBER_TEXT_H
#define SONDE_FORMAT_NUMBER_TEXT_H

#include <locale.h>
#include <stdint.h>

enum {
	NUMBER_SIZE = 40,
	SECOND_PLACES = 9, /* of nanoseconds in seconds */
};

/*
 * A finite number with as many digits as it takes to read it back as it was. Returns ret_text. The
 * thread has the locale of number_locale_enter().
 */
const char *number_text(double number, char ret_text[NUMBER_SIZE]);

/* An integer, in any locale. Returns where in ret_text it begins; the text ends where ret_text does. */
const char *count_text(uint64_t count, char ret_text[NUMBER_SIZE]);

/* An integer with so many of its digits, at most 19, behind the point, of which one stays where all are 0; else the same. */
const char *decimal_text(uint64_t number, unsigned int n_places, char ret_text[NUMBER_SIZE]);

/* Numbers have a point on this thread from now on, whatever the process has for it. */
struct number_locale {
	locale_t c; /* (locale_t)0: no memory */
	locale_t before;
};
struct number_locale number_locale_enter(void);
void number_locale_leave(struct number_locale *locale);

#endif
