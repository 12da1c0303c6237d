// SPDX-License-Identifier: MIT
/*
 * exposition-name.h - names of series, units and tags as Prometheus has them.
 *
 * Source: OpenTelemetry's "Prometheus and OpenMetrics Compatibility": what a name may not have becomes one "_",
 * the unit becomes a word at the end of the name.
 */
#ifndef SONDE_FORMAT_EXPOSITION_NAME_H
#define SONDE_FORMAT_EXPOSITION_NAME_H

#include <stddef.h>

#include "model/series.h"

enum { EXPOSITION_NAME_SIZE = 512, EXPOSITION_UNIT_SIZE = 128 };

/* "s" -> "seconds", "By/s" -> "bytes_per_second"; "" for "{call}" and for what says nothing. */
const char *exposition_unit(const struct series *series, char ret_unit[EXPOSITION_UNIT_SIZE]);

/* "libc.call.duration" in s -> "libc_call_duration_seconds"; never with _total at its end. */
const char *exposition_family(const struct series *series, char ret_name[EXPOSITION_NAME_SIZE]);

/* "process.command" -> "process_command". */
const char *exposition_label(const char *key, char ret_label[EXPOSITION_NAME_SIZE]);

/* What a value in the unit is multiplied by: percent becomes a ratio. */
double exposition_factor(const char *unit);

#endif
