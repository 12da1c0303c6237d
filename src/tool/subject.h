// SPDX-License-Identifier: MIT
/*
 * subject.h - what a command is to look at: a recording, a session or a process.
 */
#ifndef SONDE_TOOL_SUBJECT_H
#define SONDE_TOOL_SUBJECT_H

#include <stdint.h>

#include "model/message.h"
#include "model/recording.h"

/* The number of a process, if that is what the user named, or 0. A file of this name goes first. */
int subject_process(const char *name);

/*
 * Loads what the user named: a recording's file, one that is kept (tool/recording-store.h), a session by its
 * directory or the last part of it, or the number of a process; NULL: the latest recording. The recording is the caller's. ret_n_folded says how many process
 * images are missing because the session's host has them already (0 for a recording). 0, or a
 * negative errno with ret_message set.
 */
int subject_load(const char *name, char *const *environment, struct recording *ret_recording,
		 uint32_t *ret_n_folded, struct message *ret_message);

#endif
