// SPDX-License-Identifier: MIT
/*
 * file-sink.h - a stream as the sink of a format.
 *
 *     const struct format_sink sink = file_sink(stream);
 *     int result = ..._write(..., &sink);
 *
 *     return file_sink_end(stream, result);
 */
#ifndef SONDE_FORMAT_FILE_SINK_H
#define SONDE_FORMAT_FILE_SINK_H

#include <stdio.h>

#include "format/snapshot-format.h"

struct format_sink file_sink(FILE *stream);

/* Hands over what the stream still holds. The result that is given; or, where it is 0, 0 or a negative errno. */
int file_sink_end(FILE *stream, int result);

#endif
