// SPDX-License-Identifier: MIT
/*
 * identity.h - what a region says about its process, but for its figures.
 */
#ifndef SONDE_RECORD_IDENTITY_H
#define SONDE_RECORD_IDENTITY_H

#include "record/inheritance.h"
#include "record/region.h"
#include "record/session.h"

/* Fills in who the process is: numbers, start, program. NULL: the process began with an exec. */
void identity_fill(struct region_header *region, const struct parentage *parent,
		   struct session_settings *settings) __attribute__((visibility("hidden")));

/* The name given to exec; "" when it is not known. */
const char *identity_executable(void) __attribute__((visibility("hidden")));

#endif
