// SPDX-License-Identifier: MIT
/*
 * stacks.h - taking stacks of calls: of those that failed, that were slow, or whose turn it is.
 *
 * Called after the call has been recorded, where the session's settings say that it is to be looked at. What is taken goes to
 * the region at once. No lock, no libc call, errno untouched; may be entered again by a signal handler, and be
 * called in one.
 */
#ifndef SONDE_RECORD_STACKS_H
#define SONDE_RECORD_STACKS_H

#include "record/probe.h"
#include "record/region.h"

/* From now on: the program's own code is about to run. Nothing is taken before. */
void stacks_begin(void) HIDDEN;

/*
 * To be called before the process forbids itself system calls, on a thread that has a block. Takes the memory that stacks need, if
 * any are wanted: none is asked for afterwards.
 */
void stacks_prepare_for_sandbox(void) HIDDEN;

/* A timed call has succeeded. */
void stacks_finished(struct call_stats *stats, uint64_t start_ticks, uint64_t ns) HIDDEN;

/* A call has failed; start_ticks is 0 where it was not timed. */
void stacks_failed(struct call_stats *stats, int code, uint64_t start_ticks, uint64_t now_ticks) HIDDEN;

/*
 * A block was drawn: it stands for `count` (times STACK_SCALE) of `bytes` together. Where these figures are kept, also of
 * its end: a site's, or the others'. NULL: nowhere.
 */
struct stack_figures *stacks_allocated(struct call_stats *stats, uint64_t count, uint64_t bytes) HIDDEN;

/* The end of such a block. */
void stacks_freed(struct stack_figures *figures, uint64_t count, uint64_t bytes) HIDDEN;

/* Notes that there is something of which no stack was taken, or not followed. */
void stacks_note_shortage(enum stack_shortage shortage) HIDDEN;

#endif
