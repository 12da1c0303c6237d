// SPDX-License-Identifier: MIT
/*
 * limits.h - the resource limits of the command, which need not be ours.
 *
 * sonde opens a few files and maps some of them; a user who wants to see how a command does with
 * few descriptors or small files does not mean us. So the soft limits are raised here as far as
 * they may be, and put back in the command before it begins.
 */
#ifndef SONDE_TOOL_LIMITS_H
#define SONDE_TOOL_LIMITS_H

#include <sys/resource.h>

enum { LIMITS_DESCRIPTORS = 16 }; /* what sonde itself needs */

/* As they were. */
struct limits {
	struct rlimit descriptors;
	struct rlimit file_size;
};

void limits_raise(struct limits *ret_limits);

/* Safe between fork and exec. */
void limits_restore(const struct limits *limits);

#endif
