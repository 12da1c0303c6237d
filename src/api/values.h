// SPDX-License-Identifier: MIT
/*
 * values.h - series as sonde.h hands them out: struct sonde_metric_value, each with all that it
 * points to in one piece of memory, which sonde_free() ends.
 */
#ifndef SONDE_API_VALUES_H
#define SONDE_API_VALUES_H

#include "base/compiler.h"
#include "model/series.h"

#include "sonde/sonde.h"

enum sonde_type value_type(const struct series *series) HIDDEN;

/* Copies series to a list of values of the instant taken_ns. NULL without memory. */
struct sonde_metric_values *values_new(const struct series *const *series, size_t n_series,
				       int64_t taken_ns) HIDDEN;
/* The values of such a list, for who is still at work on it. */
struct sonde_metric_value *values_of(struct sonde_metric_values *list) HIDDEN;

/* The same of one series, alone. NULL without memory. */
struct sonde_metric_value *value_new(const struct series *series, int64_t taken_ns) HIDDEN;

#endif
