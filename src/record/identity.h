// SPDX-License-Identifier: MIT
/*
 * identity.h - what a region says about its process, but for its figures.
 */
#ifndef SONDE_RECORD_IDENTITY_H
#define SONDE_RECORD_IDENTITY_H

#include "record/region.h"
#include "record/session.h"

/*
 * Fills in who the process is: numbers, start, executable, arguments, allocator. A forked child is its
 * parent in all but the numbers, so most is found out once for a program.
 */
void identity_fill(struct region_header *region, const struct session_settings *settings)
	__attribute__((visibility("hidden")));

#endif
