// SPDX-License-Identifier: MIT
/*
 * recording-json.h - a recording as one JSON document, and back.
 *
 * The format is described in docs/recording.md and docs/recording.schema.json. Counts survive the
 * round trip exactly up to 2^63 - 1 (larger ones are written as that); durations, which are read as
 * floating point, to the nanosecond up to 48 days. Quantiles and other values that follow from the
 * rest are written for readers, and computed again when a document is read.
 */
#ifndef SONDE_FORMAT_RECORDING_JSON_H
#define SONDE_FORMAT_RECORDING_JSON_H

#include "format/snapshot-format.h"
#include "model/message.h"
#include "model/recording.h"

#include <stdio.h>

#define RECORDING_SCHEMA "sonde.recording/1"

/* Writes the document and a newline. 0, -ENOMEM, or the errno of the stream (-EIO, -ENOSPC, ...).
 */
int recording_json_write(const struct recording *recording, FILE *file);

/* The same, to anywhere. 0, -ENOMEM, or what the sink failed with. */
int recording_json_write_to(const struct recording *recording, const struct format_sink *sink);

/*
 * Reads a document. `name` stands for the file in messages. The recording is the caller's, to be
 * freed with recording_deinit(). 0; or, with ret_message (may be NULL) set and ret_recording
 * untouched: -EBADMSG  truncated, not JSON, or not what the schema asks for -EPROTO   a document of
 * another schema, or of a newer version -ENOMEM, or -EIO and others when the stream cannot be read
 */
int recording_json_read(FILE *file, const char *name, struct recording *ret_recording,
			struct message *ret_message);

#endif
