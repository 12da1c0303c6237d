// SPDX-License-Identifier: MIT
/*
 * What came from one snapshot to the next goes into the rings, to the slot of seconds that ends
 * nearest: so snapshots that are a little early or late get one each. Answers are sums of
 * differences, and not differences of two snapshots far from each other: a counter that
 * started again in between is counted right.
 *
 * Tracks are the series that are known, in the same order as in a snapshot. So the last snapshot,
 * the new one and the tracks are gone through side by side.
 */
#include "config.h"

#include "model/window.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/window-ring.h"

struct track {
	uint32_t number; /* in slots; never used again */
	enum series_type type;
	bool is_fractional;
	int first_index;
	struct series *identity; /* name and tags */
	int64_t seen_ns;	 /* when it was last in a snapshot */
};

struct windows {
	size_t max_bytes;
	size_t tracks_size;
	uint64_t n_unwatched;
	struct snapshot *latest;
	int64_t origin_ns; /* of the first snapshot */
	int64_t latest_ns;
	struct track **tracks;
	size_t n_tracks;
	uint32_t next_number;
	struct rings rings;
};

struct windows *windows_new(size_t max_bytes)
{
	struct windows *windows = calloc(1, sizeof(*windows));

	if (windows)
		windows->max_bytes = max_bytes ? max_bytes : WINDOWS_MAX_BYTES;
	return windows;
}

static void track_free(struct track *track)
{
	if (track)
		free(track->identity);
	free(track);
}

/* Of all but slots. */
static size_t other_size(const struct windows *windows)
{
	return sizeof(*windows) + windows->tracks_size;
}

static void keep_to_limit(struct windows *windows)
{
	size_t others = other_size(windows);

	rings_keep_to(&windows->rings,
		      windows->max_bytes > others ? windows->max_bytes - others : 0);
}

void windows_set_limit(struct windows *windows, size_t max_bytes)
{
	windows->max_bytes = max_bytes;
	keep_to_limit(windows);
}

struct windows *windows_free(struct windows *windows)
{
	if (!windows)
		return NULL;
	for (size_t i = 0; i < windows->n_tracks; i++)
		track_free(windows->tracks[i]);
	rings_deinit(&windows->rings);
	free(windows->tracks);
	snapshot_put(windows->latest);
	free(windows);
	return NULL;
}

/* ------------------------------------------------------------------------------------- tracks */

/* Makes a track one of the series as it is now: another number, what it did before is forgotten. */
static void track_begin(struct windows *windows, struct track *track, const struct series *series)
{
	track->number = windows->next_number++;
	track->type = series->type;
	track->is_fractional = series->is_fractional;
	track->first_index =
		series_has_histogram(series) ? series->value.histogram->first_index : 0;
}

/* NULL without memory. */
static struct track *track_new(const struct series *series)
{
	struct series identity = *series;
	struct track *track = calloc(1, sizeof(*track));

	if (!track)
		return NULL;
	identity.type = SERIES_GAUGE;
	identity.value.number = 0;
	identity.n_exemplars = 0;
	track->identity = series_copy(&identity);
	if (!track->identity) {
		track_free(track);
		return NULL;
	}
	return track;
}

static size_t track_size(const struct track *track)
{
	return sizeof(struct track *) + sizeof(*track) + series_size(track->identity);
}

static bool track_is_of(const struct track *track, const struct series *series)
{
	return track->type == series->type && track->is_fractional == series->is_fractional &&
	       (!series_has_histogram(series) ||
		track->first_index == series->value.histogram->first_index);
}

static int compare_tracks(const void *a, const void *b)
{
	return series_compare((*(struct track *const *)a)->identity,
			      (*(struct track *const *)b)->identity);
}

/* The track of a series, of the first n in order, from *position on, which goes up to it. */
static struct track *walk_to_track(const struct windows *windows, size_t n, size_t *position,
				   const struct series *series)
{
	for (; *position < n; ++*position) {
		struct track *track = windows->tracks[*position];
		int order = series_compare(track->identity, series);

		if (order >= 0)
			return order == 0 ? track : NULL;
	}
	return NULL;
}

/* Puts a new track behind the others. 0 or -ENOMEM. */
static int append_track(struct windows *windows, const struct series *series)
{
	size_t n = windows->n_tracks;
	struct track **tracks = windows->tracks;

	/* The capacity is at least the next power of two. */
	if (!(n & (n - 1)))
		tracks = reallocarray(tracks, n ? 2 * n : 1, sizeof(struct track *));
	if (!tracks)
		return -ENOMEM;
	windows->tracks = tracks;
	tracks[n] = track_new(series);
	if (!tracks[n])
		return -ENOMEM;
	track_begin(windows, tracks[n], series);
	windows->tracks_size += track_size(tracks[n]);
	windows->n_tracks++;
	return 0;
}

/* Each series of a snapshot has a track after this, as long as there is room. 0 or -ENOMEM. */
static int add_tracks(struct windows *windows, const struct snapshot *snapshot)
{
	size_t n_before = windows->n_tracks;
	size_t position = 0;
	int error = 0;

	for (size_t i = 0; !error && i < snapshot_n_series(snapshot); i++) {
		const struct series *series = snapshot_series(snapshot, i);
		struct track *track = walk_to_track(windows, n_before, &position, series);

		if (track && !track_is_of(track, series))
			track_begin(windows, track, series);
		else if (!track && windows->tracks_size > windows->max_bytes / 2)
			windows->n_unwatched++;
		else if (!track)
			error = append_track(windows, series);
	}
	if (windows->n_tracks > n_before)
		qsort(windows->tracks, windows->n_tracks, sizeof(struct track *), compare_tracks);
	return error;
}

/* Those of series that are gone, and that no slot has any more. */
static void forget_tracks(struct windows *windows)
{
	int64_t oldest = rings_oldest_ns(&windows->rings);
	size_t n_kept = 0;

	for (size_t i = 0; i < windows->n_tracks; i++) {
		struct track *track = windows->tracks[i];

		if (track->seen_ns == windows->latest_ns || track->seen_ns > oldest) {
			windows->tracks[n_kept++] = track;
			continue;
		}
		windows->tracks_size -= track_size(track);
		track_free(track);
	}
	windows->n_tracks = n_kept;
}

/* ----------------------------------------------------------------------------- a new snapshot */

/* The same series in the last snapshot, from *position on. NULL: not there. */
static const struct series *walk_to_latest(const struct windows *windows, size_t *position,
					   const struct series *series)
{
	for (; *position < snapshot_n_series(windows->latest); ++*position) {
		const struct series *candidate = snapshot_series(windows->latest, *position);
		int order = series_compare(candidate, series);

		if (order >= 0)
			return order == 0 ? candidate : NULL;
	}
	return NULL;
}

/* Most of them, mostly; a gauge is watched even so. */
static bool has_done_nothing(const struct series *series, const struct series *before)
{
	if (!before || !series_is_cumulative(series) || series->type != before->type ||
	    series->is_fractional != before->is_fractional || series->start_ns != before->start_ns)
		return false;
	if (series_has_histogram(series))
		return series->value.histogram->count == before->value.histogram->count &&
		       series->value.histogram->first_index == before->value.histogram->first_index;
	return series->is_fractional ? series->value.number == before->value.number
				     : series->value.count == before->value.count;
}

static int add_value(struct slot_builder *builder, const struct track *track,
		     const struct series *series, const struct series *before, double seconds)
{
	struct window_value value;

	if (has_done_nothing(series, before))
		return 0;
	struct series *difference = series_difference(series, before);

	if (!difference)
		return -ENOMEM;
	window_value_of(difference, seconds, &value);
	free(difference);
	return slot_builder_add(builder, track->number, &value);
}

/* What came since the last snapshot. 0 or -ENOMEM. */
static int add_values(const struct windows *windows, const struct snapshot *snapshot,
		      int64_t now_ns, struct slot_builder *builder)
{
	double seconds = (double)(now_ns - windows->latest_ns) / SECOND_NS;
	size_t track_position = 0;
	size_t latest_position = 0;
	int error = 0;

	for (size_t i = 0; !error && i < snapshot_n_series(snapshot); i++) {
		const struct series *series = snapshot_series(snapshot, i);
		const struct track *track =
			walk_to_track(windows, windows->n_tracks, &track_position, series);

		if (track)
			error = add_value(builder, track, series,
					  walk_to_latest(windows, &latest_position, series),
					  seconds);
	}
	return error;
}

/* The slot of seconds that ends nearest to a time: 1 is the first. */
static int64_t number_of_second(const struct windows *windows, int64_t now_ns)
{
	int64_t number = (now_ns - windows->origin_ns + SECOND_NS / 2) / SECOND_NS;

	return number > 1 ? number : 1;
}

static int add_slot(struct windows *windows, const struct snapshot *snapshot, int64_t now_ns)
{
	struct slot_builder builder = {0};
	struct slot *slot = NULL;
	int error = add_values(windows, snapshot, now_ns, &builder);

	if (!error)
		slot = slot_builder_finish(&builder, number_of_second(windows, now_ns),
					   windows->latest_ns, now_ns);
	slot_builder_deinit(&builder);
	if (!slot)
		return -ENOMEM;
	error = rings_add(&windows->rings, slot);
	if (error)
		free(slot);
	return error;
}

static void mark_as_seen(struct windows *windows, const struct snapshot *snapshot)
{
	size_t position = 0;

	for (size_t i = 0; i < snapshot_n_series(snapshot); i++) {
		struct track *track = walk_to_track(windows, windows->n_tracks, &position,
						    snapshot_series(snapshot, i));

		if (track)
			track->seen_ns = windows->latest_ns;
	}
}

int windows_add(struct windows *windows, struct snapshot *snapshot, int64_t now_ns)
{
	if (!windows->latest)
		windows->origin_ns = windows->latest_ns = now_ns;
	if (now_ns < windows->latest_ns)
		now_ns = windows->latest_ns;

	int error = add_tracks(windows, snapshot);

	if (!error && windows->latest)
		error = add_slot(windows, snapshot, now_ns);
	if (error)
		return error;
	snapshot_get(snapshot);
	snapshot_put(windows->latest);
	windows->latest = snapshot;
	windows->latest_ns = now_ns;
	mark_as_seen(windows, snapshot);
	keep_to_limit(windows);
	forget_tracks(windows);
	return 0;
}

/* ------------------------------------------------------------------------------------ answers */

static const struct track *find_track(const struct windows *windows, const char *name,
				      const struct tag *tags, size_t n_tags)
{
	struct tag sorted[SERIES_TAGS_MAX];
	struct series wanted = {.name = name, .tags = sorted, .n_tags = n_tags};
	struct track pattern = {.identity = &wanted};
	struct track *key = &pattern;

	if (n_tags > SERIES_TAGS_MAX || !windows->n_tracks)
		return NULL;
	if (n_tags)
		memcpy(sorted, tags, n_tags * sizeof(*tags));
	tags_sort(sorted, n_tags);

	struct track **found = bsearch(&key, windows->tracks, windows->n_tracks,
				       sizeof(struct track *), compare_tracks);

	return found ? *found : NULL;
}

/* Amounts by the second; a span of less than half a slot tells nothing. */
static double rate_of(double amount, int64_t covered_ns)
{
	return covered_ns >= SECOND_NS / 2 ? amount * SECOND_NS / (double)covered_ns : NAN;
}

static void answer_histogram(const struct track *track, const struct ring_look *look,
			     struct window_answer *answer)
{
	const struct series_histogram *histogram = &look->sum.histogram;

	answer->histogram = *histogram;
	answer->histogram.first_index = track->first_index;
	answer->count = histogram->count;
	answer->rate = rate_of((double)histogram->count, look->covered_ns);
	answer->sum = histogram->sum;
	if (!histogram->count)
		return;
	answer->min = histogram->min;
	answer->max = histogram->max;
	answer->mean = histogram->sum / (double)histogram->count;
}

static void answer_gauge(const struct ring_look *look, struct window_answer *answer)
{
	answer->last = look->sum.gauge.last;
	answer->min = look->sum.gauge.min;
	answer->max = look->sum.gauge.max;
	answer->mean = look->sum.gauge.seconds > 0 ? look->sum.gauge.area / look->sum.gauge.seconds
						   : answer->last;
}

static void answer_counter(const struct track *track, const struct ring_look *look,
			   struct window_answer *answer)
{
	answer->sum = track->is_fractional ? look->sum.number : (double)look->sum.count;
	answer->count = track->is_fractional ? (uint64_t)look->sum.number : look->sum.count;
	answer->rate = rate_of(answer->sum, look->covered_ns);
}

/* 0 or WINDOW_EMPTY. */
static int answer_value(const struct track *track, const struct ring_look *look,
			struct window_answer *answer)
{
	switch (track->type) {
	case SERIES_COUNTER:
		answer_counter(track, look, answer);
		return 0;
	case SERIES_GAUGE:
	case SERIES_RATE:
		if (look->sum.kind == WINDOW_NOTHING)
			return WINDOW_EMPTY;
		answer_gauge(look, answer);
		return 0;
	case SERIES_HISTOGRAM:
	case SERIES_TIMER:
		answer_histogram(track, look, answer);
		return answer->count ? 0 : WINDOW_EMPTY;
	}
	return WINDOW_EMPTY;
}

static struct ring_look look_back(int64_t window_ns, int64_t now_ns)
{
	struct ring_look look = {.to_ns = now_ns};

	if (__builtin_sub_overflow(now_ns, window_ns, &look.from_ns))
		look.from_ns = INT64_MIN;
	return look;
}

static bool is_truncated(const struct ring_look *look)
{
	return !look->covered_ns || look->known_from_ns > look->from_ns;
}

int64_t windows_cover(const struct windows *windows, int64_t window_ns, int64_t now_ns,
		      bool *ret_is_truncated)
{
	struct ring_look look = look_back(window_ns, now_ns);

	rings_look(&windows->rings, UINT32_MAX, &look);
	*ret_is_truncated = is_truncated(&look);
	return look.covered_ns;
}

int windows_query(const struct windows *windows, const char *name, const struct tag *tags,
		  size_t n_tags, int64_t window_ns, int64_t now_ns,
		  struct window_answer *ret_answer)
{
	const struct track *track = find_track(windows, name, tags, n_tags);
	struct ring_look look = look_back(window_ns, now_ns);

	if (!track)
		return WINDOW_UNKNOWN;
	rings_look(&windows->rings, track->number, &look);
	*ret_answer = (struct window_answer){
		.type = track->type,
		.covered_ns = look.covered_ns,
		.is_truncated = is_truncated(&look),
		WINDOW_ANSWER_NONE,
	};
	if (!look.covered_ns || track->seen_ns <= look.from_ns)
		return WINDOW_EMPTY;
	return answer_value(track, &look, ret_answer);
}

size_t windows_size(const struct windows *windows)
{
	return other_size(windows) + windows->rings.size;
}

uint64_t windows_n_dropped(const struct windows *windows)
{
	return windows->rings.n_dropped;
}

uint64_t windows_n_unwatched(const struct windows *windows)
{
	return windows->n_unwatched;
}
