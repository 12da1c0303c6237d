// SPDX-License-Identifier: MIT
/*
 * private-memory.h - memory of the process's own, for what is needed as long as it runs.
 *
 * It is never given back. A forked child has a copy of all of it. No lock, no libc: safe in signal
 * handlers.
 */
#ifndef SONDE_RECORD_PRIVATE_MEMORY_H
#define SONDE_RECORD_PRIVATE_MEMORY_H

#include "base/compiler.h"

#include <stddef.h>

enum { PRIVATE_SIZE_MAX = 64 * 1024 };

/* Zeroed memory of at most PRIVATE_SIZE_MAX bytes, aligned to 16. NULL: there is none. */
void *private_take(size_t size) HIDDEN;

/*
 * To be called before the process forbids itself system calls: takes memory ahead. After
 * private_seal() the kernel is asked for no more; there is what there is.
 */
void private_prepare(void) HIDDEN;
void private_seal(void) HIDDEN;

#endif
