// SPDX-License-Identifier: MIT
/*
 * fold.h - from region files to a recording.
 *
 * Each region is one process image. Folding adds the figures of its threads up by call, gives the
 * failures their names and classes, keeps the process's own record, and adds it to the totals of
 * the whole run. The order of folding does not matter to the result, nor does when it is done: a
 * region of a running process can be folded into a recording made for one look, and again, later,
 * into the final one.
 */
#ifndef SONDE_MODEL_FOLD_H
#define SONDE_MODEL_FOLD_H

#include "model/failure-class.h"
#include "model/family.h"
#include "model/recording.h"
#include "model/region-reader.h"
#include "record/session.h"

#include <stdbool.h>
#include <stdint.h>

/* A process that runs, as the kernel shows it. */
struct process_sight {
	bool has_seccomp;
	struct kernel_io io;
};

/* What the regions of one session have in common, and what else is known of the process. */
struct fold_options {
	/* Says which calls are timed every time, all the time, so that those that never returned can
	 * be counted. NULL: not known, `unfinished` is 0 everywhere. */
	const struct session_settings *settings;
	const struct failure_classes *classes; /* NULL: every failure is an error */
	/* What was seen of the process from outside; NULL: nothing. */
	const struct process_sight *sight;
	/* What the process belongs to. NULL: nobody wants to know, and no parts are made. */
	const struct membership *membership;
	/* CLOCK_BOOTTIME. */
	int64_t now_ns;   /* ends the wall time of running processes */
	int64_t ended_ns; /* the same of one that was killed, as nobody noted in its region when; 0: it is not known */
	bool is_alone;	/* no other process is folded: its gauges need no tag `pid` */
};

/*
 * Adds a region to a recording. is_running says whether its process still exists. The exit of a
 * process that nobody's region tells of stays EXIT_UNKNOWN. 0 or -ENOMEM, the recording then being
 * incomplete.
 */
int fold_region(struct recording *recording, const struct region_image *image, bool is_running,
		const struct fold_options *options);

/*
 * Adds which calls are off, and which were switched or timed differently on the way; again and again does no harm. Who closes
 * the session does it before: a closed one counts nothing, and does not know any more what was off. Where a call that waits is
 * among them, what the processes waited for is not known. 0 or -ENOMEM.
 */
int fold_settings(struct recording *recording, const struct session_settings *settings);

/*
 * Adds the session's notes, what was not watched, and how many notes were lost; and its settings as above. 0 or -ENOMEM.
 */
int fold_notes(struct recording *recording, const struct session_file *file);

/* Notes that a region file could not be read at all. */
void fold_unreadable(struct recording *recording);

#endif
