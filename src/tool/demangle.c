// SPDX-License-Identifier: MIT
/*
 * The C++ library has the function. It is not linked: where C++ programs run it is there, and where it is not, nobody needs it.
 */
#include "config.h"

#include "tool/demangle.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

typedef char *demangle_function(const char *name, char *buf, size_t *size, int *ret_status);

static demangle_function *find_function(void)
{
	static const char *const libraries[] = {"libstdc++.so.6", "libc++abi.so.1"};
	static demangle_function *function;
	static int has_looked;

	for (size_t i = 0; !has_looked && !function && i < sizeof(libraries) / sizeof(libraries[0]); i++) {
		void *library = dlopen(libraries[i], RTLD_NOW | RTLD_LOCAL);

		if (library)
			function = (demangle_function *)dlsym(library, "__cxa_demangle");
	}
	has_looked = 1;
	return function;
}

char *demangle(const char *name)
{
	demangle_function *function = strncmp(name, "_Z", 2) == 0 ? find_function() : NULL;
	int status;
	char *written = function ? function(name, NULL, NULL, &status) : NULL;

	return written ? written : strdup(name);
}
