// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/json-text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "format/utf8.h"

json_t *count_to_json(uint64_t count)
{
	return json_integer(count > INT64_MAX ? INT64_MAX : (json_int_t)count);
}

/* The greatest number of 15 digits that a double is. */
#define GREATEST 1.79769313486231e308

json_t *real_to_json(double number)
{
	if (number > GREATEST)
		return json_real(GREATEST);
	return json_real(number < -GREATEST ? -GREATEST : number);
}

/* File names and arguments are bytes; what is not UTF-8 in them becomes U+FFFD. */
static json_t *replace_invalid(const char *text)
{
	char *replaced = malloc(3 * strlen(text) + 1);
	char *end = replaced;
	json_t *string;

	if (!replaced)
		return NULL;
	while (*text) {
		size_t length = utf8_length(text);

		end = mempcpy(end, length ? text : UTF8_REPLACEMENT, length ? length : 3);
		text += length ? length : 1;
	}
	string = json_stringn(replaced, (size_t)(end - replaced));
	free(replaced);
	return string;
}

json_t *text_to_json(const char *text)
{
	if (!text)
		return json_null();
	json_t *string = json_string(text);

	return string ? string : replace_invalid(text);
}

bool instant_text(int64_t ns, char ret_text[INSTANT_SIZE])
{
	time_t seconds = ns / 1000000000;
	long rest = ns % 1000000000;
	struct tm tm;
	size_t length;

	if (rest < 0) {
		rest += 1000000000;
		seconds--;
	}
	if (!gmtime_r(&seconds, &tm))
		return false;
	length = strftime(ret_text, INSTANT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(ret_text + length, INSTANT_SIZE - length, ".%09ldZ", rest);
	return true;
}

json_t *instant_to_json(int64_t ns)
{
	char text[INSTANT_SIZE];

	return instant_text(ns, text) ? json_string(text) : json_null();
}
