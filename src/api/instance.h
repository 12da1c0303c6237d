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
#include "base/signals.h"
#include "format/snapshot-format.h"
#include "model/failure-class.h"
#include "model/window.h"
#include "record/engine.h"

#include <pthread.h>
#include <stdbool.h>

#include "sonde/sonde.h"

/* The engine's, or others in their place: api/recording.h. */
struct recording_functions {
	int (*add)(struct metric *metric, uint64_t amount);
	bool (*add_fraction)(struct metric *metric, double amount);
	bool (*set)(struct metric *metric, double value);
	bool (*change)(struct metric *metric, double difference, double *ret_value);
	bool (*enter)(struct metric *metric, double value);
	bool (*enter_ns)(struct metric *metric, uint64_t ns);
};

struct sonde {
	const struct engine *engine;
	struct recording_functions recording; /* that record now */
	bool is_shut_down;
	bool is_engine_own; /* no preload is here */

	pthread_mutex_t lock;
	struct failure_classes *classes;
	int64_t abandoned_ns;	 /* a timer that runs for so long has been forgotten */
	struct windows *windows; /* NULL: to be begun again, in a forked child */
	struct snapshot *looked; /* what was recorded when it was last looked at; NULL: never */
	int64_t forked_ns;	 /* CLOCK_MONOTONIC: when the child was; 0: it is none */

	uint64_t n_left_out[LEFT_OUT_REASONS]; /* series, of exports */
	char left_out[256];		       /* the last of them, and why */

	struct sonde_stream *streams;
	struct exports *exports; /* NULL: there is nobody to export to */

	char *history_file; /* NULL: no history is kept */
	char history_program[256];
	bool is_of_parent; /* the file, and all that is there for it */

	struct monitor *monitor;    /* NULL: resources are not watched */
	struct snapshot *monitored; /* what it saw last; NULL: nothing */

	bool has_collector; /* a thread that looks every interval_ns */
	bool is_ending;
	bool is_interval_given; /* by the program */
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
	struct signals_held signals;
	struct thread_cache *cache;
};

struct hold instance_lock(void) HIDDEN;
void instance_unlock(const struct hold *hold) HIDDEN;

/* Whether a recording side, the preload's or ours, is of our version. */
bool instance_engine_fits(const struct engine *engine) HIDDEN;

/* Counts what was not recorded; returns the error that says so. */
int instance_refuse(enum series_refusal reason) HIDDEN;

enum { INTERVAL_MIN_NS = 10000000 };

/* The thread that looks at figures every interval_ns. With the lock. 0 or SONDE_ENOMEM. */
int collector_start(struct sonde *sonde) HIDDEN;
/* The same, of who needs one: where the program has not said how often, at least so often. */
int collector_need(struct sonde *sonde, int64_t interval_ns) HIDDEN;
void collector_stop(struct sonde *sonde) HIDDEN;

#endif
