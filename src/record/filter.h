// SPDX-License-Identifier: MIT
/*
 * filter.h - whether a system call filter may have answered in the kernel's place.
 *
 * What a program hands to a system call may lead nowhere, and we may touch it only where the kernel has: its answer tells,
 * unless it is a filter's. A filter that was there before the program can answer anything. One that the program makes is
 * read while it is made: it can give the answers that it names.
 *
 * Filters that are made by an instruction of the program's own, without libc, are not seen, nor is what a handler of
 * SIGSYS, a tracer or a supervisor puts in the place of an answer, unless it was granted by a filter that is seen.
 */
#ifndef SONDE_RECORD_FILTER_H
#define SONDE_RECORD_FILTER_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sock_fprog;

/* What we do beside the program's own calls, and what a filter that we have read may forbid. */
enum filter_use {
	FILTER_MEMORY,    /* to ask whether memory can be read: base/readable.h */
	FILTER_HOLD,      /* to have signals wait: base/signals.h */
	FILTER_NUMBER,    /* to ask for the process's number */
	FILTER_ARRIVAL,   /* to be in a program that is executed under it */
	FILTER_DEPARTURE, /* to look at a program before it is executed, */
	FILTER_CHANGE,    /* and to change its environment */
	FILTER_USES,
};

/*
 * The process is about to ask for a filter. NULL: for the strict mode, which answers nothing. To be called before the
 * first filter forbids to ask the kernel. That it is not granted in the end does no harm.
 */
void filter_expect(const struct sock_fprog *program) HIDDEN;

/* Whether a filter of the process's own making may be the end of who does that. */
bool filter_forbids(enum filter_use use) HIDDEN;

/* Whether a call may have ended so without a look at what it was given: with 0, or with an errno. */
bool filter_may_answer(int code) HIDDEN;

/* The same of a call that has succeeded, with that result: most filters can grant nothing but 0. */
bool filter_may_grant(uint64_t result) HIDDEN;

/*
 * Whether memory that a call was given may be read, after the call ended with 0: it was the kernel that granted it, or
 * the kernel says so now.
 */
bool filter_lets_read(const void *start, size_t size) HIDDEN;

#endif
