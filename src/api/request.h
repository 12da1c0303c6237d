// SPDX-License-Identifier: MIT
/*
 * request.h - from the words of sonde.h to a metric.
 */
#ifndef SONDE_API_REQUEST_H
#define SONDE_API_REQUEST_H

#include "api/instance.h"

#include <stddef.h>

/* What is asked for; to be made by request_init(), and not moved afterwards. */
struct request {
	struct metric_request metric;
	struct metric_tag tags[METRIC_TAGS_MAX];
};

/*
 * A series of a kind. A tag `unit` becomes the unit, unless `unit` is one; its words become codes.
 * 0, or an error, which is then counted.
 */
int request_init(struct request *request, enum series_kind kind, const char *name, const char *unit,
		 const struct sonde_tag *tags, size_t n_tags) HIDDEN;

/* Finds or makes the metric. NULL, with the error that is to be returned, and counted, when there
 * can be none. */
struct metric *request_find(const struct request *request, int *ret_error) HIDDEN;

/* The same, but nothing is counted: *ret_reason says why. */
static inline struct metric *request_try(const struct request *request,
					 enum series_refusal *ret_reason)
{
	return instance.engine->find(&request->metric, ret_reason);
}

/* Whether what is refused as a conflict is one of units, and not of types. */
bool request_is_of_other_unit(const struct request *request) HIDDEN;

/* 0; SONDE_EDOM; or SONDE_ERANGE, also of what is so large that sums might become infinite. Errors
 * are counted. For all but gauges. */
int value_check(double value) HIDDEN;

/* In nanoseconds, by what a duration is in a unit. 0 or SONDE_EUNIT, or as value_check(). */
int duration_to_ns(double duration, enum sonde_unit unit, uint64_t *ret_ns) HIDDEN;

#endif
