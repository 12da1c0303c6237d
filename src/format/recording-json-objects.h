// SPDX-License-Identifier: MIT
/*
 * recording-json-objects.h - files and peers as a recording's document has them.
 */
#ifndef SONDE_FORMAT_RECORDING_JSON_OBJECTS_H
#define SONDE_FORMAT_RECORDING_JSON_OBJECTS_H

#include "format/json-output.h"
#include "format/json-reader.h"
#include "model/object-list.h"

/*
 * An array, in the order of names, whose end is so many spaces from the start of its line. `key` is what a name
 * stands under.
 */
void objects_to_json(struct json_output *output, const struct object_list *list, const char *key, unsigned int indent);

/* Documents of older versions have empty arrays. */
void objects_from_json(struct json_reader *reader, const json_t *document, const char *array_key,
		       const char *key, struct object_list *list);

#endif
