// SPDX-License-Identifier: MIT
/*
 * descriptor.h - what the process's descriptors are: files, sockets, pipes, ...
 *
 * One byte for each descriptor says its kind, or that it is not known. The first read or write on it asks
 * the kernel, once; every call that closes a descriptor forgets it, and every call that makes one
 * either knows what it has made or forgets too. So a byte is right, or says nothing: never the kind of
 * what had the number before. The bytes lie in memory that is wiped at fork.
 *
 * Safe in signal handlers and vfork children; errno is left alone.
 */
#ifndef SONDE_RECORD_DESCRIPTOR_H
#define SONDE_RECORD_DESCRIPTOR_H

#include "record/object-name.h"
#include "record/process.h"

/* What a descriptor is, where that is not noted: asks the kernel. */
enum descriptor_kind descriptor_find(int fd) HIDDEN __attribute__((cold));

/* Those beyond the first few. */
void descriptor_note_far(int fd, enum descriptor_kind kind) HIDDEN;

/* Two have been made, by a call that has succeeded. */
void descriptor_opened_pair(const int pair[2], enum descriptor_kind kind) HIDDEN;

/* All of first .. last are closed, or may be; a `last` below 0 is the highest there is. */
void descriptor_closed_range(int first, int last) HIDDEN;

/*
 * Whether the kernel may be asked. Not once the process has confined itself to some system calls: one that it
 * does not make itself may be its end.
 */
void descriptor_may_ask(bool may_ask) HIDDEN;
bool descriptor_may_be_asked(void) HIDDEN;

/* The same, whether memory can be read (base/readable.h). */
bool descriptor_may_be_asked_of_memory(void) HIDDEN;

/* Whether the calling process's descriptors are those that are noted: not in a child that borrows our memory. */
bool descriptor_is_ours(void) HIDDEN;

static inline enum descriptor_kind descriptor_kind(int fd)
{
	if (unlikely((unsigned int)fd >= DESCRIPTORS_NEAR))
		return descriptor_find(fd);
	uint8_t kind = __atomic_load_n(&process.descriptors[fd], __ATOMIC_RELAXED);

	/* Zero is not known yet; more than a kind is somebody about to know. */
	return likely((uint8_t)(kind - 1) < DESCRIPTOR_KINDS - 1) ? kind : descriptor_find(fd);
}

/* A descriptor has been made. DESCRIPTOR_UNKNOWN: it is looked at when it is first used. */
static inline void descriptor_opened(int fd, enum descriptor_kind kind)
{
	/* A child that borrows our memory has descriptors of its own: what it makes is not what we have. */
	if (unlikely(process.lends_memory))
		kind = DESCRIPTOR_UNKNOWN;
	if (likely((unsigned int)fd < DESCRIPTORS_NEAR))
		__atomic_store_n(&process.descriptors[fd], (uint8_t)kind, __ATOMIC_RELAXED);
	else
		descriptor_note_far(fd, kind);
	object_forget(fd);
}

/* A descriptor has been closed, or may have been. */
static inline void descriptor_closed(int fd)
{
	descriptor_opened(fd, DESCRIPTOR_UNKNOWN);
}

/* As probe_begin(), for a call on a descriptor; its slots begin at `slot`. */
static inline struct probe descriptor_begin(enum call call, unsigned int slot, int fd)
{
	if (probe_is_off(call))
		return (struct probe){0};
	return probe_begin_at(call, slot + descriptor_kind(fd));
}

#endif
