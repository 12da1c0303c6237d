// SPDX-License-Identifier: MIT
#ifndef SONDE_API_DASHBOARD_H
#define SONDE_API_DASHBOARD_H

#include "api/dashboard-panels.h"
#include "api/figures.h"

#include <jansson.h>

/* The same for Grafana, of the names that Prometheus has for the series. A new reference, or NULL
 * without memory. */
json_t *dashboard_for_grafana(const char *name, const struct snapshot *snapshot) HIDDEN;

/*
 * Sets a key of an object, and appends to an array. The value is taken over, and may be NULL: where
 * something cannot be made, the whole is NULL in the end.
 */
void dashboard_set(json_t **object, const char *key, json_t *value) HIDDEN;
void dashboard_append(json_t **array, json_t *value) HIDDEN;

/* "Overview", of "overview". A new reference, or NULL without memory. */
json_t *dashboard_title(const char *name) HIDDEN;

#endif
