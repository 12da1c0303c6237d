// SPDX-License-Identifier: MIT
/*
 * A recording's totals as series: those that snapshot.h lists.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/call-direction.h"
#include "model/snapshot-build.h"

/* What the counters of one recording have in common. */
struct adding {
	struct snapshot *snapshot;
	int64_t start_ns;
};

/* Without tags. */
static struct series counter_of(const struct adding *adding, const char *name, const char *unit,
				uint64_t count)
{
	return (struct series){
		.name = name,
		.type = SERIES_COUNTER,
		.unit = unit,
		.start_ns = adding->start_ns,
		.value.count = count,
	};
}

/* Tags are pairs of key and value. */
static int add_counter(const struct adding *adding, const char *name, const char *unit,
		       uint64_t count, const struct tag *tags, size_t n_tags)
{
	struct series series = counter_of(adding, name, unit, count);

	series.tags = tags;
	series.n_tags = n_tags;
	return snapshot_adopt(adding->snapshot, series_copy(&series));
}

/* Such a call's last tag is its kind; the others have none. */
static size_t is_told_apart(const struct call_totals *call)
{
	return call->kind[0] != '\0';
}

/* By result; a result that never came about has no series. What has not returned has no result yet.
 */
static int add_calls(const struct adding *adding, const struct call_totals *call)
{
	const struct {
		const char *name;
		uint64_t count;
	} results[] = {
		{"ok", call_totals_successes(call)},
		{"expected", call->expected},
		{"error", call->failures > call->expected ? call->failures - call->expected : 0},
	};
	int error = 0;

	for (size_t i = 0; !error && i < sizeof(results) / sizeof(results[0]); i++) {
		const struct tag tags[] = {
			{"call", call->name},
			{"group", call->group},
			{"result", results[i].name},
			{"kind", call->kind},
		};

		if (results[i].count)
			error = add_counter(adding, "libc.calls", "{call}", results[i].count, tags,
					    3 + is_told_apart(call));
	}
	return error;
}

/* Of the latest failure it is known when it was, and whose. */
static int add_error(const struct adding *adding, const struct error_totals *error, const struct tag *tags,
		     size_t n_tags)
{
	const struct exemplar latest = {.value = 1, .time_ns = error->last_ns, .pid = error->last_pid};
	struct series series = counter_of(adding, "libc.errors", "{error}", error->count);

	series.tags = tags;
	series.n_tags = n_tags;
	series.exemplars = &latest;
	series.n_exemplars = error->last_pid != 0;
	return snapshot_adopt(adding->snapshot, series_copy(&series));
}

static int add_errors(const struct adding *adding, const struct call_totals *call)
{
	int error = 0;

	for (size_t i = 0; !error && i < call->n_errors; i++) {
		const struct tag tags[] = {
			{"call", call->name},
			{"errno", call->errors[i].symbol},
			{"kind", call->kind},
		};

		error = add_error(adding, &call->errors[i], tags, 2 + is_told_apart(call));
	}
	return error;
}

static int add_duration(const struct adding *adding, const struct call_totals *call)
{
	const struct tag tags[] = {
		{"call", call->name},
		{"group", call->group},
		{"kind", call->kind},
	};
	struct series_histogram histogram = {
		.count = call->timed,
		.sum = (double)call->sum_ns / 1e9,
		.min = (double)call->min_ns / 1e9,
		.max = (double)call->max_ns / 1e9,
		.first_index = HISTOGRAM_FIRST_INDEX,
	};
	const struct series series = {
		.name = "libc.call.duration",
		.tags = tags,
		.n_tags = 2 + is_told_apart(call),
		.type = SERIES_TIMER,
		.unit = "s",
		.start_ns = adding->start_ns,
		.value.histogram = &histogram,
		.exemplars = call->exemplars.exemplars,
		.n_exemplars = call->exemplars.n_exemplars,
	};

	if (!call->timed)
		return 0;
	histogram.buckets[HISTOGRAM_ZERO] = call->buckets.zero;
	histogram.buckets[HISTOGRAM_OVER] = call->buckets.over;
	for (unsigned int i = 0; i < call->buckets.n; i++)
		histogram.buckets[call->buckets.first + i] = call->buckets.inside[i];
	return snapshot_adopt(adding->snapshot, series_copy(&series));
}

static int add_bytes(const struct adding *adding, const struct call_totals *call)
{
	const char *direction = call_direction(call->name);
	struct tag tags[3] = {{"call", call->name}};
	size_t n_tags = 1;

	if (!call->bytes)
		return 0;
	if (direction)
		tags[n_tags++] = (struct tag){"direction", direction};
	if (is_told_apart(call))
		tags[n_tags++] = (struct tag){"kind", call->kind};
	return add_counter(adding, call_is_allocation(call) ? "libc.memory.requested" : "libc.io", "By", call->bytes,
			   tags, n_tags);
}

static int add_call(const struct adding *adding, const struct call_totals *call)
{
	int error = add_calls(adding, call);

	if (!error)
		error = add_errors(adding, call);
	if (!error)
		error = add_duration(adding, call);
	if (!error)
		error = add_bytes(adding, call);
	return error;
}

/* One series for each reason there is, of the processes of all programs. */
static int add_unwatched(const struct adding *adding, const struct recording *recording)
{
	uint64_t counts[NOTE_REASONS] = {0};
	int error = 0;

	for (size_t i = 0; i < recording->n_unwatched; i++)
		counts[recording->unwatched[i].reason] += recording->unwatched[i].count;
	for (unsigned int i = 0; !error && i < NOTE_REASONS; i++) {
		const struct tag tag = {"reason", note_reason_name(i)};

		if (counts[i])
			error = add_counter(adding, "sonde.processes.unwatched", "{process}",
					    counts[i], &tag, 1);
	}
	return error;
}

/* Losses have a series also when nothing was lost: that is what a watcher wants to see. */
static int add_health(const struct adding *adding, const struct recording *recording)
{
	int error =
		add_counter(adding, "sonde.notes.lost", "{note}", recording->notes_lost, NULL, 0);

	if (!error)
		error = add_counter(adding, "sonde.regions.damaged", "{region}",
				    recording->damaged_regions, NULL, 0);
	for (unsigned int i = 0; !error && i < LOSS_REASONS; i++) {
		const struct tag tag = {"reason", region_loss_name(i)};

		error = add_counter(adding, "sonde.calls.lost", "{call}", recording->lost[i], &tag,
				    1);
	}
	for (unsigned int i = 0; !error && i < SERIES_REFUSALS; i++) {
		const struct tag tag = {"reason", series_refusal_name(i)};

		error = add_counter(adding, "sonde.metrics.refused", "{measurement}",
				    recording->refused[i], &tag, 1);
	}
	if (!error)
		error = add_counter(adding, "sonde.metrics.overflowed", "{measurement}",
				    recording->overflowed, NULL, 0);
	if (!error)
		error = add_counter(adding, "sonde.metrics.respelled", "{name}",
				    recording->respelled, NULL, 0);
	return error ? error : add_unwatched(adding, recording);
}

/* One of a name with the tags of others that are too many is none that the name has more. */
static bool is_tag_set(const struct series *series)
{
	return series->n_tags && strcmp(series->tags[0].key, "otel.metric.overflow") != 0;
}

static int add_size(const struct adding *adding, const char *name, size_t n_series)
{
	const struct tag tag = {"metric", name};
	const struct series series = {
		.name = "sonde.metrics.series",
		.type = SERIES_GAUGE,
		.unit = "{series}",
		.tags = &tag,
		.n_tags = 1,
		.value.number = (double)n_series,
	};

	return n_series ? snapshot_adopt(adding->snapshot, series_copy(&series)) : 0;
}

/* How many sets of tags each name has that has any. */
static int add_sizes(const struct adding *adding, const struct metric_list *metrics)
{
	size_t *sizes = calloc(metrics->n_entries + 1, sizeof(*sizes));
	int error = sizes ? 0 : -ENOMEM;

	for (size_t i = 0; !error && i < metrics->n_entries; i++) {
		const struct series *series = metrics->entries[i].series;

		if (is_tag_set(series))
			sizes[metric_list_first(metrics, series->name) - metrics->entries]++;
	}
	for (size_t i = 0; !error && i < metrics->n_entries; i++)
		error = add_size(adding, metrics->entries[i].series->name, sizes[i]);
	free(sizes);
	return error;
}

static int add_metrics(const struct adding *adding, const struct recording *recording)
{
	int error = 0;

	for (size_t i = 0; !error && i < recording->metrics.n_entries; i++)
		error = snapshot_adopt(adding->snapshot,
				       series_copy(recording->metrics.entries[i].series));
	return error;
}

static int fill_snapshot(struct snapshot *snapshot, const struct recording *recording)
{
	const struct adding adding = {snapshot, recording->started_ns};
	int error = add_health(&adding, recording);

	for (size_t i = 0; !error && i < recording->calls.n_calls; i++)
		error = add_call(&adding, &recording->calls.calls[i]);
	if (!error)
		error = add_metrics(&adding, recording);
	if (!error)
		error = add_sizes(&adding, &recording->metrics);
	if (error)
		return error;
	return snapshot_seal(snapshot) ? -EEXIST : 0;
}

int snapshot_new_from_recording(const struct recording *recording, struct snapshot **ret_snapshot)
{
	struct snapshot *snapshot =
		snapshot_new((int64_t)((uint64_t)recording->started_ns + recording->wall_ns));

	if (!snapshot)
		return -ENOMEM;

	int error = fill_snapshot(snapshot, recording);

	if (error)
		snapshot_put(snapshot);
	else
		*ret_snapshot = snapshot;
	return error;
}
