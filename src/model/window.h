// SPDX-License-Identifier: MIT
/*
 * window.h - what series did lately: in the last minute by the second, in the last hour by the
 * minute, in the last day by the hour.
 *
 * Windows are fed with cumulative snapshots of one source, about one a second, and keep what came
 * from each to the next. The first one is what others are compared with: feed one when the source
 * begins. Time is the caller's, from a clock that does not jump (CLOCK_MONOTONIC): a time before
 * that of the last snapshot is taken as that one. Snapshots may come more often than once a second,
 * or late, or not at all for a while: an answer says what time it covers.
 *
 * Memory: at most max_bytes, beside a reference to the last snapshot. When there is more, the
 * oldest hours go first, then the oldest minutes, then seconds; so an answer covers less. Half of
 * it may go into the names and tags of series, which are kept as long as a slot may have them; a
 * series for which there is no more room is not watched, and counted. A counter that grows takes
 * some 11 bytes in a slot, a gauge 25, a histogram 35 and 2 to 4 for each bucket that is not empty.
 *
 * Not for use by several threads at once.
 */
#ifndef SONDE_MODEL_WINDOW_H
#define SONDE_MODEL_WINDOW_H

#include "model/snapshot.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WINDOWS_MAX_BYTES ((size_t)16 << 20)

struct windows;

struct window_answer {
	enum series_type type;
	int64_t covered_ns; /* what the figures are of: a window is rounded up to whole slots */
	bool is_truncated;  /* it reaches back to before what is known */
	uint64_t count; /* by how much a counter grew, rounded down; how many values there were */
	double sum;	/* the same with fractions; the sum of the values. Gauges: NAN */
	double rate; /* counters: sum, histograms: count, by the second. NAN: covers too little */
	double last; /* of gauges; NAN for others */
	double min;  /* of gauges and histograms; NAN for counters, and without values */
	double max;
	double mean;			   /* of values; of a gauge, over time */
	struct series_histogram histogram; /* for series_histogram_quantile() */
};

/* An answer that has no numbers yet. */
#define WINDOW_ANSWER_NONE .sum = NAN, .rate = NAN, .last = NAN, .min = NAN, .max = NAN, .mean = NAN

/* What windows_query() answers beside 0. */
enum window_condition {
	WINDOW_UNKNOWN = 1, /* no such series */
	WINDOW_EMPTY, /* no snapshot in that time, or none with it; or a histogram without values */
};

/* 0: WINDOWS_MAX_BYTES. NULL without memory. */
struct windows *windows_new(size_t max_bytes);
/* Another limit, which holds from now on: but names and tags of series that are there stay as long as they are. */
void windows_set_limit(struct windows *windows, size_t max_bytes);
/* NULL is fine. Returns NULL. */
struct windows *windows_free(struct windows *windows);

/*
 * Takes a snapshot in, with a reference of its own. 0; or -ENOMEM: nothing has changed, and nothing
 * is lost when the next one succeeds.
 */
int windows_add(struct windows *windows, struct snapshot *snapshot, int64_t now_ns);

/*
 * What a series did in the last window_ns before now. Tags are in any order. 0 or a
 * window_condition; with WINDOW_EMPTY the answer has covered_ns, is_truncated and, but for count,
 * NAN.
 */
int windows_query(const struct windows *windows, const char *name, const struct tag *tags,
		  size_t n_tags, int64_t window_ns, int64_t now_ns,
		  struct window_answer *ret_answer);

/* How much of the last window_ns before now is known, whatever the series; and whether that is not all of it. */
int64_t windows_cover(const struct windows *windows, int64_t window_ns, int64_t now_ns,
		      bool *ret_is_truncated);

/* Bytes in use. */
size_t windows_size(const struct windows *windows);
/* Slots that went before their time because of max_bytes. */
uint64_t windows_n_dropped(const struct windows *windows);
/* How often a series was not watched for lack of room. */
uint64_t windows_n_unwatched(const struct windows *windows);

#endif
