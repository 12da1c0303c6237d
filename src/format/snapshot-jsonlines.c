// SPDX-License-Identifier: MIT
/*
 * A snapshot is one line, so that a file of them can be cut between any two lines, and read while
 * it grows:
 *
 *     {"taken":"...","start":"...","sequence":3,"final":false,"delta":false,"source":{...},"series":[
 *      {"name":"libc.calls","type":"counter","unit":"{call}","start":"...","tags":{...},"value":12},
 *      {"name":"libc.call.duration","type":"timer",...,"value":{"count":2,"sum":0.5,"min":..,"max":..,
 *       "scale":3,"zero_count":0,"over_count":0,"offset":-80,"buckets":[1,0,1]}}]}
 */
#include "config.h"

#include "format/snapshot-format.h"

#include "base/histogram.h"
#include "format/json-output.h"

static void put_tags(struct json_output *output, const struct tag *tags, size_t n_tags)
{
	json_put(output, "{");
	for (size_t i = 0; i < n_tags; i++) {
		json_put(output, i ? "," : "");
		json_put_string(output, tags[i].key);
		json_put(output, ":");
		json_put_string(output, tags[i].value);
	}
	json_put(output, "}");
}

/* From the first bucket that is not empty to the last one. */
static void put_buckets(struct json_output *output, const struct series_histogram *histogram)
{
	unsigned int first = 0;
	unsigned int end = HISTOGRAM_INSIDE;

	while (first < end && !histogram->buckets[first])
		first++;
	while (end > first && !histogram->buckets[end - 1])
		end--;
	json_put(output, ",\"offset\":");
	json_put_integer(output, first < end ? (int)first + histogram->first_index : 0);
	json_put(output, ",\"buckets\":[");
	for (unsigned int i = first; i < end; i++) {
		json_put(output, i > first ? "," : "");
		json_put_count(output, histogram->buckets[i]);
	}
	json_put(output, "]");
}

static void put_histogram(struct json_output *output, const struct series_histogram *histogram)
{
	json_put(output, "{\"count\":");
	json_put_count(output, histogram->count);
	json_put(output, ",\"sum\":");
	json_put_number(output, histogram->sum);
	json_put(output, ",\"min\":");
	json_put_number(output, histogram->min);
	json_put(output, ",\"max\":");
	json_put_number(output, histogram->max);
	json_put(output, ",\"scale\":");
	json_put_integer(output, HISTOGRAM_SCALE);
	json_put(output, ",\"zero_count\":");
	json_put_count(output, histogram->buckets[HISTOGRAM_ZERO]);
	json_put(output, ",\"over_count\":");
	json_put_count(output, histogram->buckets[HISTOGRAM_OVER]);
	put_buckets(output, histogram);
	json_put(output, "}");
}

static void put_exemplars(struct json_output *output, const struct series *series)
{
	json_put(output, ",\"exemplars\":[");
	for (size_t i = 0; i < series->n_exemplars; i++) {
		const struct exemplar *exemplar = &series->exemplars[i];

		json_put(output, i ? ",{\"value\":" : "{\"value\":");
		json_put_number(output, exemplar->value);
		json_put(output, ",\"time\":");
		json_put_instant(output, exemplar->time_ns);
		json_put(output, ",\"pid\":");
		json_put_integer(output, exemplar->pid);
		if (exemplar->tid) {
			json_put(output, ",\"tid\":");
			json_put_integer(output, exemplar->tid);
		}
		if (*exemplar->site) {
			json_put(output, ",\"site\":");
			json_put_string(output, exemplar->site);
		}
		json_put(output, "}");
	}
	json_put(output, "]");
}

static void put_value(struct json_output *output, const struct series *series)
{
	if (series_has_histogram(series))
		put_histogram(output, series->value.histogram);
	else if (series->type == SERIES_COUNTER && !series->is_fractional)
		json_put_count(output, series->value.count);
	else
		json_put_number(output, series->value.number);
}

static void put_series(struct json_output *output, const struct series *series)
{
	json_put(output, "{\"name\":");
	json_put_string(output, series->name);
	json_put(output, ",\"type\":");
	json_put_string(output, series_type_name(series->type));
	json_put(output, ",\"unit\":");
	json_put_string(output, series->unit);
	json_put(output, ",\"start\":");
	json_put_instant(output, series->start_ns);
	json_put(output, ",\"tags\":");
	put_tags(output, series->tags, series->n_tags);
	json_put(output, ",\"value\":");
	put_value(output, series);
	if (series->n_exemplars)
		put_exemplars(output, series);
	json_put(output, "}");
}

static void put_head(struct json_output *output, const struct snapshot *snapshot,
		     const struct snapshot_source *source)
{
	json_put(output, "{\"taken\":");
	json_put_instant(output, snapshot_taken_ns(snapshot));
	json_put(output, ",\"start\":");
	json_put_instant(output, source->start_ns);
	json_put(output, ",\"sequence\":");
	json_put_count(output, source->sequence);
	json_put(output, source->is_final ? ",\"final\":true" : ",\"final\":false");
	json_put(output, source->is_delta ? ",\"delta\":true" : ",\"delta\":false");
	json_put(output, ",\"source\":");
	put_tags(output, source->tags, source->n_tags);
}

static void put_snapshot(struct json_output *output, const struct snapshot *snapshot,
			 const struct snapshot_source *source)
{
	put_head(output, snapshot, source);
	json_put(output, ",\"series\":[");
	for (size_t i = 0; i < snapshot_n_series(snapshot) && output->result == 0; i++) {
		json_put(output, i ? "," : "");
		put_series(output, snapshot_series(snapshot, i));
	}
	json_put(output, "]}\n");
}

int snapshot_write_jsonlines(const struct snapshot *snapshot, const struct snapshot_source *source,
			     const char *const *parameters, const struct format_sink *sink)
{
	struct json_output output = json_output_init(sink);

	(void)parameters;
	put_snapshot(&output, snapshot, source);
	return json_output_finish(&output);
}
