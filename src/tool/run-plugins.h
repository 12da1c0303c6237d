// SPDX-License-Identifier: MIT
/*
 * run-plugins.h - the plugins of a run: started before the command, fed while it runs, ended after
 * it.
 */
#ifndef SONDE_TOOL_RUN_PLUGINS_H
#define SONDE_TOOL_RUN_PLUGINS_H

#include "host/configuration.h"
#include "host/plugin-home.h"
#include "host/session-host.h"
#include "tool/run-tags.h"

/* All zero is none. */
struct run_plugins {
	struct plugin_home *home; /* NULL: the configuration names no plugins */
	struct plugin_choice *choices;
	struct session_roster *sessions; /* the run's */
	struct run_tags tags; /* what the figures are of */
	int64_t started_ns;
	uint64_t sequence;
};

/*
 * Starts those that a configuration names, which lives longer. 0 or -ENOMEM; to be deinitialised in any case.
 */
int run_plugins_start(struct run_plugins *plugins, const struct configuration *configuration,
		      const struct session_host *host);
void run_plugins_deinit(struct run_plugins *plugins);

/*
 * Makes the plugins what another configuration wants, which takes the place of the one before; what the figures are of
 * stays. 0, or -ENOMEM with all as it was.
 */
int run_plugins_reload(struct run_plugins *plugins, const struct configuration *before,
		       const struct configuration *configuration, const struct session_host *host);

/* Readable when there is work; -1: there never is. */
int run_plugins_fd(const struct run_plugins *plugins);

/* Feeds those for whom it is time. Returns after how many milliseconds to call again, -1: when it
 * is readable. */
int run_plugins_work(struct run_plugins *plugins, struct session_host *host);

/* Whether a signal is from a plugin, and to be ignored: plugin_home_blame(). For struct child. */
bool run_plugins_blame(void *plugins, int sender, int signal);

/*
 * Feeds all with the final figures, ends them, and adds to the recording how they fared. The
 * recording is as the session's host has handed it over. 0 or -ENOMEM.
 */
int run_plugins_end(struct run_plugins *plugins, struct recording *recording);

#endif
