// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/history.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/exports.h"
#include "history/store.h"
#include "host/configuration.h"
#include "model/snapshot-build.h"

#define CATCH_UP_SECONDS 2.0
#define SECOND_NS	 INT64_C(1000000000)

static bool is_history(const struct plugin_config *plugin)
{
	return strcmp(plugin->common->plugin, HISTORY_PLUGIN) == 0 && plugin->options;
}

char *history_file(const struct configuration *configuration)
{
	for (size_t i = 0; i < configuration->n_plugins; i++) {
		const struct history_options *options = configuration->plugins[i]->options;

		if (is_history(configuration->plugins[i]) &&
		    exports_want(configuration, HISTORY_PLUGIN,
				 configuration->plugins[i]->common->name))
			return options->file ? strdup(options->file) : history_default_file();
	}
	return NULL;
}

/* The name of the endpoint; NULL: it is not one of this process. */
static char *find_endpoint(struct sonde *sonde)
{
	struct hold hold = instance_lock();
	const char *name = exports_history(sonde->exports);
	char *copy = name ? strdup(name) : NULL;

	instance_unlock(&hold);
	return copy;
}

void history_catch_up(struct sonde *sonde)
{
	char *name = find_endpoint(sonde);
	struct sonde_future *future;

	if (!name)
		return;
	if (sonde_export_metrics_async(sonde, (const char *const *)&name, 1, CATCH_UP_SECONDS, NULL,
				       NULL, &future) == 0) {
		sonde_future_wait(future, CATCH_UP_SECONDS, NULL);
		sonde_future_free(future);
	}
	free(name);
}

/* -- From rows to series ---------------------------------------------------------------------- */

struct looking {
	struct snapshot *snapshot;
	struct history_window window;
	int64_t since_ns;
	int64_t now_ns;
};

static void take_buckets(const struct history_sum *sum, struct series_histogram *histogram)
{
	for (int i = 0; i < HISTORY_BUCKETS; i++)
		if (sum->buckets.counts[i])
			series_histogram_enter(histogram, (int64_t)i + HISTORY_INDEX_MIN,
					       sum->buckets.counts[i]);
	histogram->buckets[HISTOGRAM_ZERO] += sum->buckets.zero_count;
	histogram->buckets[HISTOGRAM_OVER] += sum->buckets.over_count;
	histogram->count = sum->count;
	histogram->sum = sum->sum;
	histogram->min = sum->min;
	histogram->max = sum->max;
}

static void take_value(const struct history_sum *sum, struct series *series,
		       struct series_histogram *histogram)
{
	if (series_has_histogram(series)) {
		histogram->first_index = series_first_index(sum->unit);
		take_buckets(sum, histogram);
		series->value.histogram = histogram;
	} else if (series->type == SERIES_COUNTER && !series->is_fractional) {
		series->value.count = sum->count;
	} else {
		series->value.number = series->type == SERIES_COUNTER ? sum->sum : sum->last;
	}
}

static int keep_gauge(struct looking *looking, const struct series *series,
		      const struct history_sum *sum)
{
	struct history_window *window = &looking->window;
	struct history_gauge *gauges =
		reallocarray(window->gauges, window->n_gauges + 1, sizeof(*gauges));

	if (!gauges)
		return -ENOMEM;
	window->gauges = gauges;
	gauges[window->n_gauges] = (struct history_gauge){
		.series = series_copy(series),
		.min = sum->min,
		.max = sum->max,
		.mean = sum->sum / (double)sum->count,
	};
	return gauges[window->n_gauges].series ? (window->n_gauges++, 0) : -ENOMEM;
}

/* The document that they are kept as. */
static size_t read_tags(const json_t *document, struct tag *ret_tags)
{
	const char *key;
	json_t *value;
	size_t n_tags = 0;

	json_object_foreach((json_t *)document, key,
			    value) if (n_tags < SERIES_TAGS_MAX && json_is_string(value))
		ret_tags[n_tags++] = (struct tag){key, json_string_value(value)};
	tags_sort(ret_tags, n_tags);
	return n_tags;
}

static int keep_series(struct looking *looking, const struct history_sum *sum,
		       struct series *series)
{
	struct series_histogram histogram = {0};
	int result;

	take_value(sum, series, &histogram);
	result = snapshot_adopt(looking->snapshot, series_copy(series));
	if (result == 0 && !series_is_cumulative(series))
		result = keep_gauge(looking, series, sum);
	return result;
}

static int take_row(void *argument, const struct history_sum *sum)
{
	struct looking *looking = argument;
	json_t *document = json_loads(sum->tags, 0, NULL);
	struct tag tags[SERIES_TAGS_MAX];
	int64_t from_ns = sum->from_s * SECOND_NS;
	struct series series = {
		.name = sum->name,
		.unit = sum->unit,
		.tags = tags,
		.n_tags = read_tags(document, tags),
		.type = (enum series_type)(sum->type - SONDE_TYPE_COUNTER + SERIES_COUNTER),
		.is_fractional = sum->is_fractional,
		.start_ns = from_ns > looking->since_ns ? from_ns : looking->since_ns,
	};
	int result = 0;

	if (looking->window.covered_ns < looking->now_ns - series.start_ns)
		looking->window.covered_ns = looking->now_ns - series.start_ns;
	/* A file may say anything. */
	if (document && sum->type >= SONDE_TYPE_COUNTER && sum->type <= SONDE_TYPE_RATE &&
	    (sum->count || sum->is_fractional))
		result = keep_series(looking, sum, &series);
	json_decref(document);
	return result;
}

/* -- Looking ---------------------------------------------------------------------------------- */

static int compare_gauges(const void *a, const void *b)
{
	const struct history_gauge *left = a;
	const struct history_gauge *right = b;

	return series_compare(left->series, right->series);
}

const struct history_gauge *history_find_gauge(const struct history_window *window,
					       const struct series *series)
{
	const struct history_gauge wanted = {.series = (struct series *)series};

	return window->n_gauges ? bsearch(&wanted, window->gauges, window->n_gauges, sizeof(wanted),
					  compare_gauges)
				: NULL;
}

void history_window_deinit(struct history_window *window)
{
	for (size_t i = 0; i < window->n_gauges; i++)
		free(window->gauges[i].series);
	free(window->gauges);
	*window = (struct history_window){0};
}

static int read_file(const struct sonde *sonde, const char *name, struct looking *looking)
{
	char reason[HISTORY_REASON_SIZE];
	struct history *history;
	int result = history_open(sonde->history_file, false, &history, reason);

	if (result < 0)
		return result;
	result = history_sum(history, sonde->history_program, name, looking->since_ns / SECOND_NS,
			     take_row, looking);
	history_close(history);
	return result;
}

int history_look(const struct sonde *sonde, const char *name, int64_t window_ns,
		 struct snapshot **ret_snapshot, struct history_window *ret_window)
{
	int64_t now_ns = clock_kernel_ns(CLOCK_REALTIME);
	struct looking looking = {
		.snapshot = snapshot_new(now_ns),
		.window = {.window_ns = window_ns},
		.since_ns = now_ns - window_ns,
		.now_ns = now_ns,
	};
	int result = looking.snapshot ? read_file(sonde, name, &looking) : -ENOMEM;

	if (result < 0) {
		snapshot_put(looking.snapshot);
		history_window_deinit(&looking.window);
		return result == -ENOMEM ? SONDE_ENOMEM : SONDE_EIO;
	}
	snapshot_seal(looking.snapshot);
	if (looking.window.n_gauges)
		qsort(looking.window.gauges, looking.window.n_gauges,
		      sizeof(*looking.window.gauges), compare_gauges);
	*ret_snapshot = looking.snapshot;
	*ret_window = looking.window;
	return 0;
}
