// SPDX-License-Identifier: MIT
/*
 * process.h - what belongs to one process image: its region, and its private state.
 *
 * The private state lies in pages that the kernel wipes at fork, so a forked child finds "nothing yet" in all of
 * it and starts anew at its first call. What a child inherits on purpose is KEPT.
 */
#ifndef SONDE_RECORD_PROCESS_H
#define SONDE_RECORD_PROCESS_H

#include "record/probe.h"
#include "record/recorder.h"

enum {
	CACHES_AT_FIRST = 16,
	DESCRIPTORS_OFTEN = 16, /* few programs with one thread have more */
	DESCRIPTORS_NEAR = 128, /* on the page that every process writes to */
	DESCRIPTORS_FAR = 0x10000 - DESCRIPTORS_NEAR,
	OBJECT_USES = 1024, /* descriptors whose file or peer is found at once */
	CONNECTIONS = DESCRIPTORS_NEAR + DESCRIPTORS_FAR,
};

/* A descriptor's file or peer, as the thread that used it last has it; see object.h. */
struct object_use {
	struct object_cell *cell;
	struct object_streams *streams; /* as the thread has them that last used a stream */
	uint64_t end; /* where the last access ended; OBJECT_MOVED: it has been moved since; OBJECT_UNDER_WAY */
	uint64_t reserved; /* so that a descriptor's is found by a shift */
};

struct mapped_region {
	struct region_header *region;
	uint64_t size;
};

/*
 * Whole pages: nothing that a child is to inherit may share one. Each page that is touched is a page fault in every
 * process, and two if it is read before it is written: what comes first is written first, and what a process with one
 * thread needs lies together.
 */
struct process_state {
	struct region_header *region;
	struct mapped_region mapped; /* the same, a moment later */
	uint32_t n_caches;
	uint32_t reuse_cursor;
	uint32_t has_no_region;
	uint32_t lends_memory; /* to vfork children, or did */
	uint32_t ends_its_host; /* everything in its pid namespace ends with it */
	uint32_t locks_memory; /* or may: what is mapped has memory at once */
	uint32_t has_taken_rest; /* of the addresses of the region of the process that we were forked from */
	struct thread_cache *own_cache; /* of thread_enter_own() */
	uint32_t far_end;    /* above the last of far_descriptors that was noted */
	uint32_t n_objects[2]; /* files, peers */
	uint32_t has_connections; /* under way, or had */
	uint8_t last_mark;   /* of descriptor.c */
	uint8_t descriptors[DESCRIPTORS_NEAR]; /* enum descriptor_kind; see descriptor.h */
	struct thread_cache first_cache __attribute__((aligned(64)));
	uint32_t info[SLOT_COUNT]; /* where in the region the struct call_info_record of a slot is; 0: nowhere yet */
	struct object_use uses[OBJECT_USES] __attribute__((aligned(64))); /* the first of them on the second page */
	struct thread_cache caches[CACHES_AT_FIRST - 1] __attribute__((aligned(64)));
	uint8_t far_descriptors[DESCRIPTORS_FAR];
	uint8_t connections[CONNECTIONS]; /* enum connection; see connection.h */
} __attribute__((aligned(4096)));

_Static_assert(offsetof(struct process_state, uses[DESCRIPTORS_OFTEN]) <= 2 * 4096, "one thread needs two pages");

extern struct process_state process HIDDEN;

/* Has the kernel wipe the state in forked children. Where it cannot, recorder_after_fork() does. */
void process_start(void) HIDDEN;
bool process_is_wiped_by_kernel(void) HIDDEN;

/* 0: who asks for it would be killed by a filter. */
int process_number(void) HIDDEN;

/* The process's region, made if it is not there yet. NULL: there is no memory for it. */
struct region_header *process_find_region(void) HIDDEN;

/* Makes the region, in the session's file open as `fd`. No handler is to come meanwhile. */
struct region_header *process_make_region(int fd) HIDDEN;

bool process_owns_new_region(const void *record) HIDDEN;

static inline bool process_is_known_to_own(const void *record)
{
	return (uintptr_t)record - (uintptr_t)process.mapped.region < process.mapped.size;
}

/* Whether a record lies in the process's region; that of a call begun before a fork does not. */
static inline bool process_owns(const void *record)
{
	return likely(process_is_known_to_own(record)) || process_owns_new_region(record);
}

void process_count_loss(enum region_loss reason) HIDDEN;

/* Counts a call that was made before there can be a region, for the region that will be. */
void process_count_early_call(void) HIDDEN;

#endif
