// SPDX-License-Identifier: MIT
/*
 * call.h - the call table as C: one row for each libc function that is intercepted.
 *
 * The rows stand in src/calls/NAME.calls, and nowhere else; the generator turns them into enum call, this
 * table, the wrappers, the list of symbols to resolve, the linker's version script and a conformance
 * test. A call is named by its plain POSIX name: open64 and __open_2 are both CALL_open.
 */
#ifndef SONDE_CALLS_CALL_H
#define SONDE_CALLS_CALL_H

#include "calls/calls.gen.h" /* enum call: CALL_read, ..., CALL_COUNT; CALLS_HASH */

#include <stdbool.h>

struct call_info {
	const char *name;
	const char *group;
	const char *symbols; /* all names under which libc exports it, separated by spaces */
	const char *fails;   /* C expression that is true of a failure, or "" */
	bool is_sampled;     /* a fast call: timed one in N unless the configuration says otherwise */
};

/* Rows by enum call, in no particular order. */
extern const struct call_info call_table[CALL_COUNT] __attribute__((visibility("hidden")));

#endif
