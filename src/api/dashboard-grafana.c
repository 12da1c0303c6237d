// SPDX-License-Identifier: MIT
/*
 * The panels of a dashboard as Grafana imports them: its dashboard model, schema version 39, with
 * expressions of PromQL over the names that the prometheus plugin serves. Which data source it is,
 * is a variable of the dashboard.
 */
#include "config.h"

#include "api/dashboard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/exposition-name.h"
#include "format/json-text.h"

enum {
	SCHEMA_VERSION = 39,
	GRID_WIDTH = 12, /* of 24 */
	GRID_HEIGHT = 8,
	EXPRESSION_SIZE = 3 * EXPOSITION_NAME_SIZE,
	TARGETS_MAX = 26, /* A to Z */
};

#define INTERVAL "[$__rate_interval]"

static json_t *data_source(void)
{
	return json_pack("{s:s, s:s}", "type", "prometheus", "uid", "${datasource}");
}

/* -- Expressions ------------------------------------------------------------------------------ */

static void write_expression(const struct panel *panel, const struct series *series, double q,
			     char ret_expression[EXPRESSION_SIZE])
{
	char name[EXPOSITION_NAME_SIZE];
	const char *labels = panel->tag.key ? "{result=\"error\"}" : "";

	exposition_family(series, name);
	switch (panel->measure) {
	case MEASURE_RATE:
		snprintf(ret_expression, EXPRESSION_SIZE, "rate(%s_total%s" INTERVAL ")", name,
			 labels);
		return;
	case MEASURE_TOTAL:
		snprintf(ret_expression, EXPRESSION_SIZE, "%s_total%s", name, labels);
		return;
	case MEASURE_VALUE:
		snprintf(ret_expression, EXPRESSION_SIZE, "%s", name);
		return;
	case MEASURE_ERRORS:
		snprintf(ret_expression, EXPRESSION_SIZE,
			 "sum(rate(%s_total{result=\"error\"}" INTERVAL
			 ")) / sum(rate(%s_total" INTERVAL "))",
			 name, name);
		return;
	case MEASURE_QUANTILES:
		snprintf(ret_expression, EXPRESSION_SIZE,
			 "histogram_quantile(%g, sum without (instance) (rate(%s_bucket" INTERVAL
			 ")))",
			 q, name);
		return;
	}
}

static json_t *legend_of(const struct series *series, double q)
{
	char name[EXPOSITION_NAME_SIZE];
	char legend[EXPRESSION_SIZE];
	size_t len = 0;

	exposition_family(series, name);
	len = (size_t)snprintf(legend, sizeof(legend), "%s", name);
	for (size_t i = 0; i < series->n_tags && len < sizeof(legend); i++)
		len += (size_t)snprintf(legend + len, sizeof(legend) - len, " {{%s}}",
					exposition_label(series->tags[i].key, name));
	if (q > 0 && len < sizeof(legend))
		snprintf(legend + len, sizeof(legend) - len, " p%g", q * 100);
	return text_to_json(legend);
}

static void add_target(json_t **targets, const struct panel *panel, const struct series *series,
		       double q)
{
	char expression[EXPRESSION_SIZE];
	char id[2] = {(char)('A' + json_array_size(*targets)), '\0'};
	json_t *target = json_object();

	write_expression(panel, series, q, expression);
	dashboard_set(&target, "refId", json_string(id));
	dashboard_set(&target, "datasource", data_source());
	dashboard_set(&target, "expr", json_string(expression));
	dashboard_set(&target, "legendFormat", legend_of(series, q));
	dashboard_set(&target, "range", json_boolean(strcmp(panel->kind, "graph") == 0));
	dashboard_set(&target, "instant", json_boolean(strcmp(panel->kind, "graph") != 0));
	dashboard_append(targets, target);
}

/* Series of one name are one expression. They stand together. */
static json_t *make_targets(const struct panel *panel, const struct snapshot *snapshot)
{
	static const double quantiles[] = {0.5, 0.95};
	json_t *targets = json_array();
	const char *last = "";

	for (size_t i = 0; i < snapshot_n_series(snapshot); i++) {
		const struct series *series = snapshot_series(snapshot, i);

		if (!panel_has(panel, series) || strcmp(series->name, last) == 0 ||
		    json_array_size(targets) + 2 > TARGETS_MAX)
			continue;
		last = series->name;
		if (panel->measure != MEASURE_QUANTILES)
			add_target(&targets, panel, series, 0);
		for (size_t q = 0; panel->measure == MEASURE_QUANTILES && q < 2; q++)
			add_target(&targets, panel, series, quantiles[q]);
	}
	return targets;
}

/* -- Panels ----------------------------------------------------------------------------------- */

static const char *grafana_type(const char *kind)
{
	static const struct {
		const char *kind;
		const char *type;
	} types[] = {
		{"graph", "timeseries"},
		{"stat", "stat"},
		{"table", "bargauge"},
		{"bars", "bargauge"},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].kind, kind) == 0)
			return types[i].type;
	return "timeseries";
}

/* Grafana's identifier of a unit. */
static const char *grafana_unit(const struct panel *panel)
{
	static const struct {
		const char *unit;
		const char *id;
	} units[] = {
		{"s", "s"},	      {"By/s", "Bps"},
		{"1", "percentunit"}, {"{operation}/s", "ops"},
		{"{call}/s", "ops"},
	};

	for (size_t i = 0; panel->unit && i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].unit, panel->unit) == 0)
			return units[i].id;
	return "short";
}

static json_t *make_thresholds(const struct panel *panel)
{
	static const char *const colors[PANEL_THRESHOLDS] = {"orange", "red"};
	json_t *steps = json_pack("[{s:s, s:n}]", "color", "green", "value");

	for (int i = 0; panel->has_thresholds && i < PANEL_THRESHOLDS; i++)
		dashboard_append(&steps, json_pack("{s:s, s:f}", "color", colors[i], "value",
						   panel->thresholds[i]));
	return json_pack("{s:s, s:o}", "mode", "absolute", "steps", steps);
}

static json_t *make_options(const char *type)
{
	if (strcmp(type, "timeseries") == 0)
		return json_pack("{s:{s:s, s:s, s:b, s:[]}, s:{s:s, s:s}}", "legend", "displayMode",
				 "list", "placement", "bottom", "showLegend", 1, "calcs", "tooltip",
				 "mode", "multi", "sort", "desc");
	return json_pack("{s:{s:[s], s:s, s:b}, s:s}", "reduceOptions", "calcs", "lastNotNull",
			 "fields", "", "values", 0, "orientation",
			 strcmp(type, "stat") == 0 ? "auto" : "horizontal");
}

static json_t *make_panel(const struct panel *panel, const struct snapshot *snapshot, int number)
{
	const char *type = grafana_type(panel->kind);
	json_t *object = json_object();
	json_t *defaults = json_object();

	dashboard_set(&defaults, "unit", json_string(grafana_unit(panel)));
	dashboard_set(&defaults, "thresholds", make_thresholds(panel));
	dashboard_set(&object, "id", json_integer(number + 1));
	dashboard_set(&object, "type", json_string(type));
	dashboard_set(&object, "title", json_string(panel->title));
	dashboard_set(&object, "datasource", data_source());
	dashboard_set(&object, "gridPos",
		      json_pack("{s:i, s:i, s:i, s:i}", "h", GRID_HEIGHT, "w", GRID_WIDTH, "x",
				number % 2 * GRID_WIDTH, "y", number / 2 * GRID_HEIGHT));
	dashboard_set(&object, "fieldConfig",
		      json_pack("{s:o, s:[]}", "defaults", defaults, "overrides"));
	dashboard_set(&object, "options", make_options(type));
	dashboard_set(&object, "targets", make_targets(panel, snapshot));
	return object;
}

/* One that has no series yet is left out: it could not be asked for. */
static json_t *make_panels(const char *name, const struct snapshot *snapshot)
{
	json_t *panels = json_array();

	for (size_t i = 0; i < n_dashboard_panels; i++) {
		json_t *panel;

		if (strcmp(dashboard_panels[i].dashboard, name) != 0)
			continue;
		panel = make_panel(&dashboard_panels[i], snapshot, (int)json_array_size(panels));
		if (panel && json_array_size(json_object_get(panel, "targets")) == 0)
			json_decref(panel);
		else
			dashboard_append(&panels, panel);
	}
	return panels;
}

static json_t *make_variables(void)
{
	return json_pack("{s:[{s:s, s:s, s:s, s:s, s:i, s:b, s:b, s:[], s:{}}]}", "list", "name",
			 "datasource", "label", "Data source", "type", "datasource", "query",
			 "prometheus", "hide", 0, "includeAll", 0, "multi", 0, "options",
			 "current");
}

json_t *dashboard_for_grafana(const char *name, const struct snapshot *snapshot)
{
	json_t *object = json_object();
	char title[64];

	snprintf(title, sizeof(title), "sonde: %s", name);
	dashboard_set(&object, "id", json_null());
	dashboard_set(&object, "uid", json_null());
	dashboard_set(&object, "title", json_string(title));
	dashboard_set(&object, "tags", json_pack("[s, s]", "sonde", name));
	dashboard_set(&object, "timezone", json_string("browser"));
	dashboard_set(&object, "editable", json_true());
	dashboard_set(&object, "graphTooltip", json_integer(1));
	dashboard_set(&object, "schemaVersion", json_integer(SCHEMA_VERSION));
	dashboard_set(&object, "version", json_integer(1));
	dashboard_set(&object, "refresh", json_string("30s"));
	dashboard_set(&object, "time", json_pack("{s:s, s:s}", "from", "now-1h", "to", "now"));
	dashboard_set(&object, "timepicker", json_object());
	dashboard_set(&object, "annotations", json_pack("{s:[]}", "list"));
	dashboard_set(&object, "links", json_array());
	dashboard_set(&object, "templating", make_variables());
	dashboard_set(&object, "panels", make_panels(name, snapshot));
	return object;
}
