// SPDX-License-Identifier: MIT
/*
 * otlp-message.h - a snapshot as OpenTelemetry's ExportMetricsServiceRequest, which then is written as protocol
 * buffers or as JSON: so that both say the same.
 *
 * Each metric has the data points of all series with its name, type and unit. Histograms are exponential ones with our
 * own buckets, exactly; or, with the parameter histograms = "explicit", have a bound at each power of two.
 *
 * Source: opentelemetry-proto 1.x, metrics.proto; the schema beside this file.
 */
#ifndef SONDE_FORMAT_OTLP_MESSAGE_H
#define SONDE_FORMAT_OTLP_MESSAGE_H

#include "format/message-memory.h"
#include "format/otlp.pb-c.h"
#include "format/snapshot-format.h"

/*
 * The message and all it points to are of the memory, or of the snapshot, the source and the parameters. NULL: there
 * is not enough memory.
 */
Otlp__ExportMetricsServiceRequest *otlp_message_make(struct message_memory *memory, const struct snapshot *snapshot,
						     const struct snapshot_source *source,
						     const char *const *parameters);

#endif
