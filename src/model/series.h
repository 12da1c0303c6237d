// SPDX-License-Identifier: MIT
/*
 * series.h - figures as the outside world takes them: named, tagged series.
 *
 * Every exporter and every query sees series and nothing else (model/snapshot.h). Names, units and
 * tags are those of OpenTelemetry's conventions: units in UCUM, tags in the order of keys.
 *
 * A series is known by its name and tags. What it counts, it counts from start_ns on; when it has
 * started again there is a new start_ns, or the value has fallen.
 */
#ifndef SONDE_MODEL_SERIES_H
#define SONDE_MODEL_SERIES_H

#include "base/histogram.h"
#include "model/exemplar.h"

#include <stdbool.h>
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

enum {
	SERIES_TAGS_MAX = 32,
	/* OpenTelemetry index of the first bucket when the unit is not s: from 2^-10 on. */
	SERIES_FIRST_INDEX = HISTOGRAM_FIRST_OF_NUMBERS,
};

/*
 * In the unit of the series. Bucket b is for values above 2^((b + first_index) / 8) and up to
 * 2^((b + 1 + first_index) / 8); HISTOGRAM_ZERO and HISTOGRAM_OVER for what is below and above all
 * those. Their sum is the count.
 */
struct series_histogram {
	uint64_t count;
	double sum;
	double min; /* 0 when count is 0 */
	double max;
	int first_index; /* HISTOGRAM_FIRST_INDEX for durations, else SERIES_FIRST_INDEX */
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

struct series {
	const char *name;
	const struct tag *tags; /* in the order of keys, no key twice */
	size_t n_tags;
	enum series_type type;
	bool is_fractional; /* a counter of fractions, such as seconds: value.number */
	bool is_signed;	    /* a half of a histogram whose values may be negative: exporters have no sum of it */
	const char *unit;
	int64_t start_ns; /* CLOCK_REALTIME: the value counts from here on */
	union {
		uint64_t count; /* SERIES_COUNTER */
		double number;	/* SERIES_GAUGE, SERIES_RATE; fractional counters */
		struct series_histogram *histogram; /* SERIES_HISTOGRAM, SERIES_TIMER */
	} value;
	const struct exemplar *exemplars; /* of a histogram's values, in the order of buckets; of a counter, one */
	size_t n_exemplars;
};

/* "counter", "gauge", ... */
const char *series_type_name(enum series_type type);

/* Whether there is a histogram. */
bool series_has_histogram(const struct series *series);
/* Whether the value has come about since start_ns, so that two values have a difference. */
bool series_is_cumulative(const struct series *series);

/* The order of series: by name, then by tags. 0: one and the same. */
int series_compare(const struct series *left, const struct series *right);
/* The order of keys, as a series has its tags. */
void tags_sort(struct tag *tags, size_t n_tags);

/*
 * A copy of a series and all it points to, in one piece of memory: free() ends it. Its tags are
 * sorted. NULL without memory.
 */
struct series *series_copy(const struct series *original);

/* Bytes that a copy has. */
size_t series_size(const struct series *series);

/* Whether newer has started again since older, so that there is no difference. */
bool series_has_restarted(const struct series *newer, const struct series *older);

/*
 * A copy of newer with what has come since older, NULL: since its start. A series that has started
 * again has all that it counted since; one that is not cumulative is as it is now. Buckets subtract
 * exactly; extremes are those of the time between if they are new ones, and else as near to them as
 * the buckets tell. Exemplars are those of values that came since. NULL without memory.
 */
struct series *series_difference(const struct series *newer, const struct series *older);

/* Takes out of a copy the exemplars that are not later than this. */
void series_forget_exemplars(struct series *series, int64_t until_ns);

/* Adds a value to that of a copy of the same series; one that is not cumulative replaces it. */
void series_add(struct series *sum, const struct series *more);

/*
 * The q-quantile (0 <= q <= 1) of a histogram in the unit of the series, as model/distribution.h
 * says. 0 when count is 0.
 */
double series_histogram_quantile(const struct series_histogram *histogram, double q);

/* The first_index of histograms in this unit. */
int series_first_index(const char *unit);

/* Adds to the bucket with this OpenTelemetry index, or to the outside ones, and to the count. */
void series_histogram_enter(struct series_histogram *histogram, int64_t index, uint64_t count);

/* Adds buckets, count, sum and extremes. */
void series_histogram_add(struct series_histogram *sum, const struct series_histogram *more);

#endif
