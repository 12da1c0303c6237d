// SPDX-License-Identifier: MIT
/*
 * symbols.h - what the frames of stacks are called: function, file and line.
 *
 * Looked up in the files that the frames were in, and in what belongs to them: a debug file by build id or by name (where
 * gdb looks), and one from a debuginfod server if that is allowed. A file that is not the one that ran, by its build id, or
 * for want of one by its age, is not looked at: what is not known stays module and offset.
 */
#ifndef SONDE_TOOL_SYMBOLS_H
#define SONDE_TOOL_SYMBOLS_H

#include <stdbool.h>

#include "model/recording.h"

/*
 * Fills in symbols of all frames that have none. `may_ask_servers`: those of $DEBUGINFOD_URLS. 0 or -ENOMEM.
 */
int symbols_find(struct recording *recording, bool may_ask_servers);

#endif
