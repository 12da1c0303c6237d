// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/startup.h"

#include "base/compiler.h"

#include <elf.h>
#include <stddef.h>

/* Where the initial stack begins: argc, then argv, the environment and the auxiliary vector. */
extern void *__libc_stack_end;

extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden")));

static KEPT struct link_map *last_object;

char *const *startup_arguments(void)
{
	return (char *const *)__libc_stack_end + 1;
}

char *const *startup_environment(void)
{
	long n_arguments = *(long *)__libc_stack_end;

	return startup_arguments() + n_arguments + 1;
}

const char *startup_executable(void)
{
	char *const *environment = startup_environment();

	while (*environment)
		environment++;
	for (const ElfW(auxv_t) *entry = (const ElfW(auxv_t) *)(environment + 1);
	     entry->a_type != AT_NULL; entry++)
		if (entry->a_type == AT_EXECFN)
			return (const char *)entry->a_un.a_val;
	return NULL;
}

struct link_map *startup_own_object(void)
{
	struct link_map *object = _r_debug.r_map;

	while (object && object->l_ld != _DYNAMIC)
		object = object->l_next;
	return object;
}

void startup_seal_objects(void)
{
	struct link_map *object = _r_debug.r_map;

	while (object && object->l_next)
		object = object->l_next;
	last_object = object;
}

struct link_map *startup_next_object(struct link_map *object)
{
	if (!object)
		return _r_debug.r_map;
	return object == last_object ? NULL : object->l_next;
}

void *startup_find_symbol(struct link_map *object, const char *name, struct link_map **ret_owner)
{
	uint32_t hash = elf_name_hash(name);

	while ((object = startup_next_object(object))) {
		struct elf_object elf;
		void *address = NULL;

		if (elf_object_init(&elf, object->l_addr, object->l_ld))
			address = elf_object_find(&elf, name, hash);
		if (!address)
			continue;
		if (ret_owner)
			*ret_owner = object;
		return address;
	}
	return NULL;
}
