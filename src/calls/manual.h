// SPDX-License-Identifier: MIT
/*
 * manual.h - what people want to know of a call, from the same rows as the call table.
 *
 * Apart from it, because the preload needs none of this.
 */
#ifndef SONDE_CALLS_MANUAL_H
#define SONDE_CALLS_MANUAL_H

#include "calls/call.h"

struct call_manual {
	const char *symbols; /* all names under which libc exports it, separated by spaces */
	const char *fails;   /* C expression that is true of a failure, or "" */
};

/* Rows by enum call. */
extern const struct call_manual call_manual[CALL_COUNT] __attribute__((visibility("hidden")));

#endif
