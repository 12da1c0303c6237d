// SPDX-License-Identifier: MIT
/*
 * span.h - labels that change while a process runs: sonde_label_begin() and sonde_label_end().
 *
 * Calls are counted as ever. At each change the figures of all threads are held against those of the change before,
 * and what came in between is added to the labels that there were. So a change costs some microseconds, and a call
 * nothing. A call that another thread is in at that moment is counted to the labels under which it was entered, and
 * its failure or duration to those under which it returns.
 */
#ifndef SONDE_RECORD_SPAN_H
#define SONDE_RECORD_SPAN_H

#include "base/compiler.h"

#include <stdbool.h>

/*
 * From now on the process, and what it forks and executes, has these labels (the text of SONDE_LABELS). Not to be
 * called by two threads at once; nor in a child of vfork. Without memory for it, what is done from now on belongs to
 * the process's first labels, and a loss is counted.
 */
void span_switch(const char *labels) HIDDEN;

#endif
