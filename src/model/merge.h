// SPDX-License-Identifier: MIT
/*
 * merge.h - several recordings as one: of a run on several machines, or in several jobs.
 *
 * Counts, histograms, failures, parts, metrics and what is missing are added up exactly. What all have in common
 * (command, host, version, exit, labels of the run) stays the run's. Labels that differ become labels of the parts and
 * processes of those that had them, and where hosts differ, so does the host, as label `host`. Processes are told
 * apart by the number of their recording, since the same pid may be in several.
 */
#ifndef SONDE_MODEL_MERGE_H
#define SONDE_MODEL_MERGE_H

#include "model/message.h"
#include "model/recording.h"

#include <stddef.h>

/* The label, and the tag of gauges, that tells machines apart. */
#define HOST_LABEL "host"

/*
 * Takes processes and plugins out of the recordings, which stay the caller's to free. 0, or -ENOMEM, or -E2BIG: with
 * those of its run a part has more labels than a process can have; or -EINVAL: one is none. ret_message is set.
 */
int recording_merge(struct recording *recordings, size_t n_recordings, struct recording *ret_merged,
		    struct message *ret_message);

#endif
