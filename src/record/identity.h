// SPDX-License-Identifier: MIT
/*
 * identity.h - what a region says about its process, but for its figures.
 */
#ifndef SONDE_RECORD_IDENTITY_H
#define SONDE_RECORD_IDENTITY_H

#include "record/region.h"
#include "record/session.h"

/*
 * Remembers what the process was started as, for its region and those of its forked children. Asked
 * once, at the start: a program may put other things in place of its arguments and its environment.
 */
void identity_learn(void) __attribute__((visibility("hidden")));

/* The name given to exec, as remembered. */
const char *identity_executable(void) __attribute__((visibility("hidden")));

/* Fills in who the process is: numbers, start, executable, arguments, allocator. */
void identity_fill(struct region_header *region, const struct session_settings *settings)
	__attribute__((visibility("hidden")));

#endif
