// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/startup.h"

#include "base/compiler.h"
#include "base/raw.h"
#include "base/text.h"

#include <elf.h>
#include <stddef.h>

enum { AUXV_ENTRIES = 64 };

/* Where the initial stack begins: argc, then argv, the environment and the auxiliary vector. */
extern void *__libc_stack_end;

extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden")));

static KEPT struct link_map *last_object;

/* What the first objects that were searched say of themselves: all functions of libc are looked up in the same few. */
enum { KNOWN_OBJECTS = 8 };

static KEPT struct known_object {
	struct link_map *object; /* NULL: none yet; not the address of one: it is being written */
	struct elf_object elf;
} known_objects[KNOWN_OBJECTS];

/* The loader puts the address here when it prepares us. */
static const volatile void *const volatile own_address = &own_address;

bool startup_is_relocated(void)
{
	return own_address == &own_address;
}

/* Where the loader lies; 0: not known. */
static uintptr_t find_loader(void)
{
	ElfW(auxv_t) entries[AUXV_ENTRIES];
	int fd = raw_open("/proc/self/auxv", O_RDONLY | O_CLOEXEC, 0);
	long size = fd < 0 ? fd : raw_pread(fd, entries, sizeof(entries), 0);

	if (fd >= 0)
		raw_close(fd);
	for (long i = 0; i < size / (long)sizeof(entries[0]); i++)
		if (entries[i].a_type == AT_BASE)
			return entries[i].a_un.a_val;
	return 0;
}

/* _r_debug of the loader, found without its help. */
static const struct r_debug *find_debug(void)
{
	uintptr_t base = find_loader();
	const ElfW(Ehdr) *header = (const void *)base;
	const ElfW(Phdr) *program = base ? (const void *)(base + header->e_phoff) : NULL;
	struct elf_object elf;

	for (int i = 0; base && i < header->e_phnum; i++)
		if (program[i].p_type == PT_DYNAMIC &&
		    elf_object_init(&elf, base, (const void *)(base + program[i].p_vaddr)))
			return elf_object_find(&elf, "_r_debug", elf_name_hash("_r_debug"));
	return NULL;
}

static struct link_map *first_object(void)
{
	if (startup_is_relocated())
		return _r_debug.r_map;
	const struct r_debug *debug = find_debug();

	return debug ? debug->r_map : NULL;
}

char *const *startup_arguments(void)
{
	return (char *const *)__libc_stack_end + 1;
}

char *const *startup_environment(void)
{
	long n_arguments = *(long *)__libc_stack_end;

	return startup_arguments() + n_arguments + 1;
}

/* An entry of the auxiliary vector; 0: it has none of this type. */
static uint64_t find_auxiliary(uint64_t type)
{
	char *const *environment = startup_environment();

	while (*environment)
		environment++;
	for (const ElfW(auxv_t) *entry = (const ElfW(auxv_t) *)(environment + 1);
	     entry->a_type != AT_NULL; entry++)
		if (entry->a_type == type)
			return entry->a_un.a_val;
	return 0;
}

const char *startup_executable(void)
{
	return (const char *)find_auxiliary(AT_EXECFN);
}

bool startup_is_privileged(void)
{
	return find_auxiliary(AT_SECURE) != 0;
}

struct link_map *startup_own_object(void)
{
	struct link_map *object = first_object();

	while (object && object->l_ld != _DYNAMIC)
		object = object->l_next;
	return object;
}

void startup_seal_objects(void)
{
	struct link_map *object = first_object();

	while (object && object->l_next)
		object = object->l_next;
	last_object = object;
}

struct link_map *startup_next_object(struct link_map *object)
{
	if (!object)
		return first_object();
	return object == last_object ? NULL : object->l_next;
}

/* Keeps it for the next time, if there is room. Objects of the start stay: their addresses are not used again. */
static void keep_elf(struct link_map *object, const struct elf_object *elf)
{
	struct link_map *being_written = (struct link_map *)known_objects;

	for (int i = 0; i < KNOWN_OBJECTS; i++) {
		struct known_object *known = &known_objects[i];
		struct link_map *none = NULL;

		if (!__atomic_compare_exchange_n(&known->object, &none, being_written, false, __ATOMIC_RELAXED,
						 __ATOMIC_RELAXED))
			continue;
		known->elf = *elf;
		/* Release: who finds the object finds what it says. */
		__atomic_store_n(&known->object, object, __ATOMIC_RELEASE);
		return;
	}
}

static bool find_elf(struct link_map *object, struct elf_object *ret_elf)
{
	for (int i = 0; i < KNOWN_OBJECTS; i++)
		if (__atomic_load_n(&known_objects[i].object, __ATOMIC_ACQUIRE) == object) {
			*ret_elf = known_objects[i].elf;
			return true;
		}
	if (!elf_object_init(ret_elf, object->l_addr, object->l_ld))
		return false;
	if (last_object)
		keep_elf(object, ret_elf);
	return true;
}

/* Not kept: the room is for objects behind ours, in which libc's functions are looked up. */
bool startup_object_defines(const struct link_map *object, const char *name)
{
	struct elf_object elf;

	return elf_object_init(&elf, object->l_addr, object->l_ld) &&
	       elf_object_find(&elf, name, elf_name_hash(name));
}

void *startup_find_symbol(struct link_map *object, const char *name, struct link_map **ret_owner)
{
	uint32_t hash = elf_name_hash(name);

	while ((object = startup_next_object(object))) {
		struct elf_object elf;
		void *address = NULL;

		if (find_elf(object, &elf))
			address = elf_object_find(&elf, name, hash);
		if (!address)
			continue;
		if (ret_owner)
			*ret_owner = object;
		return address;
	}
	return NULL;
}

static bool has_object(const char *name)
{
	struct link_map *object = NULL;

	while ((object = startup_next_object(object)))
		if (object->l_name && text_starts_with(text_file_name(object->l_name), name))
			return true;
	return false;
}

bool startup_is_simulated(void)
{
	enum { UNKNOWN, NO, YES };
	static KEPT uint8_t answer;

	if (unlikely(answer == UNKNOWN))
		answer = has_object("vgpreload_core") ? YES : NO;
	return answer == YES;
}
