// SPDX-License-Identifier: MIT
/*
 * series.h - figures as the outside world takes them: named, tagged series, and snapshots of them.
 *
 * Every exporter and every query sees series and nothing else. A snapshot is all series of a run at
 * one instant. It never changes; any thread may read it, and it lives until the last reference to
 * it is put.
 *
 *     libc.calls          counter  {call}   call, group, result = ok, expected, error
 *     libc.errors         counter  {error}  call, errno
 *     libc.call.duration  timer    s        call, group; successes that were timed
 *     libc.io             counter  By       call
 *                                           and kind, where calls of one name are told apart
 *     libc.memory.requested     counter  By   call
 *     sonde.calls.lost    counter  {call}   reason
 *     sonde.notes.lost    counter  {note}
 *     sonde.regions.damaged     counter  {region}
 *     sonde.processes.unwatched counter  {process}  reason
 *
 * Names, units and tags are those of OpenTelemetry's conventions: units in UCUM, tags in the order
 * of keys.
 */
#ifndef SONDE_MODEL_SERIES_H
#define SONDE_MODEL_SERIES_H

#include "base/histogram.h"
#include "model/recording.h"

#include <stddef.h>
#include <stdint.h>

enum series_type {
	SERIES_COUNTER,
	SERIES_GAUGE,
	SERIES_HISTOGRAM,
	SERIES_TIMER, /* a histogram of durations */
	SERIES_RATE,
};

struct tag {
	const char *key;
	const char *value;
};

/* Of durations in nanoseconds; buckets as in base/histogram.h. Their sum is the count. */
struct series_histogram {
	uint64_t count;
	uint64_t sum_ns;
	uint64_t min_ns; /* 0 when count is 0 */
	uint64_t max_ns;
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

struct series {
	const char *name;
	const struct tag *tags; /* in the order of keys, no key twice */
	size_t n_tags;
	enum series_type type;
	const char *unit;
	int64_t start_ns; /* CLOCK_REALTIME: the value counts from here on */
	union {
		uint64_t count;				  /* SERIES_COUNTER */
		double number;				  /* SERIES_GAUGE, SERIES_RATE */
		const struct series_histogram *histogram; /* SERIES_HISTOGRAM, SERIES_TIMER */
	} value;
};

struct snapshot;

/*
 * A snapshot of a recording's totals, with one reference, which is the caller's. 0; -ENOMEM; or
 * -EEXIST when two series would have the same name and tags (no recording made by us leads to
 * that).
 */
int snapshot_new_from_recording(const struct recording *recording, struct snapshot **ret_snapshot);

/* One more reference; returns the snapshot. */
struct snapshot *snapshot_get(struct snapshot *snapshot);
/* One reference less; NULL is fine. Returns NULL. */
struct snapshot *snapshot_put(struct snapshot *snapshot);

/* The instant it stands for, CLOCK_REALTIME. */
int64_t snapshot_taken_ns(const struct snapshot *snapshot);

/* Series are in the order of names, then of tags. They live as long as the snapshot. */
size_t snapshot_n_series(const struct snapshot *snapshot);
const struct series *snapshot_series(const struct snapshot *snapshot, size_t position);

/* The series with this name and exactly these tags, in any order; NULL: not there. */
const struct series *snapshot_find(const struct snapshot *snapshot, const char *name,
				   const struct tag *tags, size_t n_tags);

/* "counter", "gauge", ... */
const char *series_type_name(enum series_type type);

#endif
