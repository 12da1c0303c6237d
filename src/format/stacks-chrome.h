// SPDX-License-Identifier: MIT
/*
 * stacks-chrome.h - slow calls as a trace for Perfetto and chrome://tracing: a bar for each, in its thread's row.
 */
#ifndef SONDE_FORMAT_STACKS_CHROME_H
#define SONDE_FORMAT_STACKS_CHROME_H

#include "format/snapshot-format.h"
#include "model/recording.h"

/* 0 or the first error of the sink. */
int stacks_chrome_write(const struct recording *recording, const struct format_sink *sink);

#endif
