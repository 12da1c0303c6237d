// SPDX-License-Identifier: MIT
/*
 * stacks-pprof.h - stacks as pprof's profile: a message, which tools expect to be compressed.
 *
 * Each stack is a sample with all of its values, the call being the innermost frame. Labels say of which kind it is, and
 * with which errno the call failed: kinds are not to be added up, for a call may be of several.
 */
#ifndef SONDE_FORMAT_STACKS_PPROF_H
#define SONDE_FORMAT_STACKS_PPROF_H

#include "format/snapshot-format.h"
#include "model/recording.h"

/* 0, -ENOMEM or the first error of the sink. */
int stacks_pprof_write(const struct recording *recording, const struct format_sink *sink);

#endif
