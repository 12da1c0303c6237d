// SPDX-License-Identifier: MIT
/*
 * code-object.h - which object in memory an address of code belongs to.
 *
 * glibc has the answer since 2.35, for its own unwinder: a lookup without a lock that may be made in a signal handler and
 * while another thread is in dlopen() (dl_iterate_phdr() would wait for it, holding a lock that the program knows
 * nothing of). Without that function nothing is known.
 */
#ifndef SONDE_RECORD_CODE_OBJECT_H
#define SONDE_RECORD_CODE_OBJECT_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link_map;

struct code_object {
	uintptr_t start;
	uintptr_t end;
	uintptr_t bias;      /* what was added to the addresses in its file */
	const uint8_t *unwind_header; /* NULL: it has no unwind tables */
	const struct link_map *entry;
	uint64_t mark;       /* tells it from another object that comes to the same place after it */
};

/* Whether objects can be found at all. Looks for glibc's function the first time. */
bool code_object_are_known(void) HIDDEN;

/* False: the address is of no object. */
bool code_object_find(uintptr_t address, struct code_object *ret_object) HIDDEN;

/* The object's build id; NULL: none. Points into the object. */
const uint8_t *code_object_build_id(const struct code_object *object, size_t *ret_size) HIDDEN;

#endif
