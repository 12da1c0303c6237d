// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/dashboard-panels.h"

#include <string.h>

#include "api/figures.h"
#include "api/operation.h"

const struct panel dashboard_panels[] = {
	{
		.dashboard = "overview",
		.title = "Operations",
		.kind = "graph",
		.unit = "{operation}/s",
		.measure = MEASURE_RATE,
		.name = OPERATIONS_NAME,
	},
	{
		.dashboard = "overview",
		.title = "Operations that failed",
		.kind = "stat",
		.unit = "1",
		.measure = MEASURE_ERRORS,
		.name = OPERATIONS_NAME,
		.has_thresholds = true,
		.thresholds = {0.01, 0.05},
	},
	{
		.dashboard = "overview",
		.title = "Counters",
		.kind = "graph",
		.measure = MEASURE_RATE,
	},
	{
		.dashboard = "overview",
		.title = "Durations",
		.kind = "table",
		.measure = MEASURE_QUANTILES,
	},
	{
		.dashboard = "overview",
		.title = "Calls of libc",
		.kind = "graph",
		.unit = "{call}/s",
		.measure = MEASURE_RATE,
		.name = "libc.calls",
	},
	{
		.dashboard = "overview",
		.title = "Gauges",
		.kind = "stat",
		.measure = MEASURE_VALUE,
	},
	{
		.dashboard = "performance",
		.title = "Durations and distributions",
		.kind = "table",
		.measure = MEASURE_QUANTILES,
	},
	{
		.dashboard = "performance",
		.title = "Durations of calls of libc",
		.kind = "table",
		.unit = "s",
		.measure = MEASURE_QUANTILES,
		.name = "libc.call.duration",
	},
	{
		.dashboard = "performance",
		.title = "Operations",
		.kind = "graph",
		.unit = "{operation}/s",
		.measure = MEASURE_RATE,
		.name = OPERATIONS_NAME,
	},
	{
		.dashboard = "performance",
		.title = "Bytes read and written",
		.kind = "graph",
		.unit = "By/s",
		.measure = MEASURE_RATE,
		.name = "libc.io",
	},
	{
		.dashboard = "errors",
		.title = "Operations that failed",
		.kind = "stat",
		.unit = "1",
		.measure = MEASURE_ERRORS,
		.name = OPERATIONS_NAME,
		.has_thresholds = true,
		.thresholds = {0.01, 0.05},
	},
	{
		.dashboard = "errors",
		.title = "Failures by type",
		.kind = "bars",
		.unit = "{operation}",
		.measure = MEASURE_TOTAL,
		.name = OPERATIONS_NAME,
		.tag = {"result", "error"},
	},
	{
		.dashboard = "errors",
		.title = "Failures of calls by errno",
		.kind = "bars",
		.unit = "{error}",
		.measure = MEASURE_TOTAL,
		.name = "libc.errors",
	},
	{
		.dashboard = "errors",
		.title = "Figures that were refused",
		.kind = "bars",
		.measure = MEASURE_TOTAL,
		.name = "sonde.metrics.refused",
		.has_thresholds = true,
		.thresholds = {1, 100},
	},
	{
		.dashboard = "resources",
		.title = "The machine",
		.kind = "stat",
		.measure = MEASURE_VALUE,
		.name = "system.",
	},
	{
		.dashboard = "resources",
		.title = "The machine, by the second",
		.kind = "graph",
		.measure = MEASURE_RATE,
		.name = "system.",
	},
	{
		.dashboard = "resources",
		.title = "The process",
		.kind = "stat",
		.measure = MEASURE_VALUE,
		.name = "process.",
	},
	{
		.dashboard = "resources",
		.title = "The process, by the second",
		.kind = "graph",
		.measure = MEASURE_RATE,
		.name = "process.",
	},
	{
		.dashboard = "exporters",
		.title = "Snapshots",
		.kind = "bars",
		.unit = "{snapshot}",
		.measure = MEASURE_TOTAL,
		.name = "sonde.plugin.snapshots",
	},
	{
		.dashboard = "exporters",
		.title = "What exporters count themselves",
		.kind = "bars",
		.measure = MEASURE_TOTAL,
		.name = "sonde.plugin.",
	},
};

const size_t n_dashboard_panels = sizeof(dashboard_panels) / sizeof(dashboard_panels[0]);

bool dashboard_is_known(const char *name)
{
	for (size_t i = 0; i < n_dashboard_panels; i++)
		if (strcmp(dashboard_panels[i].dashboard, name) == 0)
			return true;
	return false;
}

static bool begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* What sonde records, or watches, without being asked for it by name. */
static bool is_own(const char *name)
{
	static const char *const others[] = {"libc.", "sonde.", "system.", "process."};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (begins_with(name, others[i]))
			return false;
	return strcmp(name, OPERATIONS_NAME) != 0;
}

static bool has_name(const struct panel *panel, const char *name)
{
	if (!panel->name)
		return is_own(name);
	if (panel->name[strlen(panel->name) - 1] == '.')
		return begins_with(name, panel->name);
	return strcmp(name, panel->name) == 0;
}

static bool can_be_measured(enum panel_measure measure, const struct series *series)
{
	switch (measure) {
	case MEASURE_RATE:
	case MEASURE_TOTAL:
	case MEASURE_ERRORS:
		return series->type == SERIES_COUNTER;
	case MEASURE_VALUE:
		return series->type == SERIES_GAUGE || series->type == SERIES_RATE;
	case MEASURE_QUANTILES:
		return series_has_histogram(series);
	}
	return false;
}

bool panel_has(const struct panel *panel, const struct series *series)
{
	const struct sonde_tag tag = {panel->tag.key, panel->tag.value};

	return can_be_measured(panel->measure, series) && has_name(panel, series->name) &&
	       series_meets(series, &tag, tag.key ? 1 : 0);
}
