// SPDX-License-Identifier: MIT
/*
 * metrics-json.h - series in JSON: the "metrics" of a recording, and exports.
 */
#ifndef SONDE_FORMAT_METRICS_JSON_H
#define SONDE_FORMAT_METRICS_JSON_H

#include "format/json-reader.h"
#include "model/metric-list.h"
#include "model/snapshot.h"

/* One series as an object: a new reference, or NULL without memory. */
json_t *series_to_json(const struct series *series);

/* All series of a list, in the order of names and tags. A new reference, or NULL without memory. */
json_t *metric_list_to_json(const struct metric_list *list);

/*
 * All series of a snapshot: {"schema": "sonde.metrics/1", "taken": INSTANT, "metrics": [..]}. A new
 * reference, or NULL without memory.
 */
json_t *snapshot_to_json(const struct snapshot *snapshot);

/* The array "metrics" of a document. What is no series is an error. */
void metric_list_from_json(struct json_reader *reader, const json_t *document,
			   struct metric_list *ret_list);

#endif
