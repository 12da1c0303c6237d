// SPDX-License-Identifier: MIT
/*
 * A snapshot is one line, so that a file of them can be cut between any two lines, and read while
 * it grows:
 *
 *     {"taken":"...","start":"...","sequence":3,"final":false,"delta":false,"source":{...},"series":[
 *      {"name":"libc.calls","type":"counter","unit":"{call}","start":"...","tags":{...},"value":12},
 *      {"name":"libc.call.duration","type":"timer",...,"value":{"count":2,"sum":0.5,"min":..,"max":..,
 *       "scale":3,"zero_count":0,"over_count":0,"offset":-80,"buckets":[1,0,1]}}]}
 *
 * With a window, the line says of which time, and each series what it did then:
 *
 *     {...,"source":{...},"window":{"asked":60,"covered":60.001,"truncated":false},"series":[
 *      {"name":"libc.calls",...,"value":12,"window":{"count":3,"rate":0.04999}},
 */
#include "config.h"

#include "format/snapshot-format.h"

#include "base/histogram.h"
#include "format/json-output.h"

#include <errno.h>
#include <stdlib.h>

/* A look back from each series; none where window_ns is 0. */
struct look {
	const struct snapshot_lately *lately;
	int64_t window_ns;
};

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

static void put_named(struct json_output *output, const char *name, double number)
{
	json_put(output, name);
	json_put_number(output, number);
}

static void put_spread(struct json_output *output, const struct window_answer *answer)
{
	put_named(output, ",\"min\":", answer->min);
	put_named(output, ",\"max\":", answer->max);
	put_named(output, ",\"mean\":", answer->mean);
}

static void put_amounts(struct json_output *output, const struct series *series,
			const struct window_answer *answer)
{
	bool has_values = series_has_histogram(series) && answer->histogram.count;

	if (series->is_fractional)
		put_named(output, "\"sum\":", answer->sum);
	else
		json_put(output, "\"count\":");
	if (!series->is_fractional)
		json_put_count(output, answer->count);
	put_named(output, ",\"rate\":", answer->rate);
	if (!has_values)
		return;
	put_named(output, ",\"sum\":", answer->sum);
	put_spread(output, answer);
	put_named(output, ",\"p50\":", series_histogram_quantile(&answer->histogram, 0.5));
	put_named(output, ",\"p90\":", series_histogram_quantile(&answer->histogram, 0.9));
	put_named(output, ",\"p99\":", series_histogram_quantile(&answer->histogram, 0.99));
}

/* Nothing, where nothing is known. */
static void put_lately(struct json_output *output, const struct series *series, const struct look *look)
{
	struct window_answer answer;
	int condition = look->lately->ask(look->lately->argument, series, look->window_ns, &answer);

	if (condition == WINDOW_UNKNOWN || !answer.covered_ns)
		return;
	if (!series_is_cumulative(series) && condition)
		return;
	json_put(output, ",\"window\":{");
	if (series_is_cumulative(series)) {
		put_amounts(output, series, &answer);
	} else {
		put_named(output, "\"last\":", answer.last);
		put_spread(output, &answer);
	}
	json_put(output, "}");
}

static void put_series(struct json_output *output, const struct series *series, const struct look *look)
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
	if (look->window_ns)
		put_lately(output, series, look);
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

static void put_window(struct json_output *output, const struct look *look)
{
	bool is_truncated;
	int64_t covered_ns = look->lately->cover(look->lately->argument, look->window_ns, &is_truncated);

	put_named(output, ",\"window\":{\"asked\":", (double)look->window_ns / 1e9);
	put_named(output, ",\"covered\":", (double)covered_ns / 1e9);
	json_put(output, is_truncated ? ",\"truncated\":true}" : ",\"truncated\":false}");
}

static void put_snapshot(struct json_output *output, const struct snapshot *snapshot,
			 const struct snapshot_source *source, const struct look *look)
{
	put_head(output, snapshot, source);
	if (look->window_ns)
		put_window(output, look);
	json_put(output, ",\"series\":[");
	for (size_t i = 0; i < snapshot_n_series(snapshot) && output->result == 0; i++) {
		json_put(output, i ? "," : "");
		put_series(output, snapshot_series(snapshot, i), look);
	}
	json_put(output, "]}\n");
}

/* Nanoseconds, as a whole number. False: it is none. */
static bool read_window(const char *text, int64_t *ret_ns)
{
	char *end = NULL;

	errno = 0;
	if (text)
		*ret_ns = strtoll(text, &end, 10);
	return !text || (end != text && !*end && !errno && *ret_ns > 0);
}

int snapshot_write_jsonlines(const struct snapshot *snapshot, const struct snapshot_source *source,
			     const char *const *parameters, const struct format_sink *sink)
{
	struct json_output output = json_output_init(sink);
	struct look look = {.lately = source->lately};

	if (!read_window(format_parameter(parameters, "window"), &look.window_ns))
		return -EINVAL;
	if (look.window_ns && !look.lately)
		return -ENOTSUP;
	put_snapshot(&output, snapshot, source, &look);
	return json_output_finish(&output);
}
