// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>
#include <string.h>

#include "api/operation.h"
#include "api/recording.h"
#include "api/timer-table.h"
#include "model/distribution.h"

static uint64_t now(void)
{
	return instance.engine->ticks();
}

static const struct clock_calibration *calibration(void)
{
	return &instance.engine->settings()->clock;
}

/* -- Timers ----------------------------------------------------------------------------------- */

static struct sonde_timing_result make_result(const struct running_timer *timer, uint64_t stopped,
					      bool success)
{
	uint64_t ns = clock_interval_ns(calibration(), timer->started, stopped);
	int64_t start_ns = clock_ticks_to_realtime_ns(calibration(), timer->started);

	return (struct sonde_timing_result){
		.operation_name = instance.engine->name(timer->metric),
		.duration = (double)ns * 1e-6,
		.unit = SONDE_MILLISECONDS,
		.success = success,
		.duration_ns = (int64_t)ns,
		.start_time = start_ns,
		.end_time = start_ns + (int64_t)ns,
		.metadata = timer->metadata,
	};
}

/* Its duration, and its outcome. The first error, with both tried. */
static int record(struct sonde *sonde, const struct running_timer *timer,
		  const struct sonde_timing_result *result)
{
	const char *operation = result->operation_name;
	int error = instance_check(sonde);

	if (error)
		return error;
	struct metric *metric =
		result->success ? timer->metric : operation_timer(sonde, operation, false, &error);
	int outcome = operation_record(sonde, operation, result->success ? NULL : ERROR_OTHER);

	if (metric)
		error = recording_enter_ns(metric, (uint64_t)result->duration_ns);
	return error ? error : outcome;
}

int sonde_start_timer(struct sonde *sonde, const char *operation, const void *metadata,
		      uint64_t *ret_id)
{
	int error = ret_id ? 0 : SONDE_EINVAL;
	struct running_timer timer = {.metadata = metadata};

	if (!error)
		timer.metric = operation_timer(sonde, operation, true, &error);
	if (error)
		return error;
	timer.started = now();
	error = timer_table_put(&timer, ret_id);
	if (error)
		instance.engine->refuse(REFUSED_MEMORY);
	return error;
}

int sonde_stop_timer(struct sonde *sonde, uint64_t id, bool success,
		     struct sonde_timing_result *ret_result)
{
	uint64_t stopped;
	struct running_timer timer;
	struct sonde_timing_result result = {0};
	int error = sonde ? 0 : SONDE_EINVAL;

	if (error)
		return error;
	if (!instance.engine)
		return SONDE_ENOENT;
	stopped = now();
	error = timer_table_take(id, &timer);
	if (!error) {
		result = make_result(&timer, stopped, success);
		error = record(sonde, &timer, &result);
	}
	if (ret_result)
		*ret_result = result;
	return error;
}

int sonde_time_operation(struct sonde *sonde, const char *operation_name,
			 int (*operation)(void *argument), void *argument, const void *metadata,
			 struct sonde_timing_result *ret_result)
{
	struct running_timer timer = {.metadata = metadata};
	struct sonde_timing_result result;
	int error = 0;
	int returned;

	if (!sonde || !operation_name || !operation)
		return SONDE_EINVAL;
	timer.metric = operation_timer(sonde, operation_name, true, &error);
	timer.started = now();
	returned = operation(argument);
	if (!timer.metric) {
		if (ret_result)
			*ret_result = (struct sonde_timing_result){.returned = returned};
		return error;
	}
	result = make_result(&timer, now(), returned == 0);
	result.returned = returned;
	if (ret_result)
		*ret_result = result;
	return record(sonde, &timer, &result);
}

/* -- Stopwatches ------------------------------------------------------------------------------ */

void sonde_stopwatch_start(struct sonde_timer *timer, struct sonde_stopwatch *ret_stopwatch)
{
	ret_stopwatch->timer = timer;
	ret_stopwatch->started = now();
}

int sonde_stopwatch_stop(const struct sonde_stopwatch *stopwatch, uint64_t *ret_duration_ns)
{
	uint64_t ns = clock_interval_ns(calibration(), stopwatch->started, now());

	if (ret_duration_ns)
		*ret_duration_ns = ns;
	return sonde_timer_record(stopwatch->timer, ns);
}

/* -- Statistics ------------------------------------------------------------------------------- */

/* By the middles of buckets, those on both outsides being at the extremes. */
static double deviation(const struct series_histogram *histogram)
{
	double mean = histogram->sum / (double)histogram->count;
	double squares = 0;

	for (unsigned int b = 0; b < HISTOGRAM_BUCKETS; b++) {
		double middle =
			b == HISTOGRAM_ZERO ? histogram->min
			: b == HISTOGRAM_OVER
				? histogram->max
				: sqrt(histogram_lower_seconds(b) * histogram_upper_seconds(b));

		middle = fmax(histogram->min, fmin(histogram->max, middle));
		squares += (double)histogram->buckets[b] * (middle - mean) * (middle - mean);
	}
	return sqrt(squares / (double)histogram->count);
}

static void fill_stats(const struct tally *tally, double scale, struct sonde_timing_stats *stats)
{
	const struct series_histogram *histogram = &tally->sum.histogram;
	const struct {
		double *number;
		double q;
	} quantiles[] = {
		{&stats->p50, 0.5},  {&stats->p90, 0.9},    {&stats->p95, 0.95},
		{&stats->p99, 0.99}, {&stats->p999, 0.999},
	};

	stats->count = tally->sum.count;
	stats->sum = tally->sum.sum * scale;
	stats->avg = tally->sum.mean * scale;
	stats->min = tally->sum.min * scale;
	stats->max = tally->sum.max * scale;
	stats->stddev = deviation(histogram) * scale;
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		*quantiles[i].number = series_histogram_quantile(histogram, quantiles[i].q) * scale;
}

/* As operation_timer() has them. */
static bool is_failure(const struct series *series)
{
	const char *success = series_tag(series, "success");

	return success && strcmp(success, "false") == 0;
}

/* Whether a series has the durations of the operation's successes. */
static bool is_timer_of(const struct series *series, const char *operation,
			enum operation_kind kind)
{
	if (kind == OPERATION_CALL)
		return strcmp(series->name, "libc.call.duration") == 0 &&
		       strcmp(series_tag(series, "call"), operation) == 0;
	return series->type == SERIES_TIMER && series_is_named(series, operation) &&
	       !is_failure(series);
}

static int tally_timer(const struct figures *figures, const char *operation, struct tally *tally)
{
	enum operation_kind kind = operation_find(figures->snapshot, operation);

	for (size_t i = 0; i < snapshot_n_series(figures->snapshot); i++) {
		const struct series *series = snapshot_series(figures->snapshot, i);

		if (is_timer_of(series, operation, kind))
			figures_tally(figures, series, tally);
	}
	if (kind == OPERATION_UNKNOWN)
		return SONDE_ENOENT;
	return tally->n_known ? 0 : SONDE_ENODATA;
}

int sonde_get_timing_stats(struct sonde *sonde, const char *operation, double window,
			   enum sonde_unit unit, struct sonde_timing_stats *ret_stats)
{
	struct sonde_timing_stats stats = {
		.avg = NAN,
		.min = NAN,
		.max = NAN,
		.p50 = NAN,
		.p90 = NAN,
		.p95 = NAN,
		.p99 = NAN,
		.p999 = NAN,
		.stddev = NAN,
	};
	struct tally tally = {0};
	struct figures figures;
	double scale;
	int error = operation && ret_stats ? 0 : SONDE_EINVAL;

	stats.unit = unit == SONDE_UNIT_NONE ? SONDE_MILLISECONDS : unit;
	if (!error)
		error = sonde_unit_convert(1, SONDE_SECONDS, stats.unit, &scale);
	if (!error)
		error = figures_open_long(sonde, NULL, window, &figures);
	if (error)
		return error;
	error = tally_timer(&figures, operation, &tally);
	stats.covered_ns = tally.sum.covered_ns;
	stats.is_truncated = tally.sum.is_truncated;
	if (!error)
		fill_stats(&tally, scale, &stats);
	if (error != SONDE_ENOENT)
		*ret_stats = stats;
	figures_close(&figures);
	return error;
}
