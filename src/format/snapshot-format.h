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
#include "model/window.h"

/* What the figures of a snapshot are of, and which of its snapshots it is. */
struct snapshot_source {
	const struct tag *tags; /* in the order of keys: host.name, process.command, ... */
	size_t n_tags;
	int64_t start_ns;  /* CLOCK_REALTIME */
	uint64_t sequence; /* grows by 1 from one snapshot to the next */
	bool is_delta;	   /* what has come since start_ns, where it can be told */
	bool is_final;	   /* the source has ended */
	bool is_one_of_several; /* whoever gets its snapshots gets those of others as well */
	int64_t at_ns;		/* CLOCK_MONOTONIC: when the snapshot was taken; 0: not known */
	const struct snapshot_lately *lately; /* NULL: nobody has kept windows of it */
};

/* What the series of a snapshot did lately, up to when it was taken: answers as of model/window.h. */
struct snapshot_lately {
	int (*ask)(const void *argument, const struct series *series, int64_t window_ns,
		   struct window_answer *ret_answer);
	int64_t (*cover)(const void *argument, int64_t window_ns, bool *ret_is_truncated);
	const void *argument;
};

struct snapshot_part {
	const struct snapshot *snapshot;
	const struct snapshot_source *source;
};

/* Why a series is not in a format that has names of its own: it would be another one again. */
enum left_out_reason {
	LEFT_OUT_KIND,	 /* one of the same name has another type or unit */
	LEFT_OUT_LABELS, /* one of the same name has the same labels */
	LEFT_OUT_SAMPLE, /* the name is that of another one's samples */
	LEFT_OUT_REASONS,
};

/* "kind", "labels", "sample" */
const char *left_out_name(enum left_out_reason reason);
/* "another series of its name has another type or unit", for people. */
const char *left_out_text(enum left_out_reason reason);

/* Who is told of what is left out. */
struct left_out_watcher {
	void (*tell)(void *argument, const struct series *series, enum left_out_reason reason);
	void *argument;
};

/* Where a format's pieces go. */
struct format_sink {
	int (*write)(void *argument, const void *data, size_t size); /* 0 or a negative errno */
	void *argument;
	const struct left_out_watcher *watcher; /* NULL: nobody */
};

/*
 * Writes a snapshot. `parameters` are pairs of name and value, ended by NULL; or NULL. 0; -ENOENT:
 * there is no such format; -EINVAL: it has no such parameter, or not with that value; -ENOMEM; or
 * what the sink failed with.
 */
int snapshot_format(const char *format, const struct snapshot *snapshot,
		    const struct snapshot_source *source, const char *const *parameters,
		    const struct format_sink *sink);

/*
 * Writes one snapshot of each of several sources as one document. As above; -ENOTSUP: in this format a document has one
 * snapshot.
 */
int snapshot_format_several(const char *format, const struct snapshot_part *parts, size_t n_parts,
			    const char *const *parameters, const struct format_sink *sink);

/* The names of formats by index; NULL after the last one. */
const char *snapshot_format_name(size_t index);

/* -- For the formats only --------------------------------------------------------------------- */

/* The value of a parameter; NULL: it is not given. */
const char *format_parameter(const char *const *parameters, const char *name);

/*
 * What tells the series of one source from those of others, for formats that have no other place for it: the tag of the
 * source with its number. NULL: there are no others.
 */
const struct tag *snapshot_source_mark(const struct snapshot_source *source);

/*
 * A format's own function: its parameters are those that the table allows, and the thread's locale has a point
 * in numbers.
 */
typedef int snapshot_write_function(const struct snapshot *snapshot, const struct snapshot_source *source,
				    const char *const *parameters, const struct format_sink *sink);

typedef int snapshot_write_several_function(const struct snapshot_part *parts, size_t n_parts,
					    const char *const *parameters, const struct format_sink *sink);

snapshot_write_function snapshot_write_csv;	   /* docs/plugins.md */
snapshot_write_function snapshot_write_jsonlines;  /* docs/plugins.md */
snapshot_write_function snapshot_write_otlp_json;
snapshot_write_function snapshot_write_otlp_protobuf;
snapshot_write_function snapshot_write_statsd;

snapshot_write_several_function snapshot_write_openmetrics;
snapshot_write_several_function snapshot_write_prometheus;
snapshot_write_several_function snapshot_write_prometheus_protobuf;

#endif
