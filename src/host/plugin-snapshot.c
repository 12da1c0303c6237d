// SPDX-License-Identifier: MIT
/*
 * A plugin sees a series through a struct that is filled in for it when it asks; strings, tags and
 * buckets are those of the model. Only histograms look different from outside, and have a struct
 * made for each when the snapshot is.
 */
#include "config.h"

#include "host/plugin-snapshot.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/histogram.h"
#include "host/plugin-tag.h"
#include "host/plugin-windows.h"
#include "model/distribution.h"

struct sonde_snapshot {
	uint32_t n_references;
	const struct left_out_watcher *watcher; /* NULL: nobody is told what its formats leave out */
	struct snapshot *figures;
	struct snapshot_source source;
	struct tag *tags; /* those of the source; the strings lie behind them */
	struct sonde_histogram *histograms;
	uint32_t *histogram_of; /* of each series, where in histograms; some have none */
	size_t size;
	int64_t began_ns; /* its source: a delta says when that began */
	struct plugin_windows *windows;		/* NULL: it cannot be asked for them */
	const struct sonde_snapshot *original; /* whose figures, tags and views these are; NULL: our own */
};

static struct sonde_snapshot *writable(const struct sonde_snapshot *snapshot)
{
	return (struct sonde_snapshot *)snapshot;
}

static size_t count_histograms(struct snapshot *figures)
{
	size_t n_histograms = 0;

	for (size_t i = 0; i < snapshot_n_series(figures); i++)
		n_histograms += series_has_histogram(snapshot_series(figures, i));
	return n_histograms;
}

/* From the first bucket that is not empty to the last one. */
static void view_buckets(const struct series_histogram *histogram, struct sonde_histogram *view)
{
	uint32_t first = 0;
	uint32_t end = HISTOGRAM_INSIDE;

	while (first < end && !histogram->buckets[first])
		first++;
	while (end > first && !histogram->buckets[end - 1])
		end--;
	view->buckets = &histogram->buckets[first];
	view->n_buckets = end - first;
	view->offset = view->n_buckets ? (int32_t)first + histogram->first_index : 0;
}

static void view_histogram(const struct series_histogram *histogram, struct sonde_histogram *view)
{
	*view = (struct sonde_histogram){
		.struct_size = sizeof(*view),
		.scale = HISTOGRAM_SCALE,
		.count = histogram->count,
		.sum = histogram->sum,
		.min = histogram->min,
		.max = histogram->max,
		.zero_count = histogram->buckets[HISTOGRAM_ZERO],
		.over_count = histogram->buckets[HISTOGRAM_OVER],
		.zero_threshold = exp2((double)histogram->first_index / HISTOGRAM_ROW_BUCKETS),
	};
	view_buckets(histogram, view);
}

static int view_histograms(struct sonde_snapshot *snapshot)
{
	size_t n_series = snapshot_n_series(snapshot->figures);
	size_t n_histograms = count_histograms(snapshot->figures);
	uint32_t n_viewed = 0;

	snapshot->histograms = calloc(n_histograms + 1, sizeof(*snapshot->histograms));
	snapshot->histogram_of = calloc(n_series + 1, sizeof(*snapshot->histogram_of));
	if (!snapshot->histograms || !snapshot->histogram_of)
		return -ENOMEM;
	for (size_t i = 0; i < n_series; i++) {
		const struct series *series = snapshot_series(snapshot->figures, i);

		if (!series_has_histogram(series))
			continue;
		view_histogram(series->value.histogram, &snapshot->histograms[n_viewed]);
		snapshot->histogram_of[i] = n_viewed++;
	}
	snapshot->size += n_histograms * sizeof(*snapshot->histograms) +
			  n_series * sizeof(*snapshot->histogram_of);
	return 0;
}

static int copy_source(struct sonde_snapshot *snapshot, const struct snapshot_source *source)
{
	snapshot->source = *source;
	snapshot->tags = plugin_tags_copy(source->tags, source->n_tags);
	snapshot->source.tags = snapshot->tags;
	if (!source->at_ns)
		snapshot->source.at_ns = clock_kernel_ns(CLOCK_MONOTONIC);
	return snapshot->tags ? 0 : -ENOMEM;
}

const struct sonde_snapshot *plugin_snapshot_new(struct snapshot *figures,
						 const struct snapshot_source *source)
{
	struct sonde_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	if (!snapshot)
		return NULL;
	snapshot->n_references = 1;
	snapshot->began_ns = source->start_ns;
	snapshot->figures = snapshot_get(figures);
	snapshot->size = sizeof(*snapshot) + snapshot_size(figures);
	if (copy_source(snapshot, source) == 0 && view_histograms(snapshot) == 0)
		return snapshot;
	plugin_snapshot_unref(snapshot);
	return NULL;
}

const struct sonde_snapshot *plugin_snapshot_delta(const struct sonde_snapshot *newer,
						   const struct sonde_snapshot *older)
{
	struct snapshot_source source = newer->source;
	struct snapshot *figures;

	source.is_delta = true;
	if (!older)
		return plugin_snapshot_new(newer->figures, &source);
	source.start_ns = snapshot_taken_ns(older->figures);
	if (snapshot_new_difference(newer->figures, older->figures, &figures) < 0)
		return NULL;
	const struct sonde_snapshot *delta = plugin_snapshot_new(figures, &source);

	snapshot_put(figures);
	if (delta)
		writable(delta)->began_ns = newer->began_ns;
	return delta;
}

const struct sonde_snapshot *plugin_snapshot_for_reader(const struct sonde_snapshot *snapshot,
							struct plugin_windows *windows,
							const struct left_out_watcher *watcher)
{
	struct sonde_snapshot *copy = malloc(sizeof(*copy));

	if (!copy)
		return NULL;
	/* Field by field: others may be counting themselves in the original meanwhile. */
	*copy = (struct sonde_snapshot){
		.n_references = 1,
		.watcher = watcher,
		.figures = snapshot->figures,
		.source = snapshot->source,
		.tags = snapshot->tags,
		.histograms = snapshot->histograms,
		.histogram_of = snapshot->histogram_of,
		.size = snapshot->size,
		.began_ns = snapshot->began_ns,
		.windows = windows,
		.original = plugin_snapshot_ref(snapshot),
	};
	return copy;
}

const struct left_out_watcher *plugin_snapshot_watcher(const struct sonde_snapshot *snapshot)
{
	return snapshot->watcher;
}

static void free_parts(struct sonde_snapshot *snapshot)
{
	snapshot_put(snapshot->figures);
	free(snapshot->tags);
	free(snapshot->histograms);
	free(snapshot->histogram_of);
}

const struct sonde_snapshot *plugin_snapshot_ref(const struct sonde_snapshot *snapshot)
{
	__atomic_add_fetch(&writable(snapshot)->n_references, 1, __ATOMIC_RELAXED);
	return snapshot;
}

void plugin_snapshot_unref(const struct sonde_snapshot *snapshot)
{
	struct sonde_snapshot *last = writable(snapshot);

	/* Acquire and release: whoever frees comes after all others' last look. */
	if (!last || __atomic_sub_fetch(&last->n_references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	if (last->original)
		plugin_snapshot_unref(last->original);
	else
		free_parts(last);
	free(last);
}

size_t plugin_snapshot_size(const struct sonde_snapshot *snapshot)
{
	return snapshot->size;
}

struct plugin_windows *plugin_snapshot_windows(const struct sonde_snapshot *snapshot)
{
	return snapshot->windows;
}

struct snapshot *plugin_snapshot_figures(const struct sonde_snapshot *snapshot)
{
	return snapshot->figures;
}

const struct snapshot_source *plugin_snapshot_source(const struct sonde_snapshot *snapshot)
{
	return &snapshot->source;
}

bool plugin_snapshot_has_same_source(const struct sonde_snapshot *a, const struct sonde_snapshot *b)
{
	const struct snapshot_source *first = &a->source;
	const struct snapshot_source *second = &b->source;

	if (a->began_ns != b->began_ns || first->n_tags != second->n_tags)
		return false;
	for (size_t i = 0; i < first->n_tags; i++)
		if (strcmp(first->tags[i].key, second->tags[i].key) != 0 ||
		    strcmp(first->tags[i].value, second->tags[i].value) != 0)
			return false;
	return true;
}

int plugin_snapshot_info(const struct sonde_snapshot *snapshot,
			 struct sonde_snapshot_info *ret_info)
{
	const struct snapshot_source *source = &snapshot->source;
	const struct sonde_snapshot_info info = {
		.struct_size = sizeof(info),
		.flags = (source->is_delta ? SONDE_SNAPSHOT_DELTA : 0) |
			 (source->is_final ? SONDE_SNAPSHOT_FINAL : 0) |
			 (source->is_one_of_several ? SONDE_SNAPSHOT_ONE_OF_SEVERAL : 0),
		.taken_ns = snapshot_taken_ns(snapshot->figures),
		.start_ns = source->start_ns,
		.sequence = source->sequence,
		.n_series = snapshot_n_series(snapshot->figures),
		.source = plugin_tags_view(source->tags),
		.n_source = (uint32_t)source->n_tags,
		.size = snapshot->size,
	};
	uint32_t size = ret_info->struct_size;

	if (size < sizeof(size))
		return -EINVAL;
	memcpy(ret_info, &info, size < sizeof(info) ? size : sizeof(info));
	ret_info->struct_size = size;
	return 0;
}

static uint32_t view_type(enum series_type type)
{
	static const uint32_t types[] = {
		[SERIES_COUNTER] = SONDE_TYPE_COUNTER,	   [SERIES_GAUGE] = SONDE_TYPE_GAUGE,
		[SERIES_HISTOGRAM] = SONDE_TYPE_HISTOGRAM, [SERIES_TIMER] = SONDE_TYPE_TIMER,
		[SERIES_RATE] = SONDE_TYPE_RATE,
	};

	return types[type];
}

static void view_value(const struct sonde_snapshot *snapshot, const struct series *series,
		       size_t position, struct sonde_series *view)
{
	if (series_has_histogram(series)) {
		view->histogram = &snapshot->histograms[snapshot->histogram_of[position]];
		view->count = view->histogram->count;
		view->number = view->histogram->sum;
	} else if (series->type == SERIES_COUNTER && !series->is_fractional) {
		view->count = series->value.count;
		view->number = (double)series->value.count;
	} else {
		view->number = series->value.number;
		if (series->is_fractional)
			view->flags = SONDE_SERIES_FRACTIONAL;
	}
}

int plugin_snapshot_series(const struct sonde_snapshot *snapshot, size_t position,
			   struct sonde_series *ret_series)
{
	uint32_t size = ret_series->struct_size;

	if (size < sizeof(size) || position >= snapshot_n_series(snapshot->figures))
		return -EINVAL;
	const struct series *series = snapshot_series(snapshot->figures, position);
	struct sonde_series view = {
		.struct_size = size,
		.type = view_type(series->type),
		.name = series->name,
		.unit = series->unit,
		.tags = plugin_tags_view(series->tags),
		.n_tags = (uint32_t)series->n_tags,
		.start_ns = series->start_ns,
	};

	view_value(snapshot, series, position, &view);
	memcpy(ret_series, &view, size < sizeof(view) ? size : sizeof(view));
	return 0;
}

/* Series are in order, so the one that was found is found again by halves. */
static int64_t position_of(const struct snapshot *figures, const struct series *wanted)
{
	size_t low = 0;
	size_t high = snapshot_n_series(figures);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (series_compare(snapshot_series(figures, middle), wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (int64_t)low;
}

int64_t plugin_snapshot_find(const struct sonde_snapshot *snapshot, const char *name,
			     const struct sonde_tag *tags, size_t n_tags)
{
	const struct series *series =
		snapshot_find(snapshot->figures, name, plugin_tags_take(tags), n_tags);

	return series ? position_of(snapshot->figures, series) : -ENOENT;
}

/* Of what the plugin wants; NAN where there are no values. */
static void fill_quantiles(const struct window_answer *answer, const struct sonde_window *window)
{
	bool has_values = answer->histogram.count > 0;

	for (uint32_t i = 0; i < window->n_quantiles; i++)
		window->values[i] = has_values ? series_histogram_quantile(&answer->histogram,
									       window->quantiles[i])
						  : NAN;
}

static int fill_window(const struct window_answer *answer, int condition, struct sonde_window *ret_window)
{
	struct sonde_window window = {.struct_size = sizeof(window)};
	uint32_t size = ret_window->struct_size;
	/* A histogram that nothing was added to has a count, and a rate. */
	bool is_known = condition == 0 || (condition == WINDOW_EMPTY && answer->covered_ns &&
					   !isnan(answer->sum));

	if (size < offsetof(struct sonde_window, reserved))
		return -EINVAL;
	memcpy(&window, ret_window, size < sizeof(window) ? size : sizeof(window));
	window.flags = answer->is_truncated ? SONDE_WINDOW_TRUNCATED : 0;
	window.covered_ns = answer->covered_ns;
	window.count = answer->count;
	window.sum = answer->sum;
	window.rate = answer->rate;
	window.last = answer->last;
	window.min = answer->min;
	window.max = answer->max;
	window.mean = answer->mean;
	fill_quantiles(answer, &window);
	memcpy(ret_window, &window, size < sizeof(window) ? size : sizeof(window));
	return is_known ? 0 : -ENODATA;
}

int plugin_snapshot_window(const struct sonde_snapshot *snapshot, size_t position, int64_t window_ns,
			   struct sonde_window *ret_window)
{
	struct window_answer answer;

	if (position >= snapshot_n_series(snapshot->figures) || window_ns <= 0)
		return -EINVAL;
	if (!snapshot->windows)
		return -ENOTSUP;
	int condition = plugin_windows_query(snapshot->windows, snapshot,
					     snapshot_series(snapshot->figures, position), window_ns,
					     &answer);

	return fill_window(&answer, condition, ret_window);
}

double plugin_quantile(const struct sonde_histogram *histogram, double q)
{
	double first = nearbyint(log2(histogram->zero_threshold) * HISTOGRAM_ROW_BUCKETS);
	double start = histogram->offset - first;

	if (histogram->count == 0 || histogram->scale != HISTOGRAM_SCALE || start < 0 ||
	    start + histogram->n_buckets > HISTOGRAM_INSIDE)
		return 0;
	const struct distribution distribution = {
		.count = histogram->count,
		.min = histogram->min,
		.max = histogram->max,
		.scale = exp2((first - HISTOGRAM_FIRST_INDEX) / HISTOGRAM_ROW_BUCKETS),
		.zero = histogram->zero_count,
		.over = histogram->over_count,
		.inside = histogram->buckets,
		.first = (unsigned int)start,
		.n = histogram->n_buckets,
	};

	return distribution_quantile(&distribution, q);
}
