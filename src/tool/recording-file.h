// SPDX-License-Identifier: MIT
/*
 * recording-file.h - recordings on disk: JSON documents, compressed when their name ends in .gz.
 */
#ifndef SONDE_TOOL_RECORDING_FILE_H
#define SONDE_TOOL_RECORDING_FILE_H

#include "model/message.h"
#include "model/recording.h"

/* Whether a recording could be written there; -errno with ret_message set when not. Changes
 * nothing. */
int recording_file_check(const char *path, struct message *ret_message);

/* A recording's document, made once for all the files that it goes to. All zero: none. */
struct recording_text {
	char *bytes;
	size_t size;
};

/* 0 or -ENOMEM; to be deinited in any case. */
int recording_text_init(struct recording_text *text, const struct recording *recording);
void recording_text_deinit(struct recording_text *text);

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
