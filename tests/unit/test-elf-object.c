// SPDX-License-Identifier: MIT
/* What is found in libc has to be what the dynamic loader finds there. */
#include "config.h"

#include "base/elf-object.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static struct elf_object libc_object(void)
{
	struct elf_object object;
	struct link_map *map = _r_debug.r_map;

	while (map && !strstr(map->l_name, "/libc.so.6"))
		map = map->l_next;
	if (!map || !elf_object_init(&object, map->l_addr, map->l_ld))
		abort();
	return object;
}

static void *find(const char *name)
{
	struct elf_object libc = libc_object();

	return elf_object_find(&libc, name, elf_name_hash(name));
}

static void a_plain_name_finds_the_default_version(void)
{
	static const char *const names[] = {"read", "malloc", "glob", "quick_exit", "strlen"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CU_ASSERT_PTR_EQUAL(find(names[i]), dlsym(RTLD_DEFAULT, names[i]));
}

#if defined(__x86_64__)
#define OLDER "GLIBC_2.2.5"
#else
#define OLDER "GLIBC_2.17"
#endif

static void a_name_with_a_version_finds_that_version(void)
{
	void *older = dlvsym(RTLD_DEFAULT, "glob", OLDER);

	CU_ASSERT_PTR_NOT_NULL(older);
	CU_ASSERT_PTR_NOT_EQUAL(older, dlsym(RTLD_DEFAULT, "glob"));
	CU_ASSERT_PTR_EQUAL(find("glob@" OLDER), older);
	CU_ASSERT_PTR_EQUAL(find("glob@GLIBC_2.27"), dlsym(RTLD_DEFAULT, "glob"));
	CU_ASSERT_PTR_EQUAL(find("read@" OLDER), dlsym(RTLD_DEFAULT, "read"));
}

static void what_is_not_there_is_not_found(void)
{
	CU_ASSERT_PTR_NULL(find("globs"));
	CU_ASSERT_PTR_NULL(find("glo"));
	CU_ASSERT_PTR_NULL(find("glob@GLIBC_2.26"));
	CU_ASSERT_PTR_NULL(find("glob@"));
	CU_ASSERT_PTR_NULL(find(""));
}

UNIT_MAIN("elf object",
	  {"a plain name finds the default version", a_plain_name_finds_the_default_version},
	  {"a name with a version finds that version", a_name_with_a_version_finds_that_version},
	  {"what is not there is not found", what_is_not_there_is_not_found})
