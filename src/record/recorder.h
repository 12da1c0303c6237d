// SPDX-License-Identifier: MIT
/*
 * recorder.h - the recording side of a process: its session, its region, its threads' caches.
 *
 * All that belongs to one process image lies in memory that the kernel wipes at fork, so that a forked
 * child finds "nothing yet" everywhere and starts anew at its first call. What a child inherits on
 * purpose (the session) does not.
 */
#ifndef SONDE_RECORD_RECORDER_H
#define SONDE_RECORD_RECORDER_H

#include "record/probe.h"
#include "record/region.h"

/*
 * Joins the session that the environment names, or makes one. A second copy of us in one process
 * records nothing. Does nothing the second time. Called by the preload's constructor, or by the first
 * intercepted call if that comes earlier.
 */
void recorder_start(void) HIDDEN;

/* Makes the process's region: a process that makes no call is a process too, and is reported. */
void recorder_begin_process(void) HIDDEN;

/* The session's directory, "" while there is none. */
const char *recorder_session_directory(void) HIDDEN;

/* The process's region; NULL when nothing was recorded yet. */
struct region_header *recorder_region(void) HIDDEN;

/*
 * The region, for who may speak for the process: NULL also in a vfork child, which borrows its parent's
 * memory.
 */
struct region_header *recorder_own_region(void) HIDDEN;

/* Keeps no more address space than is needed soon: the process has limited what it may have, to so many bytes. */
void recorder_give_way(uint64_t limit) HIDDEN;

/* The same, before the process asks for memory behind all that it has mapped, and maps later. */
void recorder_lock_memory(void) HIDDEN;

/*
 * To be called before a child that shares our memory begins. Makes the process's region and the calling
 * thread's block now: a child that recorded the first call would make them its own, and they would be
 * taken for those of a process that has ended.
 */
void recorder_lend_memory(void) HIDDEN;

/*
 * To be called before the process forbids itself system calls. Makes the calling thread's block and takes
 * memory ahead, so that no call of it asks the kernel for anything. Returns the region; NULL: there is none
 * of its own.
 */
struct region_header *recorder_prepare_for_sandbox(void) HIDDEN;

/*
 * Calls are counted, but no longer timed: to be called before the process forbids itself to read the processor's
 * counter. The region is the process's own.
 */
void recorder_stop_clock(struct region_header *region) HIDDEN;

/*
 * Notes that the process asks for a sandbox, before it does: another thread may be in it before the call returns.
 * Tells whether it was noted already; if not, and the process was refused, recorder_unnote_sandbox().
 */
bool recorder_note_sandbox(struct region_header *region) HIDDEN;
void recorder_unnote_sandbox(struct region_header *region) HIDDEN;

/* In a forked child: leaves the parent's region alone from now on, and makes its own. */
void recorder_after_fork(void) HIDDEN;

#endif
