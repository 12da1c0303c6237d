// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-tag.h"

#include <stdlib.h>
#include <string.h>

#include "format/utf8.h"

/* Writes a string as UTF-8; returns the place behind its NUL. */
static char *place_string(char *place, const char *string)
{
	while (*string) {
		size_t len = utf8_length(string);

		if (len == 0) {
			place = stpcpy(place, UTF8_REPLACEMENT);
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
		size += strlen(UTF8_REPLACEMENT) * (strlen(tags[i].key) + strlen(tags[i].value)) +
			2;
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
