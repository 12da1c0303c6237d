// SPDX-License-Identifier: MIT
/*
 * recording-json-coverage.h - the parts of a document that say how complete its figures are, and of memory; for
 * recording-json-read.c and -write.c.
 *
 * What is read came with later versions of sonde than the schema: where it is not there, nothing is known, and the
 * fields stay as they are.
 */
#ifndef SONDE_FORMAT_RECORDING_JSON_COVERAGE_H
#define SONDE_FORMAT_RECORDING_JSON_COVERAGE_H

#include "format/json-output.h"
#include "format/json-reader.h"
#include "model/recording.h"

/* {"futex": 12, "getpid": 3} */
void name_counts_to_json(struct json_output *output, const struct name_counts *counts);
void name_counts_from_json(struct json_reader *reader, const json_t *object, const char *key,
			   struct name_counts *ret_counts);

/* ["malloc", "read"]: a set of names */
void names_to_json(struct json_output *output, const struct name_counts *names);
void names_from_json(struct json_reader *reader, const json_t *object, const char *key,
		     struct name_counts *ret_names);

/* {"read": 4096, ...}, or null. */
void kernel_io_to_json(struct json_output *output, const struct kernel_io *io);
/* Of a key that may be missing, or null. */
void kernel_io_from_json(struct json_reader *reader, const json_t *object, const char *key,
			 struct kernel_io *ret_io);

/* {"live": 4096, ...}, or null. */
void memory_to_json(struct json_output *output, const struct memory_totals *memory);
void memory_from_json(struct json_reader *reader, const json_t *object, const char *key,
		      struct memory_totals *ret_memory);

/* {"name": 0, "tags": 0, ...}: by reason, how often a program's own figure was not recorded. */
void refusals_to_json(struct json_output *output, const uint64_t *refused);
void refusals_from_json(struct json_reader *reader, const json_t *object, const char *key,
			uint64_t *ret_refused);

/* The object "coverage" of a process. */
void process_coverage_to_json(struct json_output *output, const struct process_coverage *coverage);
void process_coverage_from_json(struct json_reader *reader, const json_t *process,
				struct process_coverage *ret_coverage);

#endif
