// SPDX-License-Identifier: MIT
/*
 * plugin-runner.h - one instance of a plugin at work: a thread, a queue, a state.
 *
 *     plugin_runner_new -> plugin_runner_offer... -> plugin_runner_end -> plugin_runner_wait ->
 * plugin_runner_free
 *
 * All of the plugin's code runs on the runner's thread. No function here waits for it, but
 * plugin_runner_wait(). For one thread; figures come on the runner's own.
 *
 *     NEW -> LOADED -> PROBED -> CREATED -> RUNNING <-> BACKOFF -> STUCK | FAILED | STOPPED
 *
 * A runner that is stuck is never freed: its thread is still somewhere in the plugin.
 */
#ifndef SONDE_HOST_PLUGIN_RUNNER_H
#define SONDE_HOST_PLUGIN_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "host/plugin-choice.h"
#include "host/plugin-health.h"
#include "model/snapshot.h"
#include "sonde/plugin.h"

struct plugin_runner;

/* What a runner is given; all of it lives as long as the runner. */
struct plugin_work {
	const struct plugin_choice *choice;
	const char *directory; /* of plugins */
	struct plugin_health *health;
	/* Takes what a monitor has collected, and the reference; NULL: nobody wants it. */
	void (*take_figures)(void *argument, struct snapshot *figures);
	/* Hears that the exporter wants snapshots for its windows: plugin_runner_keep(). NULL: nobody does. */
	void (*ask_for_moments)(void *argument);
	void *argument;
};

/* Starts the thread, which loads the plugin first. 0 or a negative errno. */
int plugin_runner_new(const struct plugin_work *work, struct plugin_runner **ret_runner);

/*
 * A choice of which only what reload() may change differs, and the values that its options lie in, which are the
 * runner's from now on. The instance takes it before anything else.
 */
void plugin_runner_reload(struct plugin_runner *runner, const struct plugin_choice *choice,
			  const struct option_values *values);

/* A snapshot for an exporter; one that is not running yet gets it when it is. Takes a reference. */
void plugin_runner_offer(struct plugin_runner *runner, const struct sonde_snapshot *snapshot);

/* A snapshot that is of use for windows only, if the exporter wants them. Takes a reference. */
void plugin_runner_keep(struct plugin_runner *runner, const struct sonde_snapshot *snapshot);

/*
 * Looks whether the instance is in a callback for too long, and gives it up if so. Returns the
 * instant of CLOCK_MONOTONIC at which to look again at the latest, INT64_MAX: never.
 */
int64_t plugin_runner_look(struct plugin_runner *runner);

/*
 * Asks for the end: what waits is exported, then come flush, stop and destroy, all until an instant
 * of CLOCK_MONOTONIC.
 */
void plugin_runner_end(struct plugin_runner *runner, int64_t until_ns);

/* Waits until that has come about, or the instant has; then it is stuck. Returns whether it has
 * ended. */
bool plugin_runner_wait(struct plugin_runner *runner, int64_t until_ns);

/* NULL is fine. Returns NULL. */
struct plugin_runner *plugin_runner_free(struct plugin_runner *runner);

#endif
