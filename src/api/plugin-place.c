// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/plugin-place.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* Where libtool has left a library that was not installed, .libs, its plugins are in
 * ../plugins/.libs. */
static char *path_in_build_tree(void)
{
	char library[PATH_MAX];
	Dl_info info;
	char *path;

	if (!dladdr((const void *)plugin_place, &info) || !realpath(info.dli_fname, library))
		return NULL;
	*strrchr(library, '/') = '\0';
	if (asprintf(&path, "%s/../plugins/.libs", library) < 0)
		return NULL;
	if (strcmp(strrchr(library, '/'), "/.libs") == 0 && access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static char *find(void)
{
	const char *given = getauxval(AT_SECURE) ? NULL : getenv("SONDE_PLUGIN_PATH");
	char *path;

	/* A path that depends on where we happen to be is none. */
	if (given && *given == '/')
		return strdup(given);
	path = path_in_build_tree();
	return path ? path : strdup(PKGLIBDIR "/plugins");
}

const char *plugin_place(void)
{
	static char *path;

	if (!path)
		path = find();
	return path;
}
