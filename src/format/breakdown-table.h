// SPDX-License-Identifier: MIT
/*
 * breakdown-table.h - a divided run as a document: docs/test-runs.md.
 */
#ifndef SONDE_FORMAT_BREAKDOWN_TABLE_H
#define SONDE_FORMAT_BREAKDOWN_TABLE_H

#include <stdio.h>

#include "model/breakdown.h"

/* `label` is the key of BY_LABEL, else NULL. Each returns 0, -ENOMEM, or the errno of the stream. */
int breakdown_json_write(const struct breakdown *breakdown, const char *label, FILE *stream);
int breakdown_csv_write(const struct breakdown *breakdown, FILE *stream);

#endif
