// SPDX-License-Identifier: MIT
/*
 * recording.h - how a value gets to its metric.
 *
 * What there is to do beside, for streams of single records, or instead, after the end, is decided
 * when that begins or ends: then the functions are others. So who records asks nothing.
 */
#ifndef SONDE_API_RECORDING_H
#define SONDE_API_RECORDING_H

#include "api/instance.h"
#include "record/metric-private.h"

/* With the lock: the functions that record from now on, of this engine. */
void recording_choose(struct sonde *sonde, const struct engine *engine) HIDDEN;

/* From now on, which is the end, nothing is recorded. */
void recording_end(struct sonde *sonde) HIDDEN;

/* The engine's functions, or those in their place, with a value that has been looked at. */
#define RECORDING(function) __atomic_load_n(&instance.recording.function, __ATOMIC_RELAXED)

static inline int recording_result(bool is_recorded)
{
	return likely(is_recorded) ? 0 : SONDE_ENOMEM;
}

/* What goes into the metric of the sets of tags that are too many is counted. */
static inline int recording_counted(const struct metric *metric, int error)
{
	if (unlikely(metric->flags & METRIC_OF_OVERFLOW) && !error)
		instance.engine->count_overflow();
	return error;
}

static inline int recording_add(struct metric *metric, uint64_t amount)
{
	return recording_counted(metric, RECORDING(add)(metric, amount));
}

static inline int recording_add_fraction(struct metric *metric, double amount)
{
	bool is_recorded = RECORDING(add_fraction)(metric, amount);

	return recording_counted(metric, recording_result(is_recorded));
}

static inline int recording_set(struct metric *metric, double value)
{
	bool is_recorded = RECORDING(set)(metric, value);

	return recording_counted(metric, recording_result(is_recorded));
}

static inline int recording_change(struct metric *metric, double difference)
{
	double value;
	bool is_recorded = RECORDING(change)(metric, difference, &value);

	return recording_counted(metric, recording_result(is_recorded));
}

static inline int recording_enter(struct metric *metric, double value)
{
	bool is_recorded = RECORDING(enter)(metric, value);

	return recording_counted(metric, recording_result(is_recorded));
}

static inline int recording_enter_ns(struct metric *metric, uint64_t ns)
{
	bool is_recorded = RECORDING(enter_ns)(metric, ns);

	return recording_counted(metric, recording_result(is_recorded));
}

#endif
