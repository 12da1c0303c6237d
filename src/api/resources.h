// SPDX-License-Identifier: MIT
/*
 * resources.h - what the questions about resources, and the thread that watches them, share.
 */
#ifndef SONDE_API_RESOURCES_H
#define SONDE_API_RESOURCES_H

#include "base/compiler.h"
#include "resources/machine.h"

/* The machine that we are on. */
extern const struct machine this_machine HIDDEN;

/* Looks at the processors, unless that was done before. The lock is held. */
void resources_begin_cpu(void) HIDDEN;

/* What was seen of the parent process means nothing. */
void resources_after_fork(void) HIDDEN;

#endif
