// SPDX-License-Identifier: MIT
/*
 * object.h - what is done to each file, and with each peer.
 *
 *     struct object_cell *object = object_begin(CALL_read, &probe, fd);
 *     ssize_t result = REAL(read)(fd, buf, count);
 *     ...
 *     object_moved(object, &probe, ns, fd, OBJECT_IN, result, OBJECT_AT_END);
 *
 * A thread has a cell for each file or peer that it uses, which it alone writes to. The last cell that was used by
 * way of a descriptor is remembered with the descriptor, so that it is found with two loads as long as one thread uses
 * it; else it is looked up by its name. What is opened is looked up by its path; other calls that are given a path
 * are known by it only when they fail.
 *
 * How many there can be is limited (the session's settings); what is beyond is added up in one cell.
 */
#ifndef SONDE_RECORD_OBJECT_H
#define SONDE_RECORD_OBJECT_H

#include "record/object-name.h"
#include "record/process.h"

#include <stdio.h>

enum { OBJECT_IN, OBJECT_OUT };

#define OBJECT_AT_END (-1) /* the offset of who reads on where the last one stopped */
#define OBJECT_MOVED (UINT64_C(1) << 63)
#define OBJECT_NO_CELL ((struct object_cell *)2) /* of what is neither file nor peer */

/* The cell of what a descriptor stands for. NULL: it is neither, or nothing is recorded, or nothing known. */
struct object_cell *object_find(int fd, bool may_ask) HIDDEN;

void object_add_failure(struct object_cell *cell, const struct probe *probe, int code, uint64_t ns) HIDDEN;

static inline bool object_is_on(enum call call)
{
	return (probe_mode(call) & (MODE_OBJECTS | MODE_OFF)) == MODE_OBJECTS;
}

/* What a search took is not the call's time. */
static inline struct object_cell *object_search(struct probe *probe, int fd, bool may_ask)
{
	struct object_cell *cell = object_find(fd, may_ask);

	if (probe->start_ticks)
		probe->start_ticks = clock_ticks(&recorder_session.settings.clock);
	return cell;
}

/* Before a call that moves bytes and is known by file or peer. */
static inline struct object_cell *object_of(struct probe *probe, int fd)
{
	if (likely((unsigned int)fd < OBJECT_USES)) {
		struct object_cell *cell = __atomic_load_n(&process.uses[fd].cell, __ATOMIC_RELAXED);

		if (cell == OBJECT_NO_CELL)
			return NULL;
		if (likely(cell && cell->owner == (uintptr_t)recorder_thread))
			return cell;
	}
	return object_search(probe, fd, true);
}

static inline struct object_cell *object_begin(enum call call, struct probe *probe, int fd)
{
	return object_is_on(call) ? object_of(probe, fd) : NULL;
}

/* Before another call: what is not known need not be found out. */
static inline struct object_cell *object_known(enum call call, struct probe *probe, int fd)
{
	if (!object_is_on(call))
		return NULL;
	if (likely((unsigned int)fd < OBJECT_USES)) {
		struct object_cell *cell = __atomic_load_n(&process.uses[fd].cell, __ATOMIC_RELAXED);

		if (likely(cell && cell != OBJECT_NO_CELL && cell->owner == (uintptr_t)recorder_thread))
			return cell;
	}
	return object_search(probe, fd, false);
}

static inline void object_count(struct object_calls *calls, const struct probe *probe, uint64_t ns)
{
	owner_add(&calls->count, 1);
	if (probe->start_ticks) {
		owner_add(&calls->timed, 1);
		owner_add(&calls->sum_ns, ns);
	}
}

/* A call that moved nothing has succeeded. */
static inline void object_touched(struct object_cell *cell, const struct probe *probe, uint64_t ns)
{
	if (cell)
		object_count(&cell->others, probe, ns);
}

static inline void object_failed(struct object_cell *cell, const struct probe *probe, int code, uint64_t ns)
{
	if (cell)
		object_add_failure(cell, probe, code, ns);
}

static inline unsigned int object_size_class(uint64_t bytes)
{
	unsigned int n_bits = 64 - (unsigned int)__builtin_clzll(bytes | 1);
	unsigned int class = n_bits < 10 ? 0 : (n_bits - 7) / 3;

	return class < OBJECT_SIZES ? class : OBJECT_SIZES - 1;
}

/*
 * Threads that share a descriptor may see each other's accesses as jumps; that is what they are for the file. False: it may
 * be a connection's that is under way.
 */
static inline bool object_follow(struct object_flow *flow, int fd, uint64_t bytes, int64_t offset)
{
	if (unlikely((unsigned int)fd >= OBJECT_USES))
		return false;
	uint64_t *place = &process.uses[fd].end;
	uint64_t end = __atomic_load_n(place, __ATOMIC_RELAXED);

	if (unlikely(offset == OBJECT_AT_END ? end & OBJECT_MOVED : (end & ~OBJECT_MOVED) != (uint64_t)offset)) {
		if (unlikely(end == OBJECT_UNDER_WAY))
			return false;
		owner_add(&flow->jumps, 1);
	}
	/* Who reads on where the file is does not begin where this one ended. */
	if (offset != OBJECT_AT_END)
		__atomic_store_n(place, ((uint64_t)offset + bytes) | OBJECT_MOVED, __ATOMIC_RELAXED);
	else
		__atomic_store_n(place, (end & ~OBJECT_MOVED) + bytes, __ATOMIC_RELAXED);
	return true;
}

/* The descriptor's connection was made, if it was under way: then that is an open. */
void object_settle(struct object_cell *cell, const struct probe *probe, int fd) HIDDEN;

/* So many bytes were moved, from `offset` of the file on. */
static inline void object_moved(struct object_cell *cell, const struct probe *probe, uint64_t ns, int fd, int way,
				uint64_t bytes, int64_t offset)
{
	if (!cell)
		return;
	struct object_flow *flow = &cell->flows[way];

	owner_add(&flow->sizes[object_size_class(bytes)], 1);
	owner_add(&flow->bytes, bytes);
	if (probe->start_ticks) {
		owner_add(&flow->timed, 1);
		owner_add(&flow->sum_ns, ns);
	}
	if (unlikely(!object_follow(flow, fd, bytes, offset)))
		object_settle(cell, probe, fd);
}

/* The descriptor's next access is at `offset`. */
static inline void object_sought(struct object_cell *cell, int fd, int64_t offset)
{
	if (!cell || (unsigned int)fd >= OBJECT_USES)
		return;
	uint64_t *place = &process.uses[fd].end;

	if ((__atomic_load_n(place, __ATOMIC_RELAXED) & ~OBJECT_MOVED) != (uint64_t)offset)
		__atomic_store_n(place, (uint64_t)offset | OBJECT_MOVED, __ATOMIC_RELAXED);
}

/* -- Streams ---------------------------------------------------------------------------------------- */

/* What a call moved by a stream. */
void object_streamed(enum call call, const FILE *stream, const struct probe *probe, uint64_t ns, int way,
		     uint64_t bytes) HIDDEN;

static inline struct object_cell *object_of_stream(const FILE *stream)
{
	struct probe untimed = {0};

	/* glibc's field: fileno() would look whether the stream is one, and set errno. */
	return likely(stream->_fileno >= 0) ? object_of(&untimed, stream->_fileno) : NULL;
}

/* Those of what a stream's descriptor stands for, if the calling thread was the last to use them. NULL: it was not. */
static inline __attribute__((always_inline)) struct object_streams *object_known_streams(const FILE *stream)
{
	unsigned int fd = (unsigned int)stream->_fileno;

	if (unlikely(fd >= OBJECT_USES))
		return NULL;
	struct object_streams *streams = __atomic_load_n(&process.uses[fd].streams, __ATOMIC_RELAXED);

	return likely(streams && streams->owner == (uintptr_t)recorder_thread) ? streams : NULL;
}

/*
 * The same of a call that was not timed: there are many of them, and most move a few bytes. Where nothing is known by
 * file, no streams are either.
 */
static inline __attribute__((always_inline)) void object_streamed_untimed(enum call call, const FILE *stream, int way,
									  uint64_t bytes)
{
	static const struct probe untimed;
	struct object_streams *streams = object_known_streams(stream);

	if (unlikely(!streams)) {
		object_streamed(call, stream, &untimed, 0, way, bytes);
		return;
	}
	owner_add(&streams->flows[way].count, 1);
	owner_add(&streams->flows[way].bytes, bytes);
}

static inline void object_stream_failed(enum call call, const FILE *stream, const struct probe *probe, uint64_t ns,
					int code)
{
	if (object_is_on(call))
		object_failed(object_of_stream(stream), probe, code, ns);
}

/* The same of a call that was not timed, whose failure has not been counted yet either. */
void object_stream_failed_untimed(enum call call, const FILE *stream, struct call_stats *stats, int code) HIDDEN;

/* -- Paths ------------------------------------------------------------------------------------------ */

void object_add_opened(const struct probe *probe, uint64_t ns, int dirfd, const char *path, int fd) HIDDEN;
void object_add_path_failure(const struct probe *probe, uint64_t ns, int dirfd, const char *path, int code) HIDDEN;

static inline void object_opened(enum call call, const struct probe *probe, uint64_t ns, int dirfd, const char *path,
				 int fd)
{
	if (object_is_on(call))
		object_add_opened(probe, ns, dirfd, path, fd);
}

static inline void object_path_failed(enum call call, const struct probe *probe, uint64_t ns, int dirfd,
				      const char *path, int code)
{
	if (object_is_on(call))
		object_add_path_failure(probe, ns, dirfd, path, code);
}

/* -- Sockets ---------------------------------------------------------------------------------------- */

void object_add_connected(const struct probe *probe, uint64_t ns, int fd, const struct sockaddr *address,
			  socklen_t size, int code) HIDDEN;
void object_add_unbound(const struct probe *probe, uint64_t ns, const struct sockaddr *address, socklen_t size,
			int code) HIDDEN;
/* `has_been_read`: the kernel has read the address, or the message. Else it is asked first. */
struct object_cell *object_find_addressed(struct object_cell *cell, int fd, const struct sockaddr *address,
					  socklen_t size, bool has_been_read) HIDDEN;
struct object_cell *object_find_by_message(struct object_cell *cell, int fd, const struct msghdr *message,
					   bool has_been_read) HIDDEN;

/* Whether it has: it was the kernel that moved so many bytes, or sent so many messages, or that refused to. */
bool object_is_granted(uint64_t result) HIDDEN;
bool object_is_refused(int code) HIDDEN;

/* So many messages were sent at once, each of which may say to whom. */
void object_sent(enum call call, struct object_cell *cell, const struct probe *probe, uint64_t ns, int fd,
		 const struct mmsghdr *messages, unsigned int n) HIDDEN;

/* A call that was to move bytes has failed: so has a connection that was under way, if that was why. */
void object_add_failed_move(struct object_cell *cell, const struct probe *probe, int code, uint64_t ns, int fd) HIDDEN;

static inline void object_not_moved(struct object_cell *cell, const struct probe *probe, int code, uint64_t ns,
				    int fd)
{
	if (cell)
		object_add_failed_move(cell, probe, code, ns, fd);
}

/* What getsockopt(SO_ERROR) has answered is what came of a connection that was under way. */
void object_add_answer(struct object_cell *cell, const struct probe *probe, uint64_t ns, int fd, const int *answer,
		       const socklen_t *size) HIDDEN;

/* `answer` is NULL where something else was asked. */
static inline void object_asked(struct object_cell *cell, const struct probe *probe, uint64_t ns, int fd,
				const int *answer, const socklen_t *size)
{
	if (cell && answer && unlikely(process.has_connections))
		object_add_answer(cell, probe, ns, fd, answer, size);
	else
		object_touched(cell, probe, ns);
}

/* A peer could be named, so it is connected. */
static inline void object_reached(struct object_cell *cell, const struct probe *probe, uint64_t ns, int fd)
{
	object_touched(cell, probe, ns);
	if (cell && unlikely(process.has_connections))
		object_settle(cell, probe, fd);
}

/* `code` is 0, or why it failed: some connections are only under way. */
static inline void object_connected(enum call call, const struct probe *probe, uint64_t ns, int fd,
				    const struct sockaddr *address, socklen_t size, int code)
{
	if (object_is_on(call))
		object_add_connected(probe, ns, fd, address, size, code);
}

/* An address could not be had for a socket. */
static inline void object_unbound(enum call call, const struct probe *probe, uint64_t ns,
				  const struct sockaddr *address, socklen_t size, int code)
{
	if (object_is_on(call))
		object_add_unbound(probe, ns, address, size, code);
}

/* A connection was accepted: what it moves is its listener's, for its peer has another address each time. */
static inline void object_accepted(struct object_cell *cell, const struct probe *probe, uint64_t ns, int listener,
				   int fd)
{
	if (!cell)
		return;
	object_count(&cell->opens, probe, ns);
	object_note(fd, object_noted(listener));
}

/* What a message went to, or did not, which may say so itself. */
static inline struct object_cell *object_addressed(enum call call, struct object_cell *cell, int fd,
						   const struct sockaddr *address, socklen_t size,
						   bool has_been_read)
{
	return address && object_is_on(call) ? object_find_addressed(cell, fd, address, size, has_been_read) : cell;
}

static inline struct object_cell *object_messaged(enum call call, struct object_cell *cell, int fd,
						  const struct msghdr *message, bool has_been_read)
{
	return object_is_on(call) ? object_find_by_message(cell, fd, message, has_been_read) : cell;
}

#endif
