// SPDX-License-Identifier: MIT
/*
 * OpenTelemetry's request in its two forms, of one and the same message.
 */
#include "config.h"

#include "format/snapshot-format.h"

#include <errno.h>
#include <stdlib.h>

#include "format/json-output.h"
#include "format/message-json.h"
#include "format/message-memory.h"
#include "format/otlp-message.h"

/* In one piece: written piece by piece, the sizes of messages in messages would be found out again and again. */
static int write_packed(const ProtobufCMessage *message, const struct format_sink *sink)
{
	size_t size = protobuf_c_message_get_packed_size(message);
	uint8_t *bytes = malloc(size + 1);

	if (!bytes)
		return -ENOMEM;
	protobuf_c_message_pack(message, bytes);
	int result = sink->write(sink->argument, bytes, size);

	free(bytes);
	return result;
}

static int write_json(const ProtobufCMessage *message, const struct format_sink *sink)
{
	struct json_output output = json_output_init(sink);

	message_to_json(&output, message);
	return json_output_finish(&output);
}

static int write_message(const struct snapshot *snapshot, const struct snapshot_source *source,
			 const char *const *parameters, const struct format_sink *sink,
			 int (*write)(const ProtobufCMessage *message, const struct format_sink *sink))
{
	struct message_memory memory = {0};
	const Otlp__ExportMetricsServiceRequest *request = otlp_message_make(&memory, snapshot, source, parameters);
	int result = request ? write(&request->base, sink) : -ENOMEM;

	message_memory_free(&memory);
	return result;
}

int snapshot_write_otlp_json(const struct snapshot *snapshot, const struct snapshot_source *source,
			     const char *const *parameters, const struct format_sink *sink)
{
	return write_message(snapshot, source, parameters, sink, write_json);
}

int snapshot_write_otlp_protobuf(const struct snapshot *snapshot, const struct snapshot_source *source,
				 const char *const *parameters, const struct format_sink *sink)
{
	return write_message(snapshot, source, parameters, sink, write_packed);
}
