// SPDX-License-Identifier: MIT
#include "config.h"

#include "api.h"

#include <ctype.h>
#include <jansson.h>

/* What a writer has been given. */
struct written {
	char text[1 << 20];
	size_t size;
};

static struct written written;

static int keep(void *argument, const char *text, size_t size)
{
	struct written *kept = argument;

	if (size > sizeof(kept->text) - kept->size)
		return 1;
	memcpy(kept->text + kept->size, text, size);
	kept->size += size;
	return 0;
}

static int refuse(void *argument, const char *text, size_t size)
{
	(void)argument;
	(void)text;
	return size ? 1 : 0;
}

typedef int create_function(struct sonde *sonde, const char *type, sonde_writer write,
			    void *argument);

static json_t *dashboard(create_function *create, const char *type)
{
	json_t *document;

	written.size = 0;
	CU_ASSERT_EQUAL_FATAL(create(metrics(), type, keep, &written), 0);
	document = json_loadb(written.text, written.size, JSON_REJECT_DUPLICATES, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(document);
	return document;
}

static const char *const types[] = {"overview", "performance", "errors", "resources", "exporters"};

enum { N_TYPES = sizeof(types) / sizeof(types[0]) };

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static const json_t *find(const json_t *array, const char *key, const char *value)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (strcmp(text_of(json_array_get(array, i), key), value) == 0)
			return json_array_get(array, i);
	return NULL;
}

static const json_t *panel_of(const json_t *document, const char *title)
{
	return find(json_object_get(document, "panels"), "title", title);
}

static void record_some(void)
{
	struct sonde_tag tag = {"endpoint", "/\"status\""};

	for (int i = 0; i < 3; i++)
		sonde_record_success(metrics(), "drawn");
	sonde_record_failure(metrics(), "drawn", "timeout");
	sonde_record_counter(metrics(), "drawn.requests", 12, &tag, 1);
	sonde_record_gauge(metrics(), "drawn.level", NAN, NULL, 0);
	sonde_record_timer(metrics(), "drawn.time", 250, SONDE_MILLISECONDS, NULL, 0);
}

/* -- For any page ----------------------------------------------------------------------------- */

static bool is_one_of(const char *word, const char *const *words, size_t n_words)
{
	for (size_t i = 0; i < n_words; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static void check_series(const json_t *series, const char *kind)
{
	const json_t *value = json_object_get(series, "value");
	const json_t *points = json_object_get(series, "points");
	const json_t *point;
	size_t i;

	CU_ASSERT(*text_of(series, "name") != '\0');
	CU_ASSERT(json_is_object(json_object_get(series, "tags")));
	CU_ASSERT(json_is_string(json_object_get(series, "unit")));
	CU_ASSERT(json_is_number(value) || json_is_null(value));
	if (strcmp(kind, "graph") == 0)
		CU_ASSERT(json_is_array(points));
	json_array_foreach(points, i, point)
	{
		CU_ASSERT_EQUAL(json_array_size(point), 2);
		CU_ASSERT(json_number_value(json_array_get(point, 0)) <= 0);
		CU_ASSERT(json_number_value(json_array_get(point, 1)) >= 0);
	}
	if (strcmp(kind, "table") == 0)
		CU_ASSERT(json_is_integer(json_object_get(series, "count")));
}

static void check_panel(const json_t *panel)
{
	static const char *const kinds[] = {"graph", "stat", "table", "bars"};
	const char *kind = text_of(panel, "kind");
	const json_t *series;
	size_t i;

	CU_ASSERT(*text_of(panel, "title") != '\0');
	CU_ASSERT(is_one_of(kind, kinds, 4));
	CU_ASSERT(json_is_string(json_object_get(panel, "unit")) ||
		  json_is_null(json_object_get(panel, "unit")));
	CU_ASSERT(json_is_array(json_object_get(panel, "thresholds")));
	CU_ASSERT(json_is_array(json_object_get(panel, "series")));
	json_array_foreach(json_object_get(panel, "series"), i, series) check_series(series, kind);
}

static void every_type_has_panels_that_can_be_drawn(void)
{
	record_some();
	for (int i = 0; i < N_TYPES; i++) {
		json_t *document = dashboard(sonde_create_dashboard_data, types[i]);
		const json_t *panels = json_object_get(document, "panels");
		const json_t *panel;
		size_t n;

		CU_ASSERT_STRING_EQUAL(text_of(document, "schema"), "sonde.dashboard/1");
		CU_ASSERT_STRING_EQUAL(text_of(document, "type"), types[i]);
		CU_ASSERT(json_array_size(panels) >= 2);
		json_array_foreach(panels, n, panel) check_panel(panel);
		json_decref(document);
	}
}

static void panels_show_what_was_recorded(void)
{
	record_some();

	json_t *document = dashboard(sonde_create_dashboard_data, NULL);
	const json_t *failed = panel_of(document, "Operations that failed");
	const json_t *share = json_array_get(json_object_get(failed, "series"), 0);

	CU_ASSERT_STRING_EQUAL(text_of(document, "type"), "overview");
	CU_ASSERT_DOUBLE_EQUAL(json_number_value(json_object_get(share, "value")), 0.25, 1e-9);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(failed, "thresholds")), 2);

	const json_t *durations = json_object_get(panel_of(document, "Durations"), "series");
	const json_t *time = find(durations, "name", "drawn.time");

	CU_ASSERT_DOUBLE_EQUAL(json_number_value(json_object_get(time, "p95")), 0.25, 1e-9);
	CU_ASSERT_STRING_EQUAL(text_of(time, "unit"), "s");

	const json_t *counters = json_object_get(panel_of(document, "Counters"), "series");
	const json_t *requests = find(counters, "name", "drawn.requests");

	CU_ASSERT_STRING_EQUAL(text_of(json_object_get(requests, "tags"), "endpoint"),
			       "/\"status\"");

	const json_t *gauges = json_object_get(panel_of(document, "Gauges"), "series");

	CU_ASSERT(json_is_null(json_object_get(find(gauges, "name", "drawn.level"), "value")));
	json_decref(document);
}

static void resources_are_those_that_are_watched(void)
{
	json_t *document = dashboard(sonde_create_dashboard_data, "resources");

	CU_ASSERT_EQUAL(
		json_array_size(json_object_get(panel_of(document, "The machine"), "series")), 0);
	json_decref(document);
}

/* -- For Grafana ------------------------------------------------------------------------------ */

/* No two panels lie on each other, and none goes beyond the 24 columns. */
static void check_places(const json_t *panels)
{
	bool is_taken[200][24] = {{false}};
	const json_t *panel;
	size_t i;

	json_array_foreach(panels, i, panel)
	{
		const json_t *place = json_object_get(panel, "gridPos");
		json_int_t x = json_integer_value(json_object_get(place, "x"));
		json_int_t y = json_integer_value(json_object_get(place, "y"));
		json_int_t w = json_integer_value(json_object_get(place, "w"));
		json_int_t h = json_integer_value(json_object_get(place, "h"));

		CU_ASSERT_FATAL(w > 0 && h > 0 && x >= 0 && y >= 0 && x + w <= 24 && y + h <= 200);
		for (json_int_t row = y; row < y + h; row++)
			for (json_int_t column = x; column < x + w; column++) {
				CU_ASSERT_FALSE(is_taken[row][column]);
				is_taken[row][column] = true;
			}
	}
}

static void check_data_source(const json_t *object)
{
	const json_t *source = json_object_get(object, "datasource");

	CU_ASSERT_STRING_EQUAL(text_of(source, "type"), "prometheus");
	CU_ASSERT_STRING_EQUAL(text_of(source, "uid"), "${datasource}");
}

static void check_target(const json_t *target)
{
	const char *id = text_of(target, "refId");

	CU_ASSERT(isupper((unsigned char)id[0]) && !id[1]);
	CU_ASSERT(*text_of(target, "expr") != '\0');
	CU_ASSERT(json_is_string(json_object_get(target, "legendFormat")));
	CU_ASSERT_NOT_EQUAL(json_is_true(json_object_get(target, "range")),
			    json_is_true(json_object_get(target, "instant")));
	check_data_source(target);
}

static void check_grafana_panel(const json_t *panel)
{
	static const char *const known[] = {"timeseries", "stat", "bargauge"};
	const json_t *config = json_object_get(panel, "fieldConfig");
	const json_t *defaults = json_object_get(config, "defaults");
	const json_t *steps = json_object_get(json_object_get(defaults, "thresholds"), "steps");
	const json_t *targets = json_object_get(panel, "targets");
	const json_t *target;
	size_t i;

	CU_ASSERT(is_one_of(text_of(panel, "type"), known, 3));
	CU_ASSERT(json_is_array(json_object_get(config, "overrides")));
	CU_ASSERT(*text_of(defaults, "unit") != '\0');
	/* The first step has no bound. */
	CU_ASSERT(json_is_null(json_object_get(json_array_get(steps, 0), "value")));
	CU_ASSERT(json_is_object(json_object_get(panel, "options")));
	check_data_source(panel);
	CU_ASSERT(json_array_size(targets) > 0 && json_array_size(targets) <= 26);
	json_array_foreach(targets, i, target)
	{
		check_target(target);
		for (size_t other = 0; other < i; other++)
			CU_ASSERT_STRING_NOT_EQUAL(text_of(json_array_get(targets, other), "refId"),
						   text_of(target, "refId"));
	}
}

static void grafana_gets_what_its_dashboard_model_asks_for(void)
{
	record_some();
	for (int i = 0; i < N_TYPES; i++) {
		json_t *document = dashboard(sonde_create_grafana_dashboard, types[i]);
		const json_t *panels = json_object_get(document, "panels");
		const json_t *variables =
			json_object_get(json_object_get(document, "templating"), "list");
		const json_t *panel;
		size_t n;

		CU_ASSERT(json_is_null(json_object_get(document, "id")));
		CU_ASSERT(json_integer_value(json_object_get(document, "schemaVersion")) >= 36);
		CU_ASSERT(strstr(text_of(document, "title"), types[i]) != NULL);
		CU_ASSERT_STRING_EQUAL(text_of(json_object_get(document, "time"), "to"), "now");
		CU_ASSERT_STRING_EQUAL(text_of(find(variables, "name", "datasource"), "query"),
				       "prometheus");
		CU_ASSERT(json_is_array(
			json_object_get(json_object_get(document, "annotations"), "list")));
		CU_ASSERT(json_is_array(panels));
		json_array_foreach(panels, n, panel)
		{
			CU_ASSERT_EQUAL(json_integer_value(json_object_get(panel, "id")),
					(json_int_t)n + 1);
			check_grafana_panel(panel);
		}
		check_places(panels);
		json_decref(document);
	}
}

static bool has_expression(const json_t *document, const char *expression)
{
	const json_t *panel;
	size_t i;

	json_array_foreach(
		json_object_get(document, "panels"), i,
		panel) if (find(json_object_get(panel, "targets"), "expr", expression)) return true;
	return false;
}

static void expressions_are_over_the_names_that_prometheus_has(void)
{
	record_some();

	json_t *document = dashboard(sonde_create_grafana_dashboard, "overview");

	CU_ASSERT(has_expression(document, "rate(drawn_requests_total[$__rate_interval])"));
	CU_ASSERT(has_expression(document, "histogram_quantile(0.95, sum without (instance) "
					   "(rate(drawn_time_seconds_bucket[$__rate_interval])))"));
	CU_ASSERT(has_expression(document, "drawn_level"));
	json_decref(document);
}

/* For promtool, which is asked about all of them by test-dashboard.sh: as a file of rules. */
static void expressions_are_written_as_rules(void)
{
	const char *path = getenv("EXPRESSIONS");
	FILE *file = path ? fopen(path, "w") : NULL;

	if (!file)
		return;
	record_some();
	fputs("groups: [ { name: all, rules: [\n", file);
	for (int i = 0; i < N_TYPES; i++) {
		json_t *document = dashboard(sonde_create_grafana_dashboard, types[i]);
		const json_t *panel;
		const json_t *target;
		size_t n;
		size_t m;

		json_array_foreach(json_object_get(document, "panels"), n, panel)
			json_array_foreach(json_object_get(panel, "targets"), m, target)
				fprintf(file, "{ record: \"dashboard:%d:%zu:%zu\", expr: '%s' },\n",
					i, n, m, text_of(target, "expr"));
		json_decref(document);
	}
	fputs("] } ]\n", file);
	CU_ASSERT_EQUAL(fclose(file), 0);
}

/* -- Bad and concurrent ----------------------------------------------------------------------- */

static void bad_arguments_are_refused(void)
{
	create_function *const creates[] = {sonde_create_dashboard_data,
					    sonde_create_grafana_dashboard};

	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(creates[i](metrics(), "overwiew", keep, &written), SONDE_EINVAL);
		CU_ASSERT_EQUAL(creates[i](metrics(), "", keep, &written), SONDE_EINVAL);
		CU_ASSERT_EQUAL(creates[i](metrics(), "overview", NULL, NULL), SONDE_EINVAL);
		CU_ASSERT_EQUAL(creates[i](NULL, "overview", keep, &written), SONDE_EINVAL);
		CU_ASSERT_EQUAL(creates[i](metrics(), "overview", refuse, NULL), SONDE_EIO);
	}
}

static int draw_in_child(void)
{
	written.size = 0;
	EXPECT(sonde_create_dashboard_data(metrics(), "errors", keep, &written) == 0);
	EXPECT(written.size > 0);
	return 0;
}

static void a_forked_child_has_its_own(void)
{
	metrics();
	in_child(draw_in_child);
}

static int count(void *argument, const char *text, size_t size)
{
	(void)text;
	*(size_t *)argument += size;
	return 0;
}

static void *draw_often(void *number)
{
	for (int i = 0; i < 10; i++) {
		size_t size = 0;

		sonde_record_success(metrics(), "drawn");
		if (sonde_create_dashboard_data(metrics(), types[(intptr_t)number % N_TYPES], count,
						&size) ||
		    !size)
			abort();
	}
	return NULL;
}

static void many_threads_can_draw_at_once(void)
{
	in_threads(draw_often);
}

UNIT_MAIN("dashboard", {"panels show what was recorded", panels_show_what_was_recorded},
	  {"every type has panels that can be drawn", every_type_has_panels_that_can_be_drawn},
	  {"resources are those that are watched", resources_are_those_that_are_watched},
	  {"Grafana gets what its dashboard model asks for",
	   grafana_gets_what_its_dashboard_model_asks_for},
	  {"expressions are over the names that Prometheus has",
	   expressions_are_over_the_names_that_prometheus_has},
	  {"expressions are written as rules", expressions_are_written_as_rules},
	  {"bad arguments are refused", bad_arguments_are_refused},
	  {"a forked child has its own", a_forked_child_has_its_own},
	  {"many threads can draw at once", many_threads_can_draw_at_once})
