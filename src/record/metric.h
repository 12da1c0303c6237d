// SPDX-License-Identifier: MIT
/*
 * metric.h - series that the program itself records.
 *
 * A metric is a series as this process knows it: a name, sorted tags, a type. It is found by name
 * and tags, or kept and used again; both ways lead to one. A metric is private memory that lasts as
 * long as the process, and a forked child goes on with its parent's metrics; what was recorded lies
 * in the region, and begins at nothing in the child.
 *
 * Nothing here takes a lock or asks libc for anything. Every function may be called by any thread,
 * in a signal handler, and in a vfork child, which records for its parent.
 */
#ifndef SONDE_RECORD_METRIC_H
#define SONDE_RECORD_METRIC_H

#include "base/compiler.h"
#include "record/region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	METRICS_MAX = 128 * 1024, /* in a process */
	METRIC_TAGS_MAX = 32,
	METRIC_NAME_MAX = 255,
	METRIC_UNIT_MAX = 63,
	METRIC_KEY_MAX = 128,
	METRIC_VALUE_MAX = 1024, /* longer ones are cut */
	METRIC_TAG_SETS = 2000,	 /* of a name, unless told otherwise */
	METRIC_PATH_SETS = 200,	 /* of them, those with a tag like a path: base/path-like.h */
};

struct metric;

struct metric_tag {
	const char *key;
	const char *value;
};

/* What is asked for. */
struct metric_request {
	const char *name;
	const char *unit;	       /* NULL: the one that the name has; none for a new name */
	uint8_t kind;		       /* enum series_kind */
	uint8_t flags;		       /* enum series_flag */
	uint8_t merge;		       /* enum gauge_merge */
	uint8_t n_tags;		       /* at most METRIC_TAGS_MAX */
	bool must_exist; /* none is made: a new name is REFUSED_NAME, a new set REFUSED_MEMORY */
	const struct metric_tag *tags; /* in any order; one with an empty value is as none */
};

/*
 * Finds or makes a metric. When a name has too many sets of tags,
 * further ones share one metric, with the only tag otel.metric.overflow = "true". NULL, with the
 * reason, when there can be none.
 */
struct metric *metric_find(const struct metric_request *request,
			   enum series_refusal *ret_reason) HIDDEN;

/*
 * Takes one of the first `limit` numbers that a metric has to give, for who keeps their number
 * small. False: all are taken.
 */
bool metric_take_number(struct metric *metric, uint32_t limit) HIDDEN;

/* How many sets of tags a name may have from now on, and how many with a tag like a path. */
void metric_limit_tag_sets(uint32_t max_tag_sets, uint32_t max_path_sets) HIDDEN;

/* Whether a name is one that a series can have. */
bool metric_name_is_valid(const char *name) HIDDEN;

/* What kind of series it is: enum series_kind, enum series_flag. */
uint8_t metric_kind(const struct metric *metric) HIDDEN;
uint8_t metric_flags(const struct metric *metric) HIDDEN;

/*
 * The name and unit of a metric, and its tags, of which ret_tags has room for METRIC_TAGS_MAX;
 * returns how many there are. All of them live as long as the process.
 */
const char *metric_name(const struct metric *metric) HIDDEN;
const char *metric_unit(const struct metric *metric) HIDDEN;
size_t metric_tags(const struct metric *metric, struct metric_tag *ret_tags) HIDDEN;

/* Counts something that was not recorded. */
void metric_refuse(enum series_refusal reason) HIDDEN;

/* Counts something that was recorded in the metric of the sets of tags that are too many. */
void metric_count_overflow(void) HIDDEN;

/*
 * Recording, each for one kind of metric, with a value that has been looked at: not negative but
 * for gauges, and finite. False: there is no memory; it is counted as refused.
 * metric_add() returns 0 or METRIC_NO_MEMORY, which its caller hands on as it is.
 */
enum { METRIC_NO_MEMORY = -8 };

int metric_add(struct metric *metric, uint64_t amount) HIDDEN;
bool metric_add_fraction(struct metric *metric, double amount) HIDDEN;
bool metric_set(struct metric *metric, double value) HIDDEN;
/* ret_value is what it became. */
bool metric_change(struct metric *metric, double difference, double *ret_value) HIDDEN;
bool metric_enter(struct metric *metric, double value) HIDDEN;
bool metric_enter_ns(struct metric *metric, uint64_t ns) HIDDEN;

#endif
