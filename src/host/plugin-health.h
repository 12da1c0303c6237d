// SPDX-License-Identifier: MIT
/*
 * plugin-health.h - how an instance of a plugin fares.
 *
 * One struct without pointers, which may lie in memory that two processes share: the one that runs
 * the plugin writes it, and what it says last can still be read when that process has crashed.
 * Numbers are words that are stored and loaded as a whole. A text that is read while it is written
 * may be mixed of two; it ends in any case.
 */
#ifndef SONDE_HOST_PLUGIN_HEALTH_H
#define SONDE_HOST_PLUGIN_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/histogram.h"

enum plugin_state {
	PLUGIN_NEW, /* nothing has happened yet */
	PLUGIN_LOADED,
	PLUGIN_PROBED,
	PLUGIN_CREATED,
	PLUGIN_RUNNING,
	PLUGIN_BACKOFF, /* failed several times in a row, and waits before it tries again */
	PLUGIN_STUCK,	/* did not come back from a callback, and gets no more */
	PLUGIN_FAILED,	/* cannot work, for the reason given */
	PLUGIN_CRASHED, /* its process has ended by itself */
	PLUGIN_STOPPED, /* in order */
	PLUGIN_STATES,
};

/* Where in the plugin's code the instance is. */
enum plugin_callback {
	CALLBACK_NONE,
	CALLBACK_LOAD, /* dlopen() and the entry */
	CALLBACK_PROBE,
	CALLBACK_CREATE,
	CALLBACK_START,
	CALLBACK_COLLECT,
	CALLBACK_EXPORT,
	CALLBACK_RELOAD,
	CALLBACK_FLUSH,
	CALLBACK_STOP,
	CALLBACK_DESTROY,
	CALLBACKS,
};

enum plugin_count {
	COUNT_TAKEN, /* snapshots: OK */
	COUNT_PARTIAL,
	COUNT_RETRIED,
	COUNT_REFUSED,	     /* DROP and FATAL, and what is no status at all */
	COUNT_SUPERSEDED,    /* totals that newer ones took the place of: nothing is lost */
	COUNT_DROPPED_FULL,  /* the queue had no room */
	COUNT_DROPPED_STUCK, /* queued when the instance was given up, or crashed */
	COUNT_DROPPED_END,   /* still not taken when the run was over */
	COUNT_REJECTED_POINTS,
	COUNT_POINTS_TAKEN, /* series of snapshots, each time */
	COUNT_POINTS_LOST,  /* of snapshots that were refused, and those that were rejected */
	COUNT_BYTES_SENT,
	COUNT_COLLECTED, /* times that a monitor has brought figures */
	COUNT_COLLECT_FAILED,
	COUNT_SERIES_REFUSED, /* emitted, but not as they should be */
	COUNT_SERIES_LEFT_OUT, /* at a time: others of the same names and tags, or of another kind, come before them */
	COUNT_OVERFLOWED, /* figures that went into series of overflow: too many sets of tags */
	COUNT_UNEXPOSED_KIND,	/* series left out of a text of the exporter's: enum left_out_reason */
	COUNT_UNEXPOSED_LABELS,
	COUNT_UNEXPOSED_SAMPLE,
	COUNT_LATE,	      /* callbacks that came back after their deadline */
	COUNT_LINES,	      /* of the log */
	COUNT_LINES_SUPPRESSED,
	COUNT_SIGNALS_IGNORED, /* that it sent to its host */
	COUNT_PROCESSES_KILLED, /* that it has left behind */
	PLUGIN_COUNTS,
};

enum { HEALTH_TEXT_SIZE = 256, HEALTH_LINES = 8, HEALTH_OWN_COUNTERS = 16, HEALTH_NAME_SIZE = 40 };

struct plugin_line {
	uint32_t level; /* SONDE_LOG_ */
	char text[HEALTH_TEXT_SIZE];
};

/* Of what a plugin counts of its own doings. */
struct plugin_own_counter {
	char name[HEALTH_NAME_SIZE]; /* "": here, the list ends */
	uint64_t count;
};

/* How long one kind of callback took. Written by the plugin's thread. */
struct plugin_durations {
	uint64_t sum_ns;
	uint64_t min_ns; /* of those that there are */
	uint64_t max_ns;
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

struct plugin_health {
	uint32_t state;
	uint32_t callback;
	uint32_t kind; /* SONDE_KIND_, once it is loaded */
	uint32_t reserved;
	int64_t called_ns;  /* CLOCK_MONOTONIC: since when it is in the callback */
	int64_t allowed_ns; /* how long it may be there */
	uint64_t counts[PLUGIN_COUNTS];
	uint64_t n_inflight; /* series that are being exported */
	struct plugin_durations exports;
	struct plugin_durations collections;
	struct plugin_own_counter own[HEALTH_OWN_COUNTERS];
	char version[32];	       /* of the plugin */
	char reason[HEALTH_TEXT_SIZE]; /* why it is in the state, "" when there is nothing to say */
	struct plugin_line lines[HEALTH_LINES]; /* the last ones of the log; COUNT_LINES is the
						   next's number */
};

/* "running", "stuck": what people read. */
const char *plugin_state_name(uint32_t state);
/* "export_snapshot": the name in plugin.h. */
const char *plugin_callback_name(uint32_t callback);
/* "dropped_full": in documents. */
const char *plugin_count_name(uint32_t count);

uint32_t health_state(const struct plugin_health *health);

/* Whether the instance has come to an end, good or bad. */
bool health_has_ended(const struct plugin_health *health);

/* A copy that can be printed, whatever the memory of the original has gone through. */
void health_copy(const struct plugin_health *health, struct plugin_health *ret_copy);

/* From a state that was an end back to the beginning, in a new process; counts go on. */
void health_begin_again(struct plugin_health *health);

/*
 * A change of state, with its reason; NULL: none, the one before is kept. False: nothing has
 * changed, because an end is final. Any thread may call it.
 */
bool health_change(struct plugin_health *health, enum plugin_state state, const char *reason);

void health_count(struct plugin_health *health, enum plugin_count count, uint64_t amount);
uint64_t health_counted(const struct plugin_health *health, enum plugin_count count);

/* Snapshots that the instance did not take, for whatever reason. */
uint64_t health_n_lost(const struct plugin_health *health);

/* The plugin's code is entered, and left again. */
void health_enter(struct plugin_health *health, enum plugin_callback callback, int64_t allowed_ns);
void health_leave(struct plugin_health *health);

void durations_add(struct plugin_durations *durations, int64_t ns);

/* Keeps a line of the log, cut to what fits. For one thread at a time. */
void health_add_line(struct plugin_health *health, uint32_t level, const char *text);

/* Counts processes that it has left behind and that were killed, and says so. */
void health_killed(struct plugin_health *health, uint64_t n_processes);

/* Adds to a counter of the plugin's own; a name too many or too long is not counted. For one thread
 * at a time. */
void health_add_own(struct plugin_health *health, const char *name, uint64_t amount);

#endif
