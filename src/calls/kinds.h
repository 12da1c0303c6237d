// SPDX-License-Identifier: MIT
/*
 * kinds.h - what makes two calls of one function different things, and what a call may wait for.
 *
 * A call that is told apart has figures of its own for each kind: a read from a file and one from a
 * socket, a lock that was free and one that was held. Which set of kinds a call has says its row in the
 * call table; which kind a single call is of is known when it is made.
 */
#ifndef SONDE_CALLS_KINDS_H
#define SONDE_CALLS_KINDS_H

enum kind_set {
	KINDS_NONE,       /* not told apart: one kind, without a name */
	KINDS_DESCRIPTOR, /* by what the descriptor is: enum descriptor_kind */
	KINDS_LOCK,       /* by whether the lock was to be had: enum lock_kind */
	KIND_SETS,
};

enum descriptor_kind {
	DESCRIPTOR_UNKNOWN,
	DESCRIPTOR_FILE,
	DESCRIPTOR_SOCKET,
	DESCRIPTOR_PIPE,
	DESCRIPTOR_TERMINAL,
	DESCRIPTOR_DEVICE,
	DESCRIPTOR_OTHER, /* eventfd, epoll, timerfd, signalfd, inotify, directories, ... */
	DESCRIPTOR_KINDS,
};

enum lock_kind {
	LOCK_FREE,
	LOCK_CONTENDED,
	LOCK_KINDS,
};

/* What the time of a call is spent on when it is not spent working. */
enum wait_class {
	WAIT_NONE,
	WAIT_IO,
	WAIT_NETWORK,
	WAIT_LOCK,   /* locks, conditions, other threads */
	WAIT_SLEEP,
	WAIT_CHILD,
	WAIT_EVENTS, /* whichever comes first: poll, epoll, signals */
	WAIT_CLASSES,
};

enum { KIND_NAME_SIZE = 12 };

/* "file", "socket", "contended", ...; "" for the kind that needs no name. */
const char *kind_name(enum kind_set set, unsigned int kind) __attribute__((visibility("hidden")));

/* How many kinds a set has; 1 for KINDS_NONE. */
unsigned int kind_count(enum kind_set set) __attribute__((visibility("hidden")));

/* What a call of this kind waits for, when its row says `row_waits`. */
enum wait_class kind_waits(enum kind_set set, unsigned int kind, enum wait_class row_waits)
	__attribute__((visibility("hidden")));

#endif
