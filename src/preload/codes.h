// SPDX-License-Identifier: MIT
/*
 * codes.h - what the expressions of the call table are made of: whether a call failed, with which
 * code, and how many bytes it moved, where the result alone does not tell.
 */
#ifndef SONDE_PRELOAD_CODES_H
#define SONDE_PRELOAD_CODES_H

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <threads.h>

enum {
	ERRNO_UNTOUCHED = -4096, /* no call sets errno to this */
};

/*
 * Whether a call that came back with EOF or less than was asked for met with an error. The mark of
 * an error stays until the program clears it, so that the end of a file may come with the mark of
 * an old error; a new one does not come with the mark of the end, since a stream whose end was seen
 * is not read again.
 */
static inline bool stream_failed(const FILE *stream)
{
	return (stream->_flags & (_IO_ERR_SEEN | _IO_EOF_SEEN)) == _IO_ERR_SEEN;
}

/* Whether the stream gives nothing more. */
static inline bool stream_ended(const FILE *stream)
{
	return stream->_flags & (_IO_ERR_SEEN | _IO_EOF_SEEN);
}

/* The errno that says what a result of the functions of <threads.h> means. */
static inline int thrd_code(int result)
{
	switch (result) {
	case thrd_busy:
		return EBUSY;
	case thrd_nomem:
		return ENOMEM;
	case thrd_timedout:
		return ETIMEDOUT;
	default:
		return EINVAL;
	}
}

/* The EAI_* code that says the same as an h_errno. */
static inline int host_code(int h_code)
{
	switch (h_code) {
	case HOST_NOT_FOUND:
		return EAI_NONAME;
	case TRY_AGAIN:
		return EAI_AGAIN;
	case NO_RECOVERY:
		return EAI_FAIL;
	case NO_DATA:
		return EAI_NODATA;
	default:
		return errno;
	}
}

/* A peek moves nothing, and MSG_TRUNC has the length of a message told that did not fit. */
static inline size_t received_bytes(ssize_t result, size_t room, int flags)
{
	if (flags & MSG_PEEK)
		return 0;
	return (size_t)result < room ? (size_t)result : room;
}

static inline size_t message_room(const struct msghdr *message)
{
	size_t room = 0;

	for (size_t i = 0; i < message->msg_iovlen; i++)
		room += message->msg_iov[i].iov_len;
	return room;
}

/* Only MSG_TRUNC makes the result larger than the buffers. */
static inline size_t message_bytes(ssize_t result, const struct msghdr *message, int flags)
{
	return received_bytes(result, flags & MSG_TRUNC ? message_room(message) : (size_t)result,
			      flags);
}

static inline size_t messages_bytes(int n_messages, const struct mmsghdr *messages, int flags)
{
	size_t bytes = 0;

	for (int i = 0; i < n_messages; i++)
		bytes += message_bytes(messages[i].msg_len, &messages[i].msg_hdr, flags);
	return bytes;
}

#endif
