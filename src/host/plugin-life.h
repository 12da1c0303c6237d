// SPDX-License-Identifier: MIT
/*
 * plugin-life.h - the life of one instance of a plugin: its callbacks, in order, and what comes of
 * them.
 *
 *     life_init -> life_begin -> (life_export | life_flush | life_collect)... -> life_end -> life_deinit
 *
 * All of it happens on one thread. Each callback is entered in the instance's health, where others
 * see how long it takes; once they have given the instance up, none is called any more, and
 * functions here return false.
 */
#ifndef SONDE_HOST_PLUGIN_LIFE_H
#define SONDE_HOST_PLUGIN_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "host/option-table.h"
#include "host/plugin-bases.h"
#include "host/plugin-choice.h"
#include "host/plugin-health.h"
#include "host/plugin-loader.h"
#include "host/plugin-table.h"
#include "model/emitter.h"
#include "model/snapshot.h"
#include "sonde/plugin.h"

struct plugin_life {
	const struct plugin_choice *choice;
	struct plugin_health *health;
	struct plugin *plugin; /* NULL until it is loaded */
	struct plugin_table table;
	void *instance;
	struct option_values options; /* what the last reload() has brought */
	bool is_created;
	bool is_started;
	struct emitter *emitter;	    /* of a monitor */
	uint64_t n_overflowed;		    /* of its figures, as far as they were counted */
	struct plugin_bases taken;	    /* where differences are wanted */
	struct plugin_windows *windows;	    /* where they are wanted; others look at it, too */
	unsigned int n_failures;	    /* in a row */
	int64_t not_before_ns; /* CLOCK_MONOTONIC: no call until then, after a failure */
	bool may_keep_back; /* it has exported since it was flushed */
};

/* What has become of a snapshot. */
enum life_outcome {
	LIFE_DONE,  /* taken, or refused: it is not to be offered again */
	LIFE_RETRY, /* to be offered again */
	LIFE_OVER,  /* the instance will take no more */
};

/* What it is given lives longer. */
void life_init(struct plugin_life *life, const struct plugin_choice *choice,
	       struct plugin_health *health);

/* Loads the plugin, makes an instance and starts it. False: it does not work, the health tells why.
 */
bool life_begin(struct plugin_life *life, const char *directory);

bool life_is_exporter(const struct plugin_life *life);
bool life_is_monitor(const struct plugin_life *life);
/* Whether of several snapshots that wait only the newest is of interest. */
bool life_wants_newest(const struct plugin_life *life);

/*
 * Whether the instance wants to know what series did lately; then it is to be told of each source once a second, and of
 * what it exports before it does. Any thread may call these, at any time.
 */
bool life_keeps_windows(const struct plugin_life *life);
void life_keep(struct plugin_life *life, const struct sonde_snapshot *snapshot);

/* Exports a snapshot, until an instant of CLOCK_MONOTONIC at the latest. */
enum life_outcome life_export(struct plugin_life *life, const struct sonde_snapshot *snapshot,
			      int64_t until_ns);

/* Collects figures, with one reference; NULL: there are none this time. False: the instance is
 * given up. */
bool life_collect(struct plugin_life *life, struct snapshot **ret_figures);

/*
 * Tells the instance of other options, which lie in `values`. It takes them over; or they are gone, and the ones before
 * stay in use. False: the instance is given up.
 */
bool life_reload(struct plugin_life *life, const void *options, struct option_values *values);

/* Whether it is to be flushed when there is nothing else to do. */
bool life_has_to_flush(const struct plugin_life *life);
/* Has it write out what it kept back, likewise. False: the instance is given up. */
bool life_flush(struct plugin_life *life, int64_t until_ns);

/* Flush, stop and destroy, as far as there is something to end. */
void life_end(struct plugin_life *life, int64_t until_ns);

/* Of a life that has not ended, nothing is freed that its plugin could still use. */
void life_deinit(struct plugin_life *life);

#endif
