// SPDX-License-Identifier: MIT
/*
 * connection.h - connections that are under way.
 *
 * connect() leaves one behind on a socket that does not block, or when a signal interrupts it. Whether it was made is
 * told later: by bytes that are moved through it, by getsockopt(SO_ERROR) or getpeername(), or by connect() itself when it is
 * called again. Until then a byte for each descriptor says so. Whoever finds that out first, in whichever thread, changes
 * the byte, and so each connection is counted once.
 *
 * The bytes lie in memory that is wiped at fork: what is under way is its parent's to count. Nothing is known of it by
 * another number (dup()), which stands for the same peer, but not for a connection that somebody waits for.
 *
 * Safe in signal handlers and vfork children; errno is left alone.
 */
#ifndef SONDE_RECORD_CONNECTION_H
#define SONDE_RECORD_CONNECTION_H

#include "record/process.h"

enum connection {
	CONNECTION_NONE = 0, /* or one that connect() has made */
	CONNECTION_UNDER_WAY,
	CONNECTION_MADE, /* but connect() has not been asked since, and may say so once more */
};

/* It is under way. */
void connection_begin(int fd) HIDDEN;

/* It was made, without a word from connect(). True: it was under way, and is the caller's to count. */
bool connection_make(int fd) HIDDEN;

/* Nothing is under way any more. What there was. */
enum connection connection_end(int fd) HIDDEN;

static inline bool connection_is_under_way(int fd)
{
	return unlikely(process.has_connections) && (unsigned int)fd < CONNECTIONS &&
	       __atomic_load_n(&process.connections[fd], __ATOMIC_SEQ_CST) == CONNECTION_UNDER_WAY;
}

/* The descriptor is another, or is to be closed. */
static inline void connection_forget(int fd)
{
	if (unlikely(process.has_connections) && (unsigned int)fd < CONNECTIONS)
		__atomic_store_n(&process.connections[fd], CONNECTION_NONE, __ATOMIC_RELAXED);
}

#endif
