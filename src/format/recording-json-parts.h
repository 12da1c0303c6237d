// SPDX-License-Identifier: MIT
/*
 * recording-json-parts.h - what belongs to which test and labels: parts of a document, for recording-json-read.c and
 * -write.c.
 *
 * Documents of older versions have none of it.
 */
#ifndef SONDE_FORMAT_RECORDING_JSON_PARTS_H
#define SONDE_FORMAT_RECORDING_JSON_PARTS_H

#include "format/json-output.h"
#include "format/json-reader.h"
#include "model/recording.h"

/* {"KEY": "VALUE"} */
void labels_to_json(struct json_output *output, const struct label *labels, size_t n_labels);
void label_set_from_json(struct json_reader *reader, const json_t *object, struct label_set *ret_set);

/* An element of the array "parts". */
void part_to_json(struct json_output *output, const struct part *part);
/* The array. Its calls are in the recording's own list, which must have been read. */
void parts_from_json(struct json_reader *reader, const json_t *document, struct recording *recording);

#endif
