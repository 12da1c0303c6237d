// SPDX-License-Identifier: MIT
/*
 * elf-object.h - looking symbols up in a loaded object, without the dynamic loader's help.
 *
 * dlsym takes locks and may allocate; this does neither, and is safe in a signal handler, in a vfork
 * child and before libc is ready. It finds what dlvsym would, and chooses among versions as the loader does.
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
	const ElfW(Versym) *versions;    /* may be NULL */
	const ElfW(Verdef) *definitions; /* of the versions; may be NULL */
};

/* Reads an object's dynamic section. False: it has no GNU hash table to look names up in. */
bool elf_object_init(struct elf_object *object, uintptr_t base, const ElfW(Dyn) *dynamic);

/*
 * Names are written as "glob", which is the default version of glob, or "glob@GLIBC_2.2.5". The hash of one
 * for elf_object_find():
 */
uint32_t elf_name_hash(const char *name);

/*
 * The address of a defined, global function or object of that name; NULL: not there. A symbol that its
 * object exports without a version stands for all versions.
 */
void *elf_object_find(const struct elf_object *object, const char *name, uint32_t hash);

#endif
