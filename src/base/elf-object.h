// SPDX-License-Identifier: MIT
/*
 * elf-object.h - looking symbols up in a loaded object, without the dynamic loader's help.
 *
 * dlsym takes locks and may allocate; this does neither, and is safe in a signal handler, in a vfork
 * child and before libc is ready. It finds what dlvsym would for the default version of a name.
 */
#ifndef SONDE_BASE_ELF_OBJECT_H
#define SONDE_BASE_ELF_OBJECT_H

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

struct elf_object {
	uintptr_t base;
	const ElfW(Sym) *symbols;
	const char *strings;
	const uint32_t *gnu_hash;
	const ElfW(Versym) *versions; /* may be NULL */
};

/* Reads an object's dynamic section. False: it has no GNU hash table to look names up in. */
bool elf_object_init(struct elf_object *object, uintptr_t base, const ElfW(Dyn) *dynamic);

/* The hash of a name for elf_object_find(). */
uint32_t elf_name_hash(const char *name);

/* The address of a defined, global function or object of that name; NULL: not there. */
void *elf_object_find(const struct elf_object *object, const char *name, uint32_t hash);

#endif
