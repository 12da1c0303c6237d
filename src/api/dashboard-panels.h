// SPDX-License-Identifier: MIT
/*
 * dashboard-panels.h - what the dashboards show, as rows: the panels of each, and which series are
 * in one. How they are drawn is for dashboard.c and dashboard-grafana.c.
 */
#ifndef SONDE_API_DASHBOARD_PANELS_H
#define SONDE_API_DASHBOARD_PANELS_H

#include "base/compiler.h"
#include "model/series.h"

#include <stdbool.h>
#include <stddef.h>

enum { PANEL_SERIES_MAX = 20, PANEL_THRESHOLDS = 2 };

/* What is shown of a series. */
enum panel_measure {
	MEASURE_RATE,	   /* counters, by the second */
	MEASURE_TOTAL,	   /* counters */
	MEASURE_VALUE,	   /* gauges */
	MEASURE_QUANTILES, /* histograms and timers */
	MEASURE_ERRORS,	   /* counters: what part of their sum has result = error */
};

struct panel {
	const char *dashboard; /* "overview" */
	const char *title;
	const char *kind; /* stat, graph, table, bars */
	const char *unit; /* in UCUM; NULL: that of the series */
	enum panel_measure measure;
	const char *name; /* of series, "system." is all that begin so; NULL: all of the program's
			     own */
	struct tag tag;	  /* that they have; a key of NULL: any */
	bool has_thresholds;
	double thresholds[PANEL_THRESHOLDS]; /* from here on a warning, from there on bad */
};

extern const struct panel dashboard_panels[] HIDDEN;
extern const size_t n_dashboard_panels HIDDEN;

/* Whether there is a dashboard of this name. */
bool dashboard_is_known(const char *name) HIDDEN;

bool panel_has(const struct panel *panel, const struct series *series) HIDDEN;

#endif
