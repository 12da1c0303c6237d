// SPDX-License-Identifier: MIT
/*
 * pattern.h - names that a person writes as a pattern of a shell.
 */
#ifndef SONDE_MODEL_PATTERN_H
#define SONDE_MODEL_PATTERN_H

#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

/* A name is always like itself, also "test_read[big]", which as a pattern would mean something else. */
static inline bool pattern_has(const char *pattern, const char *name)
{
	return strcmp(pattern, name) == 0 || fnmatch(pattern, name, 0) == 0;
}

/* Whether a program is meant: by its file name or, where the pattern has a slash, by the path that is shown of it. */
static inline bool pattern_has_program(const char *pattern, const char *path)
{
	const char *slash = strchr(pattern, '/') ? NULL : strrchr(path, '/');

	return pattern_has(pattern, slash ? slash + 1 : path);
}

/* The pattern that means this name only; to be freed. NULL: no memory. */
char *pattern_of_name(const char *name);

#endif
