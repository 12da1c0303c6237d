// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-figures.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/snapshot-build.h"
#include "sonde/plugin.h"

struct adding {
	struct snapshot *snapshot;
	const char *instance;
	int64_t start_ns;
};

static int add(const struct adding *adding, const char *name, const char *unit, const char *outcome,
	       uint64_t count)
{
	const struct tag tags[] = {{"instance", adding->instance}, {"outcome", outcome}};
	const struct series series = {
		.name = name,
		.tags = tags,
		.n_tags = outcome ? 2 : 1,
		.type = SERIES_COUNTER,
		.unit = unit,
		.start_ns = adding->start_ns,
		.value.count = count,
	};

	return snapshot_adopt(adding->snapshot, series_copy(&series));
}

static int add_outcomes(const struct adding *adding, const struct plugin_health *health)
{
	int result = 0;

	for (uint32_t i = COUNT_TAKEN; result == 0 && i <= COUNT_DROPPED_END; i++)
		result = add(adding, "sonde.plugin.snapshots", "{snapshot}", plugin_count_name(i),
			     health->counts[i]);
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

int plugin_figures_add(struct snapshot *snapshot, const struct plugin_choice *choice,
		       const struct plugin_health *health, int64_t start_ns)
{
	const struct adding adding = {snapshot, choice->name, start_ns};
	int result = 0;

	if (health->kind & SONDE_KIND_EXPORTER)
		result = add_outcomes(&adding, health);
	if (result == 0 && (health->kind & SONDE_KIND_MONITOR))
		result = add(&adding, "sonde.plugin.collections", "{collection}", "collected",
			     health->counts[COUNT_COLLECTED]);
	if (result == 0 && (health->kind & SONDE_KIND_MONITOR))
		result = add(&adding, "sonde.plugin.collections", "{collection}", "failed",
			     health->counts[COUNT_COLLECT_FAILED]);
	if (result == 0)
		result = add(&adding, "sonde.plugin.lines.suppressed", "{line}", NULL,
			     health->counts[COUNT_LINES_SUPPRESSED]);
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
