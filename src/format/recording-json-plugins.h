// SPDX-License-Identifier: MIT
/*
 * recording-json-plugins.h - the plugins of a recording, for recording-json-write.c and -read.c only.
 */
#ifndef SONDE_FORMAT_RECORDING_JSON_PLUGINS_H
#define SONDE_FORMAT_RECORDING_JSON_PLUGINS_H

#include "format/json-output.h"
#include "format/json-reader.h"
#include "model/recording.h"

void plugin_to_json(struct json_output *output, const struct plugin_record *plugin);

/* Documents of older versions have none. */
void plugins_from_json(struct json_reader *reader, const json_t *document,
		       struct recording *recording);

#endif
