// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-figures.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/snapshot-format.h"
#include "model/snapshot-build.h"
#include "sonde/plugin.h"

struct adding {
	struct snapshot *snapshot;
	const char *instance;
	const char *plugin;
	int64_t start_ns;
};

/* With one more tag, unless it is NULL. */
static int add_tagged(const struct adding *adding, const char *name, const char *unit,
		      const struct tag *tag, uint64_t count)
{
	const struct tag none = {NULL, NULL};
	const struct tag tags[] = {{"instance", adding->instance}, tag ? *tag : none};
	const struct series series = {
		.name = name,
		.tags = tags,
		.n_tags = tag ? 2 : 1,
		.type = SERIES_COUNTER,
		.unit = unit,
		.start_ns = adding->start_ns,
		.value.count = count,
	};

	return snapshot_adopt(adding->snapshot, series_copy(&series));
}

static int add(const struct adding *adding, const char *name, const char *unit, const char *outcome,
	       uint64_t count)
{
	const struct tag tag = {"outcome", outcome};

	return add_tagged(adding, name, unit, outcome ? &tag : NULL, count);
}

static int add_unexposed(const struct adding *adding, const struct plugin_health *health)
{
	int result = 0;

	for (uint32_t i = 0; result == 0 && i < LEFT_OUT_REASONS; i++) {
		const struct tag tag = {"reason", left_out_name(i)};

		result = add_tagged(adding, "sonde.plugin.unexposed", "{series}", &tag,
				    health->counts[COUNT_UNEXPOSED_KIND + i]);
	}
	return result;
}

static int add_outcomes(const struct adding *adding, const struct plugin_health *health)
{
	int result = 0;

	for (uint32_t i = COUNT_TAKEN; result == 0 && i <= COUNT_DROPPED_END; i++)
		result = add(adding, "sonde.plugin.snapshots", "{snapshot}", plugin_count_name(i),
			     health->counts[i]);
	return result;
}

/* What did not become a series of its own, or did not stay one. */
static int add_series(const struct adding *adding, const struct plugin_health *health)
{
	static const struct {
		enum plugin_count count;
		uint32_t kind;
		const char *outcome;
	} outcomes[] = {
		{COUNT_SERIES_REFUSED, SONDE_KIND_MONITOR, "refused"},
		{COUNT_SERIES_LEFT_OUT, SONDE_KIND_MONITOR, "left_out"},
		{COUNT_OVERFLOWED, SONDE_KIND_MONITOR, "overflowed"},
	};
	int result = 0;

	for (size_t i = 0; result == 0 && i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (health->kind & outcomes[i].kind)
			result = add(adding, "sonde.plugin.series", "{series}", outcomes[i].outcome,
				     health->counts[outcomes[i].count]);
	return result;
}

static int add_own(const struct adding *adding, const struct plugin_health *health)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < HEALTH_OWN_COUNTERS && health->own[i].name[0]; i++) {
		char name[sizeof("sonde.plugin.") + HEALTH_NAME_SIZE];

		snprintf(name, sizeof(name), "sonde.plugin.%s", health->own[i].name);
		result = add(adding, name, "1", NULL, health->own[i].count);
	}
	return result;
}

/* -- As OpenTelemetry's conventions have it, "SDK metrics" ---------------------------------------
 */

static struct series own_series(const struct adding *adding, const char *name,
				enum series_type type, const char *unit)
{
	return (struct series){
		.name = name,
		.type = type,
		.unit = unit,
		.start_ns = type == SERIES_GAUGE ? 0 : adding->start_ns,
	};
}

/* Which component it is, and, where it went wrong, how. */
static int add_component(const struct adding *adding, struct series series, const char *error_type)
{
	const struct tag tags[] = {
		{"error.type", error_type},
		{"otel.component.name", adding->instance},
		{"otel.component.type", adding->plugin},
	};

	series.tags = error_type ? tags : tags + 1;
	series.n_tags = error_type ? 3 : 2;
	return snapshot_adopt(adding->snapshot, series_copy(&series));
}

static int add_points(const struct adding *adding, const char *error_type, uint64_t count)
{
	struct series series = own_series(adding, "otel.sdk.exporter.metric_data_point.exported",
					  SERIES_COUNTER, "{data_point}");

	series.value.count = count;
	return add_component(adding, series, error_type);
}

static int add_inflight(const struct adding *adding, uint64_t count)
{
	struct series series = own_series(adding, "otel.sdk.exporter.metric_data_point.inflight",
					  SERIES_GAUGE, "{data_point}");

	series.value.number = (double)count;
	return add_component(adding, series, NULL);
}

static int add_durations(const struct adding *adding, const char *name,
			 const struct plugin_durations *durations)
{
	struct series series = own_series(adding, name, SERIES_TIMER, "s");
	struct series_histogram histogram = {
		.sum = (double)durations->sum_ns * 1e-9,
		.min = (double)durations->min_ns * 1e-9,
		.max = (double)durations->max_ns * 1e-9,
		.first_index = HISTOGRAM_FIRST_INDEX,
	};

	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		histogram.buckets[i] = durations->buckets[i];
		histogram.count += durations->buckets[i];
	}
	series.value.histogram = &histogram;
	return histogram.count ? add_component(adding, series, NULL) : 0;
}

static int add_conventional(const struct adding *adding, const struct plugin_health *health)
{
	int result = 0;

	if (health->kind & SONDE_KIND_MONITOR)
		result = add_durations(adding, "otel.sdk.metric_reader.collection.duration",
				       &health->collections);
	if (result < 0 || !(health->kind & SONDE_KIND_EXPORTER))
		return result;
	result = add_points(adding, NULL, health->counts[COUNT_POINTS_TAKEN]);
	if (result == 0)
		result = add_points(adding, "rejected", health->counts[COUNT_POINTS_LOST]);
	if (result == 0)
		result = add_inflight(adding, health->n_inflight);
	return result < 0 ? result
			  : add_durations(adding, "otel.sdk.exporter.operation.duration",
					  &health->exports);
}

int plugin_figures_add(struct snapshot *snapshot, const struct plugin_choice *choice,
		       const struct plugin_health *health, int64_t start_ns)
{
	const struct adding adding = {snapshot, choice->name, choice->plugin, start_ns};
	int result = 0;

	if (health->kind & SONDE_KIND_EXPORTER)
		result = add_outcomes(&adding, health);
	if (result == 0 && (health->kind & SONDE_KIND_EXPORTER))
		result = add_unexposed(&adding, health);
	if (result == 0 && (health->kind & SONDE_KIND_MONITOR))
		result = add(&adding, "sonde.plugin.collections", "{collection}", "collected",
			     health->counts[COUNT_COLLECTED]);
	if (result == 0 && (health->kind & SONDE_KIND_MONITOR))
		result = add(&adding, "sonde.plugin.collections", "{collection}", "failed",
			     health->counts[COUNT_COLLECT_FAILED]);
	if (result == 0)
		result = add_series(&adding, health);
	if (result == 0)
		result = add(&adding, "sonde.plugin.lines.suppressed", "{line}", NULL,
			     health->counts[COUNT_LINES_SUPPRESSED]);
	if (result == 0)
		result = add_conventional(&adding, health);
	return result < 0 ? result : add_own(&adding, health);
}

/* The last lines of the log, the oldest first. 0 or -ENOMEM. */
static int describe_lines(const struct plugin_health *health, struct plugin_record *record)
{
	uint64_t n_lines = health->counts[COUNT_LINES];
	size_t n_kept = n_lines < HEALTH_LINES ? (size_t)n_lines : HEALTH_LINES;

	record->lines = calloc(n_kept + 1, sizeof(*record->lines));
	if (!record->lines)
		return -ENOMEM;
	for (size_t i = 0; i < n_kept; i++) {
		const struct plugin_line *line =
			&health->lines[(n_lines - n_kept + i) % HEALTH_LINES];

		record->lines[i] = strdup(line->text);
		if (!record->lines[i])
			return -ENOMEM;
		record->n_lines++;
	}
	return 0;
}

static int describe_counts(const struct plugin_health *health, struct plugin_record *record)
{
	for (uint32_t i = 0; i < PLUGIN_COUNTS; i++)
		if (health->counts[i] &&
		    name_counts_add(&record->counts, plugin_count_name(i), health->counts[i]) < 0)
			return -ENOMEM;
	return 0;
}

int plugin_figures_describe(const struct plugin_choice *choice, const struct plugin_health *health,
			    struct recording *recording)
{
	struct plugin_record *record = recording_add_plugin(recording);

	if (!record)
		return -ENOMEM;
	record->name = strdup(choice->name);
	record->plugin = strdup(choice->plugin);
	record->version = strdup(health->version);
	record->state = strdup(plugin_state_name(health->state));
	record->reason = strdup(health->reason);
	record->n_lost = health_n_lost(health);
	if (!record->name || !record->plugin || !record->version || !record->state ||
	    !record->reason)
		return -ENOMEM;
	int result = describe_counts(health, record);

	return result < 0 ? result : describe_lines(health, record);
}
