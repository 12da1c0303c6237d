// SPDX-License-Identifier: MIT
/*
 * otlp-resource.h - what figures are of, as OpenTelemetry's conventions have it.
 *
 * Attributes are, of the first that has one of a key: parameters "resource.KEY" of the format, the source's tags, and
 * what follows from them: service.name, which must be there; service.instance.id, the same whoever exports the run and
 * whenever; os.type; and telemetry.sdk.*, which is us. A run has many processes, so there is no process.pid.
 *
 * Source: OpenTelemetry, semantic conventions, "Resource"; RFC 9562 for the id's form.
 */
#ifndef SONDE_FORMAT_OTLP_RESOURCE_H
#define SONDE_FORMAT_OTLP_RESOURCE_H

#include "format/message-memory.h"
#include "format/snapshot-format.h"

struct otlp_resource {
	struct tag *tags; /* of the memory, or of the source */
	size_t n_tags;
};

/* Without memory there are fewer, and memory->is_short. */
struct otlp_resource otlp_resource_make(struct message_memory *memory, const struct snapshot_source *source,
					const char *const *parameters);

#endif
