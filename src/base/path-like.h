// SPDX-License-Identifier: MIT
/*
 * path-like.h - which tags have as many values as there are files, addresses or requests.
 *
 * Their sets of tags are limited more tightly than others. A value that is an absolute path, or an
 * URL, is one by itself; what else a value is does not show, so the last word of the key tells: one
 * of those that people call files, peers and their like by.
 */
#ifndef SONDE_BASE_PATH_LIKE_H
#define SONDE_BASE_PATH_LIKE_H

#include <stdbool.h>
#include <stddef.h>

static inline bool path_like_ends_word(char c)
{
	return c == '.' || c == '_' || c == '-' || c == '/';
}

static inline bool path_like_is_word(const char *text, size_t length, const char *word)
{
	size_t i = 0;

	while (i < length && word[i] && (text[i] | 0x20) == word[i])
		i++;
	return i == length && !word[i];
}

static inline bool path_like_key(const char *key, size_t length)
{
	static const char words[][12] = {
		"path", "file", "filename", "fd", "url", "uri", "addr", "address", "peer", "inode",
	};
	size_t start = length;

	while (start > 0 && !path_like_ends_word(key[start - 1]))
		start--;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (path_like_is_word(key + start, length - start, words[i]))
			return true;
	return false;
}

static inline bool path_like_value(const char *value, size_t length)
{
	if (length && value[0] == '/')
		return true;
	for (size_t i = 0; i + 3 <= length; i++)
		if (value[i] == ':' && value[i + 1] == '/' && value[i + 2] == '/')
			return true;
	return false;
}

#endif
