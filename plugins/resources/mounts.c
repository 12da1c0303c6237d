// SPDX-License-Identifier: MIT
#include "resources/mounts.h"

#include <string.h>

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Copies the next word, "\040" and the like as what they stand for. False: none, or too long. */
static bool take_word(const char **place, char *buf, size_t size)
{
	const char *c = *place + strspn(*place, " ");
	size_t len = 0;

	while (*c && *c != ' ' && *c != '\n') {
		if (len + 1 >= size)
			return false;
		if (c[0] == '\\' && is_octal(c[1]) && is_octal(c[2]) && is_octal(c[3])) {
			buf[len++] = (char)((c[1] - '0') * 64 + (c[2] - '0') * 8 + (c[3] - '0'));
			c += 4;
		} else {
			buf[len++] = *c++;
		}
	}
	buf[len] = '\0';
	*place = c;
	return len > 0;
}

/* Optional fields come before a dash, which stands alone. */
static bool skip_to_dash(const char **place)
{
	char word[128];

	do {
		if (!take_word(place, word, sizeof(word)))
			return false;
	} while (strcmp(word, "-") != 0);
	return true;
}

bool mount_parse(const char *line, struct mount *ret_mount)
{
	const char *place = line;

	return skip_words(&place, 3) && take_word(&place, ret_mount->root, PATH_ROOM) &&
	       take_word(&place, ret_mount->point, PATH_ROOM) &&
	       take_word(&place, ret_mount->options, sizeof(ret_mount->options)) &&
	       skip_to_dash(&place) &&
	       take_word(&place, ret_mount->type, sizeof(ret_mount->type)) &&
	       take_word(&place, ret_mount->device, sizeof(ret_mount->device)) &&
	       take_word(&place, ret_mount->super_options, sizeof(ret_mount->super_options));
}

bool mount_has_option(const char *options, const char *option)
{
	size_t len = strlen(option);

	for (const char *word = options; word; word = strchr(word, ',')) {
		word += *word == ',';
		if (strncmp(word, option, len) == 0 && (!word[len] || word[len] == ','))
			return true;
	}
	return false;
}
