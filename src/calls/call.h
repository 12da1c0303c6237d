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

#include "calls/calls.gen.h" /* enum call: CALL_read, ..., CALL_COUNT; SLOT_read, ...; CALLS_HASH */
#include "calls/kinds.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	CALL_NAME_SIZE = 32,
	CALL_GROUP_SIZE = 15,
};

/* Which way a call moves bytes. */
enum call_direction {
	DIRECTION_NONE,
	DIRECTION_IN,  /* to the program */
	DIRECTION_OUT, /* from it */
};

/* Without pointers, so that the dynamic loader has nothing to relocate when a process starts. */
struct call_info {
	char name[CALL_NAME_SIZE];
	char group[CALL_GROUP_SIZE];
	bool is_sampled; /* a fast call: timed one in N unless the configuration says otherwise */
	uint8_t kinds;   /* enum kind_set */
	uint8_t waits;   /* enum wait_class, of a call that is not told apart */
	bool has_object; /* it is about a file or a peer that can be known */
	uint8_t direction; /* enum call_direction */
	uint16_t slot;   /* its first: a thread keeps the figures of each kind of each call in one */
};

/* Rows by enum call, in no particular order. */
extern const struct call_info call_table[CALL_COUNT] __attribute__((visibility("hidden")));

#endif
