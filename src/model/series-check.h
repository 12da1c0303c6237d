// SPDX-License-Identifier: MIT
/*
 * series-check.h - whether what somebody else calls a series is one.
 */
#ifndef SONDE_MODEL_SERIES_CHECK_H
#define SONDE_MODEL_SERIES_CHECK_H

#include "model/series.h"

enum {
	SERIES_NAME_MAX = 255,
	SERIES_UNIT_MAX = 63,
	SERIES_KEY_MAX = 128,
	SERIES_VALUE_MAX = 1024,
};

/* The name is one of OpenTelemetry's: a letter, then letters, digits and _.-/ */
bool series_name_is_valid(const char *name);

/*
 * Name, unit, value and tags are within the limits above, tags are in order and no key is there
 * twice, and the value is one of its type: counters and rates are not negative, only gauges may be
 * no number or infinite, and the buckets of a histogram are as many as its count.
 */
bool series_is_valid(const struct series *series);

#endif
