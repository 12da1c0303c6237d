// SPDX-License-Identifier: MIT
/*
 * run-tags.h - what the figures of a run are of, as tags of its snapshots.
 */
#ifndef SONDE_TOOL_RUN_TAGS_H
#define SONDE_TOOL_RUN_TAGS_H

#include <stddef.h>

#include "model/recording.h"
#include "model/series.h"

/*
 * host.name, process.command_line, process.executable.name, sonde.session, and label.KEY for each label; in the order
 * of keys.
 */
struct run_tags {
	struct tag *tags;
	size_t n_tags;
};

/* What the run itself does not know is left out. 0 or -ENOMEM; to be deinitialised in both cases. */
int run_tags_init(struct run_tags *tags, const struct recording *recording);
void run_tags_deinit(struct run_tags *tags);

#endif
