// SPDX-License-Identifier: MIT
/*
 * stacks-folded.h - stacks for flamegraph.pl and speedscope: a line each, frames from the outermost on, and a number.
 *
 *     failure;_start;main;load;open [ENOENT] 3775
 *
 * First stands why the stack was taken: the kinds are not to be added up, for a call may be of several. Last stands the call.
 */
#ifndef SONDE_FORMAT_STACKS_FOLDED_H
#define SONDE_FORMAT_STACKS_FOLDED_H

#include "format/snapshot-format.h"
#include "format/stack-values.h"
#include "model/recording.h"

/* Stacks of which the value is 0 are left out. 0 or the first error of the sink. */
int stacks_folded_write(const struct recording *recording, enum stack_value value, const struct format_sink *sink);

#endif
