// SPDX-License-Identifier: MIT
/* What the dynamic loader answers depends on where it was called from; each answer is printed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static void *after_main(void)
{
	return dlsym(RTLD_NEXT, "main");
}

int main(int n_arguments, char **arguments)
{
	/* Found along the RPATH of this program, and nowhere else. */
	void *handle = dlopen("libfound.so", RTLD_NOW);
	int (*found)(void) = handle ? (int (*)(void))dlsym(handle, "found") : NULL;
	size_t (*length)(const char *) = (size_t (*)(const char *))dlsym(RTLD_DEFAULT, "strlen");
	size_t (*next_length)(const char *) = (size_t (*)(const char *))dlsym(RTLD_NEXT, "strlen");
	void *other;

	printf("found: %d\n", found ? found() : -1);
	printf("lengths: %zu %zu\n", length(arguments[0]) - next_length(arguments[0]), strlen("four"));
	printf("a version: %d\n", dlvsym(RTLD_NEXT, "glob", "GLIBC_2.27") == dlsym(RTLD_NEXT, "glob"));
	printf("after main: %d\n", after_main() != NULL);
	other = dlsym(RTLD_DEFAULT, "no_such_name");
	printf("unknown: %d %s\n", other != NULL, dlerror());
	other = dlopen("libmissing.so", RTLD_LAZY);
	printf("missing: %d %s\n", other != NULL, dlerror());
	printf("closed: %d\n", handle ? dlclose(handle) : -1);
	other = dlmopen(LM_ID_NEWLM, "libfound.so", RTLD_NOW);
	found = other ? (int (*)(void))dlsym(other, "found") : NULL;
	printf("elsewhere: %d\n", found ? found() : -1);
	return 0;
}
