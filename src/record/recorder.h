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
 * records nothing. Does nothing the second time. Called by
 * the preload's constructor, or by the first intercepted call if that comes earlier.
 */
void recorder_start(void) HIDDEN;

/* The session's directory, "" while there is none. */
const char *recorder_session_directory(void) HIDDEN;

/* The process's region; NULL when nothing was recorded yet. */
struct region_header *recorder_region(void) HIDDEN;

/*
 * Whether the calling process is the one whose region this is. A vfork child is not: it borrows its
 * parent's memory, and must not speak for it.
 */
bool recorder_owns_region(void) HIDDEN;

/*
 * To be called before a child that shares our memory begins. Makes the process's region and the calling
 * thread's block now: a child that recorded the first call would make them its own, and they would be
 * taken for those of a process that has ended.
 */
void recorder_lend_memory(void) HIDDEN;

/* In a forked child: leaves the parent's region alone from now on. */
void recorder_after_fork(void) HIDDEN;

#endif
