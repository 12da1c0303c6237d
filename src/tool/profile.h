// SPDX-License-Identifier: MIT
/*
 * profile.h - the formats that show stacks: folded, pprof, chrome.
 */
#ifndef SONDE_TOOL_PROFILE_H
#define SONDE_TOOL_PROFILE_H

#include <stdio.h>

#include "format/stack-values.h"
#include "model/recording.h"

/* The names by index; NULL after the last one. */
const char *profile_format_name(size_t index);

/*
 * Writes a recording's stacks; folded shows but one value of each. 0; -ENOENT: there is no such format; -ENOMEM; or the
 * errno of the stream.
 */
int profile_write(const struct recording *recording, const char *format, enum stack_value value, FILE *stream);

#endif
