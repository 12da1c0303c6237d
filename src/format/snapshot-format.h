// SPDX-License-Identifier: MIT
/*
 * snapshot-format.h - a snapshot as text or bytes, for whoever takes figures somewhere.
 *
 * A format is one row of a table and one file, snapshot-NAME.c. It gets the snapshot and what it is
 * of, and writes piece by piece, so that no more memory is taken than a piece has.
 */
#ifndef SONDE_FORMAT_SNAPSHOT_FORMAT_H
#define SONDE_FORMAT_SNAPSHOT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

/* What the figures of a snapshot are of, and which of its snapshots it is. */
struct snapshot_source {
	const struct tag *tags; /* in the order of keys: host.name, process.command, ... */
	size_t n_tags;
	int64_t start_ns;  /* CLOCK_REALTIME */
	uint64_t sequence; /* grows by 1 from one snapshot to the next */
	bool is_delta;	   /* what has come since start_ns, where it can be told */
	bool is_final;	   /* the source has ended */
};

/* Where a format's pieces go. */
struct format_sink {
	int (*write)(void *argument, const void *data, size_t size); /* 0 or a negative errno */
	void *argument;
};

/*
 * Writes a snapshot. `parameters` are pairs of name and value, ended by NULL; or NULL. 0; -ENOENT:
 * there is no such format; -EINVAL: it has no such parameter, or not with that value; -ENOMEM; or
 * what the sink failed with.
 */
int snapshot_format(const char *format, const struct snapshot *snapshot,
		    const struct snapshot_source *source, const char *const *parameters,
		    const struct format_sink *sink);

/* The names of formats by index; NULL after the last one. */
const char *snapshot_format_name(size_t index);

/* -- For the formats only --------------------------------------------------------------------- */

/* The value of a parameter; NULL: it is not given. */
const char *format_parameter(const char *const *parameters, const char *name);

/*
 * A format's own function: its parameters are those that the table allows, and the thread's locale has a point
 * in numbers.
 */
typedef int snapshot_write_function(const struct snapshot *snapshot, const struct snapshot_source *source,
				    const char *const *parameters, const struct format_sink *sink);

snapshot_write_function snapshot_write_csv;	   /* docs/plugins.md */
snapshot_write_function snapshot_write_jsonlines;  /* docs/plugins.md */
snapshot_write_function snapshot_write_openmetrics;
snapshot_write_function snapshot_write_otlp_json;
snapshot_write_function snapshot_write_otlp_protobuf;
snapshot_write_function snapshot_write_prometheus;
snapshot_write_function snapshot_write_prometheus_protobuf;
snapshot_write_function snapshot_write_statsd;

#endif
