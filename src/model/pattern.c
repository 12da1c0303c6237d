// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/pattern.h"

#include <stdlib.h>

enum { ESCAPED_LENGTH = 3 };

char *pattern_of_name(const char *name)
{
	char *pattern = malloc(ESCAPED_LENGTH * strlen(name) + 1);
	char *place = pattern;

	if (!pattern)
		return NULL;
	for (; *name; name++)
		if (*name == '\\') {
			place = stpcpy(place, "\\\\");
		} else if (strchr("[*?", *name)) {
			*place++ = '[';
			*place++ = *name;
			*place++ = ']';
		} else {
			*place++ = *name;
		}
	*place = '\0';
	return pattern;
}
