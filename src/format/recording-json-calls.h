// SPDX-License-Identifier: MIT
/*
 * recording-json-calls.h - how the calls of a run, or of a process, are written; for recording-json-write.c and
 * -process.c.
 */
#ifndef SONDE_FORMAT_RECORDING_JSON_CALLS_H
#define SONDE_FORMAT_RECORDING_JSON_CALLS_H

#include "format/json-output.h"
#include "model/recording.h"

void call_to_json(struct json_output *output, const struct call_totals *call);

/* "expected" or "error", as the class of a failure. */
const char *failure_class_text(bool is_expected);

#endif
