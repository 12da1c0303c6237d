// SPDX-License-Identifier: MIT
/*
 * history.h - windows that are longer than what is kept in memory, from the file of the plugin
 * `history`.
 */
#ifndef SONDE_API_HISTORY_H
#define SONDE_API_HISTORY_H

#include "api/instance.h"
#include "model/series.h"
#include "model/snapshot.h"

/* What is kept in memory. */
#define HISTORY_BEGINS_NS INT64_C(86400000000000)

/* What gauges were, beside their last values. */
struct history_gauge {
	struct series *series;
	double min;
	double max;
	double mean;
};

struct history_window {
	int64_t window_ns;
	int64_t covered_ns;	      /* since the first that is known of any of its series */
	struct history_gauge *gauges; /* in the order of series */
	size_t n_gauges;
};

/* Where the program keeps its history, by its configuration: a new string; NULL: nowhere. */
struct configuration;
char *history_file(const struct configuration *configuration) HIDDEN;

/* Without the lock: has what was recorded up to now written to it. */
void history_catch_up(struct sonde *sonde) HIDDEN;

/*
 * What this program's series, of all its processes and runs, did in the last window_ns; those of
 * `name`, NULL: all. They start when the first of it was kept. 0 or SONDE_ENOMEM, SONDE_EIO; the
 * window is to be deinitialised.
 */
int history_look(const struct sonde *sonde, const char *name, int64_t window_ns,
		 struct snapshot **ret_snapshot, struct history_window *ret_window) HIDDEN;
void history_window_deinit(struct history_window *window) HIDDEN;

/* NULL: it is none of the window. */
const struct history_gauge *history_find_gauge(const struct history_window *window,
					       const struct series *series) HIDDEN;

#endif
