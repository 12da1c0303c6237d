// SPDX-License-Identifier: MIT
/*
 * object-name.h - names of files and peers, and which of them each descriptor stands for.
 *
 * Names lie in memory of the process's own, each once, and forked children inherit them with all that the
 * descriptors stand for. A descriptor that nothing is known of is looked up when bytes are first moved through it, by asking
 * the kernel once: one that came through exec, or in a message. As in descriptor.h, a note is right or says
 * nothing: every call that makes or closes a descriptor forgets what had its number before.
 *
 * Safe in signal handlers and vfork children; errno is left alone, and no lock is taken.
 */
#ifndef SONDE_RECORD_OBJECT_NAME_H
#define SONDE_RECORD_OBJECT_NAME_H

#include "base/compiler.h"
#include "record/region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* Where the last access to a descriptor ended: no end, but that of a connection under way. */
#define OBJECT_UNDER_WAY UINT64_MAX

struct object_name {
	struct object_name *next;
	struct object_info *info; /* in the region of the process that made it last */
	uint32_t hash;
	uint16_t len;
	uint8_t kind;  /* enum object_kind */
	uint8_t flags; /* enum object_flag */
	char text[];
};

/* The name of a kind that text stands for; that of all others when there is no room for it. */
struct object_name *object_name_find(enum object_kind kind, const char *text, size_t len, bool is_cut) HIDDEN;

struct object_name *object_name_of_others(enum object_kind kind) HIDDEN;

/*
 * A path as given to a call that the kernel has read, made absolute: with the working directory, or with what `dirfd`
 * stands for. Links and ".." stay as they are. Where there is no name for it yet and none is to be made, that of the others.
 */
struct object_name *object_name_of_path(int dirfd, const char *path, bool may_make) HIDDEN;

/* The working directory is another, or may be. */
void object_directory_changed(void) HIDDEN;

/* Until the end, it is asked for each time: a call moves, and calls functions of the program, which we do not see. */
void object_walk_begins(void) HIDDEN;
void object_walk_ends(void) HIDDEN;

/* Whose address that is; NULL: nobody's. It has been read by the kernel. */
struct object_name *object_name_of_address(enum object_kind kind, const struct sockaddr *address,
					   socklen_t size) HIDDEN;

/* A socket's own address, as the kernel knows it. NULL: it has none. */
struct object_name *object_name_of_socket(int fd) HIDDEN;

/* What is known of an open descriptor by the kernel; NULL: it is neither a file nor a peer. */
struct object_name *object_name_from_kernel(int fd) HIDDEN;

enum { OBJECT_UNKNOWN = 0, OBJECT_NOTHING = 2 }; /* and else a name, or the mark of one who asks */

/* What a descriptor stands for, to be given to object_note() for another that is its copy. */
uintptr_t object_noted(int fd) HIDDEN;
void object_note(int fd, uintptr_t note) HIDDEN;

/* NULL: nothing is known, or it is neither file nor peer. ret_is_kept: it is noted, and so will be found again. */
struct object_name *object_name_of_descriptor(int fd, bool may_ask, bool *ret_is_kept) HIDDEN;

/* first .. last are not what they were; a `last` below 0 is the highest there is. */
void object_forget_range(int first, int last) HIDDEN;

/* NULL until a name is first noted. */
extern struct object_store *object_store HIDDEN;

static inline void object_forget(int fd)
{
	if (object_store)
		object_forget_range(fd, fd);
}

#endif
