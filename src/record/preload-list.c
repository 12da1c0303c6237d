// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/preload-list.h"

#include "record/sanitizer.h"

size_t preload_element_length(const char *list)
{
	size_t len = 0;

	while (list[len] && list[len] != ':' && list[len] != ' ')
		len++;
	return len;
}

static bool element_is(const char *list, size_t len, const char *path)
{
	return path && text_length(path) == len && text_starts_with(list, path);
}

static bool element_is_runtime(const char *list, size_t len)
{
	size_t start = len;

	while (start > 0 && list[start - 1] != '/')
		start--;
	return sanitizer_is_runtime(list + start);
}

struct place {
	size_t offset; /* in the list, where we are or belong: first, or behind the last runtime */
	size_t len;    /* of the element that is us; 0: none is */
	bool has_runtime;
};

static struct place find_place(const char *list, const struct preload_entry *entry)
{
	struct place place = {0};

	for (size_t i = 0; list[i];) {
		size_t len = preload_element_length(list + i);

		if (element_is(list + i, len, entry->path) ||
		    element_is(list + i, len, entry->other_path)) {
			place.offset = i;
			place.len = len;
			break;
		}
		if (element_is_runtime(list + i, len)) {
			place.offset = i + len;
			place.has_runtime = true;
		}
		i += len + (list[i + len] != '\0');
	}
	return place;
}

void preload_list_join(struct text *text, const char *list, const struct preload_entry *entry)
{
	if (!list)
		list = "";
	struct place place = find_place(list, entry);

	for (size_t i = 0; i < place.offset; i++)
		text_add_char(text, list[i]);
	if (!place.len && place.offset)
		text_add_char(text, ':');
	if (!place.has_runtime && entry->runtime && *entry->runtime) {
		text_add(text, entry->runtime);
		text_add_char(text, ' ');
	}
	text_add(text, entry->path);
	list += place.offset + place.len;
	if (!place.len && !place.offset && *list)
		text_add_char(text, ':');
	text_add(text, list);
}

void preload_list_forget_runtime(char *list, const char *path)
{
	while (*list) {
		size_t len = preload_element_length(list);
		char *next = list + len;

		if (*next == ' ' && sanitizer_is_runtime(list) &&
		    element_is(next + 1, preload_element_length(next + 1), path)) {
			for (next++; (*list = *next); list++)
				next++;
			return;
		}
		list = next + (*next != '\0');
	}
}
