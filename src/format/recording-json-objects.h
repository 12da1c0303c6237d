// SPDX-License-Identifier: MIT
/*
 * recording-json-objects.h - files and peers as a recording's document has them.
 */
#ifndef SONDE_FORMAT_RECORDING_JSON_OBJECTS_H
#define SONDE_FORMAT_RECORDING_JSON_OBJECTS_H

#include "format/json-reader.h"
#include "model/object-list.h"

#include <jansson.h>

/* A new array, in the order of names; NULL without memory. `key` is what a name stands under. */
json_t *objects_to_json(const struct object_list *list, const char *key);

/* Documents of older versions have empty arrays. */
void objects_from_json(struct json_reader *reader, const json_t *document, const char *array_key,
		       const char *key, struct object_list *list);

#endif
