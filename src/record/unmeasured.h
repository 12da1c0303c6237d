// SPDX-License-Identifier: MIT
/*
 * unmeasured.h - blocks of memory whose size the allocator could not tell when they came to be.
 *
 * tcmalloc's malloc_usable_size() says 0 of every block until tcmalloc's constructor has run, which may be after those of
 * all other libraries; from then on it tells the size of these blocks, too. So that as much goes as came, such a block
 * counts with what was requested, whatever the allocator says when it is freed.
 */
#ifndef SONDE_RECORD_UNMEASURED_H
#define SONDE_RECORD_UNMEASURED_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stddef.h>

/* There is such a block, or was. */
extern bool unmeasured_has_any HIDDEN;

/* A block that came to be. False: there is no room to remember it; then it does not count, either. */
bool unmeasured_add(const void *block, size_t requested) HIDDEN;

/* A block that is about to go; not NULL. False: it is none of them. */
bool unmeasured_take(const void *block, size_t *ret_requested) HIDDEN;

#endif
