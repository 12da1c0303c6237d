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

static inline int recording_add(struct metric *metric, uint64_t amount)
{
	return RECORDING(add)(metric, amount);
}

static inline int recording_add_fraction(struct metric *metric, double amount)
{
	return recording_result(RECORDING(add_fraction)(metric, amount));
}

static inline int recording_set(struct metric *metric, double value)
{
	return recording_result(RECORDING(set)(metric, value));
}

static inline int recording_change(struct metric *metric, double difference)
{
	double value;

	return recording_result(RECORDING(change)(metric, difference, &value));
}

static inline int recording_enter(struct metric *metric, double value)
{
	return recording_result(RECORDING(enter)(metric, value));
}

static inline int recording_enter_ns(struct metric *metric, uint64_t ns)
{
	return recording_result(RECORDING(enter_ns)(metric, ns));
}

#endif
