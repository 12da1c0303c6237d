// SPDX-License-Identifier: MIT
/*
 * recording-json-process.h - how a process is written, and what the run has in common with one; for
 * recording-json-write.c.
 */
#ifndef SONDE_FORMAT_RECORDING_JSON_PROCESS_H
#define SONDE_FORMAT_RECORDING_JSON_PROCESS_H

#include "format/json-output.h"
#include "model/recording.h"

void process_to_json(struct json_output *output, const struct process_record *process);

/* {"status": 1}, {"signal": 9}, {"executed": true}, or null. */
void exit_to_json(struct json_output *output, struct exit_info exit);

/* In seconds, by class. */
void waiting_to_json(struct json_output *output, const uint64_t *waiting_ns);

#endif
