// SPDX-License-Identifier: MIT
/*
 * memory.h - accounting for live memory: how many bytes the process has in blocks of its allocator.
 *
 * Done only where the session asks for it. Exact when no call is under way: each change is one atomic addition
 * to a number that all threads share.
 */
#ifndef SONDE_RECORD_MEMORY_H
#define SONDE_RECORD_MEMORY_H

#include "base/compiler.h"
#include "record/region.h"

#include <stdint.h>

/* Blocks of so many bytes came to be, and others went. */
void memory_account(uint64_t allocated, uint64_t freed) HIDDEN;

/* A new region begins with what is live. */
void memory_inherit(struct region_header *region) HIDDEN;

#endif
