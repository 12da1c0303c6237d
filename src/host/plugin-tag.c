// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-tag.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Bytes of the well-formed UTF-8 sequence at this place (Unicode 15, table 3-7); 0: there is none.
 */
static size_t sequence_length(const unsigned char *s)
{
	unsigned char low = 0x80;
	unsigned char high = 0xbf;
	size_t len = s[0] < 0x80   ? 1
		     : s[0] < 0xc2 ? 0
		     : s[0] < 0xe0 ? 2
		     : s[0] < 0xf0 ? 3
		     : s[0] < 0xf5 ? 4
				   : 0;

	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i < len; i++) {
		if (s[i] < low || s[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return len;
}

/* Writes a string as UTF-8; returns the place behind its NUL. */
static char *place_string(char *place, const char *string)
{
	while (*string) {
		size_t len = sequence_length((const unsigned char *)string);

		if (len == 0) {
			place = stpcpy(place, REPLACEMENT);
			string++;
			continue;
		}
		place = mempcpy(place, string, len);
		string += len;
	}
	*place = '\0';
	return place + 1;
}

struct tag *plugin_tags_copy(const struct tag *tags, size_t n_tags)
{
	size_t size = (n_tags + 1) * sizeof(*tags);

	for (size_t i = 0; i < n_tags; i++)
		size += strlen(REPLACEMENT) * (strlen(tags[i].key) + strlen(tags[i].value)) + 2;
	struct tag *copy = malloc(size);

	if (!copy)
		return NULL;
	char *place = (char *)&copy[n_tags + 1];

	for (size_t i = 0; i < n_tags; i++) {
		copy[i].key = place;
		place = place_string(place, tags[i].key);
		copy[i].value = place;
		place = place_string(place, tags[i].value);
	}
	return copy;
}
