// SPDX-License-Identifier: MIT
/*
 * recording-json-parts.h - what belongs to which test and labels: parts of a document, for recording-json-read.c and
 * -write.c.
 *
 * Documents of older versions have none of it.
 */
#ifndef SONDE_FORMAT_RECORDING_JSON_PARTS_H
#define SONDE_FORMAT_RECORDING_JSON_PARTS_H

#include "format/json-reader.h"
#include "model/recording.h"

/* {"KEY": "VALUE"}; a new reference, or NULL without memory. */
json_t *label_set_to_json(const struct label_set *set);
void label_set_from_json(struct json_reader *reader, const json_t *object, struct label_set *ret_set);

/* The array "parts". Its calls are in the recording's own list, which must have been read. */
json_t *parts_to_json(const struct recording *recording);
void parts_from_json(struct json_reader *reader, const json_t *document, struct recording *recording);

#endif
