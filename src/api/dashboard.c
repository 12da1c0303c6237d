// SPDX-License-Identifier: MIT
/*
 * Dashboards as documents that any page can draw: panels, each with its series, and all that is to
 * be known of them. A graph has the last minute, by five seconds, as far as it is known.
 */
#include "config.h"

#include "api/dashboard.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/document.h"
#include "format/json-text.h"

#define STEP_NS	  INT64_C(5000000000)
#define WINDOW_NS (12 * STEP_NS)

void dashboard_set(json_t **object, const char *key, json_t *value)
{
	if (*object && json_object_set_new(*object, key, value) == 0)
		return;
	if (!*object)
		json_decref(value);
	json_decref(*object);
	*object = NULL;
}

void dashboard_append(json_t **array, json_t *value)
{
	if (*array && json_array_append_new(*array, value) == 0)
		return;
	if (!*array)
		json_decref(value);
	json_decref(*array);
	*array = NULL;
}

json_t *dashboard_title(const char *name)
{
	char title[32];

	snprintf(title, sizeof(title), "%s", name);
	title[0] = (char)toupper((unsigned char)title[0]);
	return json_string(title);
}

/* What is no number is nothing. */
static json_t *number(double value)
{
	return isfinite(value) ? real_to_json(value) : json_null();
}

/* -- Series ----------------------------------------------------------------------------------- */

/* By how much it grew in the last so many nanoseconds; NAN: it is not known. */
static double growth(const struct figures *figures, const struct series *series, int64_t window_ns)
{
	struct figures window = *figures;
	struct window_answer answer;

	window.window_ns = window_ns;
	if (figures_value(&window, series, &answer) || answer.covered_ns < window_ns - STEP_NS)
		return NAN;
	return answer.sum;
}

/* [[seconds before now, by the second], ...], the oldest first. */
static json_t *points(const struct figures *figures, const struct series *series)
{
	json_t *array = json_array();
	double later[WINDOW_NS / STEP_NS + 1] = {0};

	for (int i = 1; i <= WINDOW_NS / STEP_NS; i++)
		later[i] = growth(figures, series, i * STEP_NS);
	for (int i = WINDOW_NS / STEP_NS; i >= 1; i--) {
		double grew = (later[i] - later[i - 1]) / ((double)STEP_NS * 1e-9);
		json_t *point = json_array();

		if (isnan(grew))
			json_decref(point);
		if (isnan(grew))
			continue;
		dashboard_append(&point, json_real((double)-(i - 1) * (double)STEP_NS * 1e-9));
		dashboard_append(&point, json_real(fmax(grew, 0)));
		dashboard_append(&array, point);
	}
	return array;
}

static void set_quantiles(json_t **object, const struct series_histogram *histogram)
{
	static const struct {
		const char *key;
		double q;
	} quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}};
	double n = (double)histogram->count;

	dashboard_set(object, "count", json_integer((json_int_t)histogram->count));
	dashboard_set(object, "avg", number(n > 0 ? histogram->sum / n : NAN));
	dashboard_set(object, "min", number(n > 0 ? histogram->min : NAN));
	dashboard_set(object, "max", number(n > 0 ? histogram->max : NAN));
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		dashboard_set(
			object, quantiles[i].key,
			number(n > 0 ? series_histogram_quantile(histogram, quantiles[i].q) : NAN));
}

static double total(const struct series *series)
{
	if (series->type == SERIES_COUNTER && !series->is_fractional)
		return (double)series->value.count;
	return series_has_histogram(series) ? series->value.histogram->sum : series->value.number;
}

/* The number that a series is shown and ranked by. */
static double measure(const struct figures *figures, const struct panel *panel,
		      const struct series *series)
{
	struct figures window = *figures;
	struct window_answer answer;

	if (panel->measure != MEASURE_RATE)
		return total(series);
	window.window_ns = WINDOW_NS;
	return figures_value(&window, series, &answer) ? NAN : answer.rate;
}

static json_t *tags(const struct series *series)
{
	json_t *object = json_object();

	for (size_t i = 0; i < series->n_tags; i++) {
		json_t *key = text_to_json(series->tags[i].key);

		dashboard_set(&object, key ? json_string_value(key) : "",
			      text_to_json(series->tags[i].value));
		json_decref(key);
	}
	return object;
}

static json_t *series_object(const struct figures *figures, const struct panel *panel,
			     const struct series *series)
{
	json_t *object = json_object();

	dashboard_set(&object, "name", text_to_json(series->name));
	dashboard_set(&object, "tags", tags(series));
	dashboard_set(&object, "unit", text_to_json(series->unit));
	dashboard_set(&object, "value", number(measure(figures, panel, series)));
	if (panel->measure == MEASURE_QUANTILES)
		set_quantiles(&object, series->value.histogram);
	if (panel->measure == MEASURE_RATE)
		dashboard_set(&object, "points", points(figures, series));
	return object;
}

/* -- Panels ----------------------------------------------------------------------------------- */

struct ranked {
	const struct series *series;
	double value;
};

/* Greatest first, what is no number last. */
static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *left = a;
	const struct ranked *right = b;
	double first = isnan(left->value) ? -INFINITY : left->value;
	double second = isnan(right->value) ? -INFINITY : right->value;

	if (first != second)
		return first > second ? -1 : 1;
	return series_compare(left->series, right->series);
}

/* The greatest of those that it is of. */
static json_t *greatest(const struct figures *figures, const struct panel *panel)
{
	size_t n_series = snapshot_n_series(figures->snapshot);
	struct ranked *ranked = calloc(n_series + 1, sizeof(*ranked));
	json_t *array = ranked ? json_array() : NULL;
	size_t n = 0;

	for (size_t i = 0; array && i < n_series; i++) {
		const struct series *series = snapshot_series(figures->snapshot, i);

		if (panel_has(panel, series))
			ranked[n++] = (struct ranked){series, measure(figures, panel, series)};
	}
	if (n)
		qsort(ranked, n, sizeof(*ranked), compare_ranked);
	for (size_t i = 0; i < n && i < PANEL_SERIES_MAX; i++)
		dashboard_append(&array, series_object(figures, panel, ranked[i].series));
	free(ranked);
	return array;
}

/* One series, of all together. */
static json_t *share_of_errors(const struct figures *figures, const struct panel *panel)
{
	json_t *array = json_array();
	json_t *object = json_object();
	double all = 0;
	double errors = 0;

	for (size_t i = 0; i < snapshot_n_series(figures->snapshot); i++) {
		const struct series *series = snapshot_series(figures->snapshot, i);
		const char *result = series_tag(series, "result");

		if (!panel_has(panel, series))
			continue;
		all += total(series);
		errors += result && strcmp(result, "error") == 0 ? total(series) : 0;
	}
	dashboard_set(&object, "name", json_string(panel->name));
	dashboard_set(&object, "tags", json_object());
	dashboard_set(&object, "unit", json_string("1"));
	dashboard_set(&object, "value", number(all > 0 ? errors / all : NAN));
	dashboard_append(&array, object);
	return array;
}

static json_t *thresholds(const struct panel *panel)
{
	static const char *const levels[PANEL_THRESHOLDS] = {"warning", "bad"};
	json_t *array = json_array();

	for (int i = 0; panel->has_thresholds && i < PANEL_THRESHOLDS; i++) {
		json_t *object = json_object();

		dashboard_set(&object, "from", json_real(panel->thresholds[i]));
		dashboard_set(&object, "level", json_string(levels[i]));
		dashboard_append(&array, object);
	}
	return array;
}

static json_t *panel_object(const struct figures *figures, const struct panel *panel)
{
	json_t *object = json_object();

	dashboard_set(&object, "title", json_string(panel->title));
	dashboard_set(&object, "kind", json_string(panel->kind));
	dashboard_set(&object, "unit", panel->unit ? json_string(panel->unit) : json_null());
	dashboard_set(&object, "thresholds", thresholds(panel));
	dashboard_set(&object, "series",
		      panel->measure == MEASURE_ERRORS ? share_of_errors(figures, panel)
						       : greatest(figures, panel));
	return object;
}

static json_t *make_dashboard(const char *name, const struct figures *figures)
{
	json_t *object = json_object();
	json_t *panels = json_array();

	for (size_t i = 0; i < n_dashboard_panels; i++)
		if (strcmp(dashboard_panels[i].dashboard, name) == 0)
			dashboard_append(&panels, panel_object(figures, &dashboard_panels[i]));
	dashboard_set(&object, "schema", json_string("sonde.dashboard/1"));
	dashboard_set(&object, "type", json_string(name));
	dashboard_set(&object, "title", dashboard_title(name));
	dashboard_set(&object, "taken",
		      json_real((double)snapshot_taken_ns(figures->snapshot) * 1e-9));
	dashboard_set(&object, "panels", panels);
	return object;
}

/* -- Writing ---------------------------------------------------------------------------------- */

static int add_piece(const char *text, size_t size, void *document)
{
	return document_add(document, text, size);
}

static int fill(struct document *document, const json_t *root)
{
	if (!root ||
	    json_dump_callback(root, add_piece, document, JSON_COMPACT | JSON_REAL_PRECISION(15)))
		return SONDE_ENOMEM;
	return 0;
}

static int create(struct sonde *sonde, const char *name, bool is_for_grafana, sonde_writer write,
		  void *argument)
{
	struct document document = {0};
	struct figures figures;
	int error = write ? 0 : SONDE_EINVAL;

	if (!name)
		name = "overview";
	if (!error && !dashboard_is_known(name))
		error = SONDE_EINVAL;
	if (!error)
		error = figures_open(sonde, 0, &figures);
	if (error)
		return error;

	json_t *root = is_for_grafana ? dashboard_for_grafana(name, figures.snapshot)
				      : make_dashboard(name, &figures);

	error = fill(&document, root);
	json_decref(root);
	figures_close(&figures);
	return document_hand_out(&document, error, write, argument);
}

int sonde_create_dashboard_data(struct sonde *sonde, const char *dashboard_type, sonde_writer write,
				void *argument)
{
	return create(sonde, dashboard_type, false, write, argument);
}

int sonde_create_grafana_dashboard(struct sonde *sonde, const char *dashboard_type,
				   sonde_writer write, void *argument)
{
	return create(sonde, dashboard_type, true, write, argument);
}
