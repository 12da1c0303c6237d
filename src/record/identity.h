// SPDX-License-Identifier: MIT
/*
 * identity.h - what a region says about its process, but for its figures.
 */
#ifndef SONDE_RECORD_IDENTITY_H
#define SONDE_RECORD_IDENTITY_H

#include "record/region.h"
#include "record/session.h"

/*
 * Fills in who the process is: numbers, start, executable, arguments, allocator. A forked child has most of
 * it from the region of its parent; NULL: the process began with an exec, and is asked at its start, for a
 * program may later put other things in place of its arguments.
 */
void identity_fill(struct region_header *region, const struct region_header *parent,
		   struct session_settings *settings) __attribute__((visibility("hidden")));

/* The name given to exec, for a process whose region could not be made; "" when it is not known. */
const char *identity_executable(const struct region_header *parent)
	__attribute__((visibility("hidden")));

#endif
