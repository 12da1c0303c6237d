// SPDX-License-Identifier: MIT
/*
 * recording-file.h - recordings on disk: JSON documents, compressed when their name ends in .gz. "-" is the standard
 * output, or the standard input where one is read.
 */
#ifndef SONDE_TOOL_RECORDING_FILE_H
#define SONDE_TOOL_RECORDING_FILE_H

#include <stdbool.h>

#include "model/message.h"
#include "model/recording.h"
#include "tool/recording-text.h"

/* Whether a recording could be written there; -errno with ret_message set when not. Changes
 * nothing. */
int recording_file_check(const char *path, struct message *ret_message);

/* Whether a recording that is written there is compressed: its text has to be made so. */
bool recording_file_is_compressed(const char *path);

/*
 * Writes a recording. A regular file is replaced when the new one is complete, never before;
 * anything else (a pipe, /dev/stdout) is written to. 0, or a negative errno with ret_message set.
 */
int recording_file_write(const char *path, const struct recording_text *text,
			 struct message *ret_message);

/* The same, readable by its owner only. */
int recording_file_write_private(const char *path, const struct recording_text *text,
				 struct message *ret_message);

/*
 * Reads one, compressed or not. The recording is the caller's. 0, or a negative errno with
 * ret_message set.
 */
int recording_file_read(const char *path, struct recording *ret_recording,
			struct message *ret_message);

#endif
