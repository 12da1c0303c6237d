// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/plugin-path.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Next to a program that was not installed, libtool leaves its plugins in plugins/.libs. */
static char *path_in_build_tree(void)
{
	char program[PATH_MAX];
	char *path;
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (len <= 0)
		return NULL;
	program[len] = '\0';
	*strrchr(program, '/') = '\0';
	if (asprintf(&path, "%s/plugins/.libs", program) < 0)
		return NULL;
	if (access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static char *find(void)
{
	const char *given = getenv("SONDE_PLUGIN_PATH");
	char *path;

	/* A path that depends on where we happen to be is none. */
	if (given && *given == '/')
		return strdup(given);
	path = path_in_build_tree();
	return path ? path : strdup(PKGLIBDIR "/plugins");
}

const char *plugin_path(void)
{
	static char *path;

	if (!path)
		path = find();
	return path;
}
