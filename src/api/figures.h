// SPDX-License-Identifier: MIT
/*
 * figures.h - a look at what this process has recorded, for those parts of sonde.h that ask.
 *
 *     struct figures figures;
 *     int result = figures_open(sonde, window, &figures);
 *
 *     ... snapshot_series(figures.snapshot, i), figures_value(&figures, series, &answer)
 *     figures_close(&figures);
 */
#ifndef SONDE_API_FIGURES_H
#define SONDE_API_FIGURES_H

#include "api/history.h"
#include "api/instance.h"
#include "model/snapshot.h"

struct figures {
	struct sonde *sonde;
	struct snapshot *snapshot;     /* all series, now */
	int64_t window_ns;	       /* 0: since the process began, or as far back as history: */
	struct history_window history; /* all zero: it is not asked */
	int64_t now_ns;		       /* CLOCK_MONOTONIC */
	struct hold hold;
	int saved_errno;
};

/* Looks, and holds the instance's lock until figures_close(). 0, SONDE_EINVAL or SONDE_ERANGE for
 * the window, SONDE_ENOMEM. */
int figures_open(struct sonde *sonde, double window, struct figures *ret_figures) HIDDEN;
/*
 * The same, but that a window of more than a day is looked up in the history, where the program
 * keeps one: then all series of `name`, or of all names if it is NULL, are what they did in the
 * window. A forked child has none.
 * SONDE_EIO: the history cannot be read.
 */
int figures_open_long(struct sonde *sonde, const char *name, double window,
		      struct figures *ret_figures) HIDDEN;
void figures_close(struct figures *figures) HIDDEN;

/* What a series of the snapshot did in the window: 0, or a window_condition. */
int figures_value(const struct figures *figures, const struct series *series,
		  struct window_answer *ret_answer) HIDDEN;

/*
 * What several series did together, each being added to it. To begin with, all zero but type.
 * Extremes are 0 until there are values.
 */
struct tally {
	size_t n_series; /* looked at */
	size_t n_known;	 /* that had something in that time */
	struct window_answer sum;
};

void figures_tally(const struct figures *figures, const struct series *series,
		   struct tally *tally) HIDDEN;

/* The lock is held: all series as they are now, with one reference. 0 or SONDE_ENOMEM. */
int figures_look(struct sonde *sonde, struct snapshot **ret_snapshot) HIDDEN;

/*
 * A collection, for windows and streams. The lock is held. What cannot be seen for want of memory
 * is seen the next time: SONDE_ENOMEM.
 */
int figures_collect(struct sonde *sonde) HIDDEN;

/* The value of a tag; NULL: the series has none with that key. */
const char *series_tag(const struct series *series, const char *key) HIDDEN;

/* Whether it has all these tags; one with an empty value is met by a series without it. */
bool series_meets(const struct series *series, const struct sonde_tag *filter,
		  size_t n_filter) HIDDEN;

#endif
