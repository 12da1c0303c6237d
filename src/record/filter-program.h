// SPDX-License-Identifier: MIT
/*
 * filter-program.h - what a system call filter does with a call, found out without making the call.
 */
#ifndef SONDE_RECORD_FILTER_PROGRAM_H
#define SONDE_RECORD_FILTER_PROGRAM_H

#include "base/compiler.h"

#include <linux/filter.h>
#include <stdbool.h>

/*
 * Whether a system call may be the end of the process that makes it, with some arguments or from some place. The program can
 * be read. One that is too involved to tell is said to be deadly.
 */
bool filter_program_kills(const struct sock_fprog *program, long number) HIDDEN;

#endif
