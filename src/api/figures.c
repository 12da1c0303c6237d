// SPDX-License-Identifier: MIT
/*
 * A look is a copy of the process's region, folded and made a snapshot, as a host makes it of all
 * processes of a session. Windows are fed with each, so that an answer reaches up to now.
 */
#include "config.h"

#include "api/figures.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "api/exports.h"
#include "api/stream.h"
#include "model/fold.h"
#include "api/timer-table.h"
#include "model/region-reader.h"
#include "model/snapshot-build.h"

#define WINDOW_MAX     1e9 /* seconds: longer ones are so long, and truncated as well */
#define HISTORY_ROW_NS INT64_C(3600000000000)
#define DAY_NS	       INT64_C(86400000000000)
#define RATE_LEAST_NS  INT64_C(500000000) /* half a slot of a window, as there */

static int fold_own_region(struct sonde *sonde, struct recording *recording)
{
	const struct region_header *region = sonde->engine->find_region();
	const struct fold_options options = {
		.settings = sonde->engine->settings(),
		.classes = sonde->classes,
		.now_ns = clock_kernel_ns(CLOCK_BOOTTIME),
		.is_alone = true,
	};
	struct region_image *image;
	int error = region ? region_copy(region, &image) : -ENOMEM;

	if (error)
		return error;
	recording->started_ns = image->header->started_realtime_ns;
	recording->wall_ns = (uint64_t)(clock_kernel_ns(CLOCK_REALTIME) - recording->started_ns);
	error = fold_region(recording, image, true, &options);
	region_image_free(image);
	return error;
}

static int add_gauge(struct snapshot *own, const char *name, size_t number)
{
	const struct series series = {
		.name = name,
		.type = SERIES_GAUGE,
		.unit = "{timer}",
		.value.number = (double)number,
	};

	return snapshot_adopt(own, series_copy(&series));
}

/* What is known of timers that run. */
static int add_timers(const struct sonde *sonde, struct snapshot *own)
{
	size_t n_running;
	size_t n_abandoned;
	int error = 0;

	if (!timer_table_count(&sonde->engine->settings()->clock, sonde->engine->ticks(),
			       sonde->abandoned_ns, &n_running, &n_abandoned))
		return 0;
	error = add_gauge(own, "sonde.timers.running", n_running);
	return error ? error : add_gauge(own, "sonde.timers.abandoned", n_abandoned);
}

/* What sonde_export_metrics() could not write, by reason. */
static int add_left_out(const struct sonde *sonde, struct snapshot *own)
{
	int error = 0;

	for (unsigned int i = 0; !error && i < LEFT_OUT_REASONS; i++) {
		const struct tag tag = {"reason", left_out_name(i)};
		const struct series series = {
			.name = "sonde.exports.left_out",
			.type = SERIES_COUNTER,
			.unit = "{series}",
			.tags = &tag,
			.n_tags = 1,
			.value.count = sonde->n_left_out[i],
		};

		error = snapshot_adopt(own, series_copy(&series));
	}
	return error;
}

/* How the library itself fares. */
static int look_at_own(const struct sonde *sonde, int64_t taken_ns, struct snapshot **ret_own)
{
	struct snapshot *own = snapshot_new(taken_ns);
	int error = own ? add_timers(sonde, own) : -ENOMEM;

	if (!error)
		error = add_left_out(sonde, own);
	if (!error)
		error = exports_describe(sonde->exports, own);
	if (error) {
		snapshot_put(own);
		return error;
	}
	snapshot_seal(own);
	*ret_own = own;
	return 0;
}

/* Beside what was recorded: resources, and how the library itself fares. */
static int add_others(struct sonde *sonde, struct snapshot **snapshot)
{
	struct snapshot *own;
	struct snapshot *joined = NULL;
	int error = look_at_own(sonde, snapshot_taken_ns(*snapshot), &own);

	if (!error) {
		struct snapshot *parts[] = {*snapshot, sonde->monitored, own};

		error = snapshot_new_joined(parts, 3, snapshot_taken_ns(*snapshot), NULL, &joined);
		snapshot_put(own);
	}
	snapshot_put(*snapshot);
	*snapshot = error ? NULL : joined;
	return error;
}

/* What is compared is what was recorded only: others know of their starts themselves. */
static void remember(struct sonde *sonde, struct snapshot *snapshot)
{
	if (sonde->looked)
		snapshot_move_starts(snapshot, sonde->looked);
	snapshot_put(sonde->looked);
	sonde->looked = snapshot_get(snapshot);
}

int figures_look(struct sonde *sonde, struct snapshot **ret_snapshot)
{
	struct recording recording = {0};
	int error = fold_own_region(sonde, &recording);

	if (!error)
		error = snapshot_new_from_recording(&recording, ret_snapshot);
	recording_deinit(&recording);
	if (error)
		return SONDE_ENOMEM;
	remember(sonde, *ret_snapshot);
	error = add_others(sonde, ret_snapshot);
	return error ? SONDE_ENOMEM : 0;
}

/* -- Windows ---------------------------------------------------------------------------------- */

/* Those of a forked child begin with the fork, when it had recorded nothing. */
static struct windows *begin_windows(const struct sonde *sonde)
{
	struct windows *windows = windows_new(0);
	struct snapshot *nothing = windows && sonde->forked_ns ? snapshot_new(0) : NULL;

	if (nothing) {
		snapshot_seal(nothing);
		windows_add(windows, nothing, sonde->forked_ns);
	}
	snapshot_put(nothing);
	return windows;
}

static void feed(struct sonde *sonde, struct snapshot *snapshot, int64_t now_ns)
{
	if (!sonde->windows)
		sonde->windows = begin_windows(sonde);
	if (sonde->windows)
		windows_add(sonde->windows, snapshot, now_ns);
}

int figures_collect(struct sonde *sonde)
{
	int64_t now_ns = clock_kernel_ns(CLOCK_MONOTONIC);
	struct snapshot *snapshot;

	if (figures_look(sonde, &snapshot))
		return SONDE_ENOMEM;
	feed(sonde, snapshot, now_ns);
	streams_feed(sonde, snapshot, now_ns);
	exports_feed(sonde, snapshot, now_ns);
	snapshot_put(snapshot);
	return 0;
}

int figures_open(struct sonde *sonde, double window, struct figures *ret_figures)
{
	struct figures figures = {.sonde = sonde, .saved_errno = errno};

	if (!sonde)
		return SONDE_EINVAL;
	if (isnan(window) || window < 0)
		return SONDE_ERANGE;
	/* What is less than a nanosecond is still no 0, which is all. */
	figures.window_ns = (int64_t)ceil(fmin(window, WINDOW_MAX) * 1e9);
	figures.hold = instance_lock();
	figures.now_ns = clock_kernel_ns(CLOCK_MONOTONIC);
	if (figures_look(sonde, &figures.snapshot)) {
		instance_unlock(&figures.hold);
		errno = figures.saved_errno;
		return SONDE_ENOMEM;
	}
	feed(sonde, figures.snapshot, figures.now_ns);
	*ret_figures = figures;
	return 0;
}

/* A series that there is now, but not in the window, has done nothing in it. */
static int add_idle(const struct figures *figures, const struct snapshot *history, const char *name,
		    struct snapshot *idle)
{
	int error = 0;

	for (size_t i = 0; !error && i < snapshot_n_series(figures->snapshot); i++) {
		const struct series *now = snapshot_series(figures->snapshot, i);

		if ((!name || series_is_named(now, name)) &&
		    !snapshot_find(history, now->name, now->tags, now->n_tags))
			error = snapshot_adopt(idle, series_difference(now, now));
	}
	snapshot_seal(idle);
	return error;
}

/* The snapshot becomes what the series did in the window. */
static int replace_by_history(struct figures *figures, const char *name, int64_t window_ns)
{
	struct snapshot *history;
	struct snapshot *joined = NULL;
	int error = history_look(figures->sonde, name, window_ns, &history, &figures->history);

	if (error)
		return error;
	struct snapshot *idle = snapshot_new(snapshot_taken_ns(history));
	struct snapshot *parts[] = {history, idle};

	error = idle ? add_idle(figures, history, name, idle) : -ENOMEM;
	if (!error)
		error = snapshot_new_joined(parts, 2, snapshot_taken_ns(history), NULL, &joined);
	snapshot_put(idle);
	snapshot_put(history);
	if (error)
		return SONDE_ENOMEM;
	snapshot_put(figures->snapshot);
	figures->snapshot = joined;
	return 0;
}

int figures_open_long(struct sonde *sonde, const char *name, double window,
		      struct figures *ret_figures)
{
	/* In a forked child, SQLite's own locks are as they were in the parent, perhaps taken. */
	bool is_long = sonde && sonde->history_file && !sonde->is_of_parent &&
		       window * 1e9 > (double)HISTORY_BEGINS_NS;
	int error;

	if (!is_long)
		return figures_open(sonde, window, ret_figures);
	history_catch_up(sonde);
	error = figures_open(sonde, 0, ret_figures);
	if (!error) {
		error = replace_by_history(ret_figures, name,
					   (int64_t)(fmin(window, WINDOW_MAX) * 1e9));
		if (error)
			figures_close(ret_figures);
	}
	return error;
}

void figures_close(struct figures *figures)
{
	history_window_deinit(&figures->history);
	snapshot_put(figures->snapshot);
	instance_unlock(&figures->hold);
	errno = figures->saved_errno;
}

/* -- Values ----------------------------------------------------------------------------------- */

static void take_histogram(const struct series_histogram *histogram, struct window_answer *answer)
{
	answer->histogram = *histogram;
	answer->count = histogram->count;
	answer->sum = histogram->sum;
	if (!histogram->count)
		return;
	answer->min = histogram->min;
	answer->max = histogram->max;
	answer->mean = histogram->sum / (double)histogram->count;
}

/* Since the series began. */
static int value_in_all(const struct figures *figures, const struct series *series,
			struct window_answer *answer)
{
	int64_t covered_ns = snapshot_taken_ns(figures->snapshot) - series->start_ns;

	*answer = (struct window_answer){
		.type = series->type,
		.covered_ns = covered_ns > 0 ? covered_ns : 0,
		WINDOW_ANSWER_NONE,
	};
	if (series_has_histogram(series)) {
		take_histogram(series->value.histogram, answer);
	} else if (series->type == SERIES_COUNTER) {
		answer->sum =
			series->is_fractional ? series->value.number : (double)series->value.count;
		answer->count = series->is_fractional ? (uint64_t)fmin(answer->sum, 0x1p63)
						      : series->value.count;
	} else {
		answer->last = answer->min = answer->max = answer->mean = series->value.number;
	}
	if (series_is_cumulative(series) && covered_ns >= RATE_LEAST_NS)
		answer->rate =
			(series_has_histogram(series) ? (double)answer->count : answer->sum) /
			((double)covered_ns * 1e-9);
	return series_has_histogram(series) && !answer->count ? WINDOW_EMPTY : 0;
}

/*
 * All series of the window are of one time, so that what they did by the second adds up. A row of
 * the history is of a minute, or of an hour: where it begins is known no better.
 */
static int value_in_history(const struct figures *figures, const struct series *series,
			    struct window_answer *answer)
{
	const struct history_window *history = &figures->history;
	const struct history_gauge *gauge = history_find_gauge(history, series);
	double seconds = (double)history->covered_ns * 1e-9;
	int condition = value_in_all(figures, series, answer);

	answer->covered_ns = history->covered_ns;
	answer->is_truncated = history->covered_ns < history->window_ns - HISTORY_ROW_NS;
	answer->rate = NAN;
	if (series_is_cumulative(series) && seconds > 0)
		answer->rate =
			(series_has_histogram(series) ? (double)answer->count : answer->sum) /
			seconds;
	if (gauge && series->type == SERIES_GAUGE) {
		answer->min = gauge->min;
		answer->max = gauge->max;
		answer->mean = gauge->mean;
	}
	return condition;
}

/* What a gauge was before is known by windows only, which reach back for a day. */
static int value_of_gauge(const struct figures *figures, const struct series *series,
			  struct window_answer *answer)
{
	int condition = WINDOW_UNKNOWN;

	if (figures->sonde->windows)
		condition = windows_query(figures->sonde->windows, series->name, series->tags,
					  series->n_tags, DAY_NS, figures->now_ns, answer);
	if (condition)
		return value_in_all(figures, series, answer);
	answer->is_truncated = answer->covered_ns >= DAY_NS;
	return 0;
}

int figures_value(const struct figures *figures, const struct series *series,
		  struct window_answer *ret_answer)
{
	if (figures->history.window_ns)
		return value_in_history(figures, series, ret_answer);
	if (!figures->window_ns)
		return series->type == SERIES_GAUGE ? value_of_gauge(figures, series, ret_answer)
						    : value_in_all(figures, series, ret_answer);
	if (!figures->sonde->windows)
		return WINDOW_UNKNOWN;
	return windows_query(figures->sonde->windows, series->name, series->tags, series->n_tags,
			     figures->window_ns, figures->now_ns, ret_answer);
}

static void add_extremes(struct tally *tally, const struct window_answer *answer)
{
	struct window_answer *sum = &tally->sum;

	sum->min = tally->n_known ? fmin(sum->min, answer->min) : answer->min;
	sum->max = tally->n_known ? fmax(sum->max, answer->max) : answer->max;
	sum->mean = tally->n_known ? sum->mean + answer->mean : answer->mean;
}

static void add_distribution(struct tally *tally, const struct window_answer *answer)
{
	if (!tally->n_known)
		tally->sum.histogram = answer->histogram;
	else
		series_histogram_add(&tally->sum.histogram, &answer->histogram);
	tally->sum.count = tally->sum.histogram.count;
	tally->sum.sum = tally->sum.histogram.sum;
	tally->sum.min = tally->sum.histogram.min;
	tally->sum.max = tally->sum.histogram.max;
	tally->sum.mean = tally->sum.sum / (double)tally->sum.count;
}

static void add_rate(struct tally *tally, double rate)
{
	if (!tally->n_known)
		tally->sum.rate = rate;
	else if (!isnan(rate))
		tally->sum.rate = isnan(tally->sum.rate) ? rate : tally->sum.rate + rate;
}

void figures_tally(const struct figures *figures, const struct series *series, struct tally *tally)
{
	struct window_answer answer;
	int condition = figures_value(figures, series, &answer);

	tally->n_series++;
	if (condition == WINDOW_UNKNOWN)
		return;
	tally->sum.is_truncated |= answer.is_truncated;
	if (answer.covered_ns > tally->sum.covered_ns)
		tally->sum.covered_ns = answer.covered_ns;
	if (condition)
		return;
	add_rate(tally, answer.rate);
	if (series_has_histogram(series)) {
		add_distribution(tally, &answer);
	} else if (series->type == SERIES_COUNTER) {
		tally->sum.count += answer.count;
		tally->sum.sum += answer.sum;
	} else {
		add_extremes(tally, &answer);
		tally->sum.sum += answer.last;
		if (!tally->n_known)
			tally->sum.last = answer.last;
	}
	tally->n_known++;
}

const char *series_tag(const struct series *series, const char *key)
{
	for (size_t i = 0; i < series->n_tags; i++)
		if (strcmp(series->tags[i].key, key) == 0)
			return series->tags[i].value;
	return NULL;
}

static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool series_is_named(const struct series *series, const char *name)
{
	const char *own = series->name;

	while (*own && small(*own) == small(*name))
		own++, name++;
	return !*own && !*name;
}

/* Missing and empty are one. */
bool series_meets(const struct series *series, const struct sonde_tag *filter, size_t n_filter)
{
	for (size_t i = 0; i < n_filter; i++) {
		const char *value = series_tag(series, filter[i].key);

		if (strcmp(value ? value : "", filter[i].value) != 0)
			return false;
	}
	return true;
}
