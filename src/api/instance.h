// SPDX-License-Identifier: MIT
/*
 * instance.h - the process's metrics, as the sections of sonde.h share them.
 *
 * What records needs the engine and whether it is over, and nothing else. All that asks holds the
 * lock.
 */
#ifndef SONDE_API_INSTANCE_H
#define SONDE_API_INSTANCE_H

#include "base/compiler.h"
#include "model/failure-class.h"
#include "model/window.h"
#include "record/engine.h"

#include <pthread.h>
#include <stdbool.h>

#include "sonde/sonde.h"

struct sonde {
	const struct engine *engine;
	bool is_shut_down;
	bool is_engine_own; /* no preload is here */

	pthread_mutex_t lock;
	struct failure_classes *classes;
	struct windows *windows; /* NULL: to be begun again, in a forked child */

	struct monitor *monitor;    /* NULL: resources are not watched */
	struct snapshot *monitored; /* what it saw last; NULL: nothing */

	bool has_collector; /* a thread that looks every interval_ns */
	bool is_ending;
	int64_t interval_ns;
	int64_t collected_ns; /* CLOCK_MONOTONIC: when the thread last looked */
	pthread_t collector;
	pthread_cond_t wake;
};

/* The one there is; its engine is NULL before it is initialised. */
extern struct sonde instance HIDDEN;

/* 0, or what is to be returned by who was about to record. */
static inline int instance_check(const struct sonde *sonde)
{
	if (unlikely(!sonde))
		return SONDE_EINVAL;
	return unlikely(__atomic_load_n(&sonde->is_shut_down, __ATOMIC_RELAXED)) ? SONDE_ESHUTDOWN
										 : 0;
}

/*
 * Takes the lock, with all signals blocked, so that a handler can neither want it nor fork while it
 * is held. Under the preload, calls that are made while it is held are not counted as the
 * program's.
 */
struct hold {
	uint64_t signals; /* that were blocked before */
	struct thread_cache *cache;
};

struct hold instance_lock(void) HIDDEN;
void instance_unlock(const struct hold *hold) HIDDEN;

/* Whether a recording side, the preload's or ours, is of our version. */
bool instance_engine_fits(const struct engine *engine) HIDDEN;

/* Counts what was not recorded; returns the error that says so. */
int instance_refuse(enum series_refusal reason) HIDDEN;

/* The thread that looks at figures. 0 or SONDE_ENOMEM. */
int collector_start(struct sonde *sonde) HIDDEN;
void collector_stop(struct sonde *sonde) HIDDEN;

#endif
