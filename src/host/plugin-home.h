// SPDX-License-Identifier: MIT
/*
 * plugin-home.h - the plugins of a session, each in a process of its own, and what they are fed
 * with.
 *
 *     plugin_home_new(choices, n_choices, directory, &home)
 *     while the session goes on:
 *             wait for plugin_home_fd(home), at most until plugin_home_work(home)
 *             if (plugin_home_is_due(home))
 *                     plugin_home_feed(home, figures, &source)
 *     plugin_home_end(home, figures, &source)
 *     plugin_home_describe(home, &recording)
 *     plugin_home_free(home)
 *
 * The figures that it is given are the session's; it adds what monitors have collected, and how the
 * plugins fare:
 *
 *     sonde.plugin.snapshots      counter  {snapshot}  instance, outcome = taken, partial, retried,
 * ... sonde.plugin.collections    counter  {collection}  instance, outcome = collected, failed
 *     sonde.plugin.lines.suppressed  counter  {line}  instance
 *     sonde.plugin.NAME           counter  1           instance: what a plugin counts of its own
 * doings
 *
 * No plugin can keep it waiting, but at the end, when all together have PLUGIN_STOP_NS. For one
 * thread, of a process that has no other.
 */
#ifndef SONDE_HOST_PLUGIN_HOME_H
#define SONDE_HOST_PLUGIN_HOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/snapshot-format.h"
#include "host/plugin-choice.h"
#include "host/plugin-config.h"
#include "host/plugin-health.h"
#include "model/recording.h"
#include "model/snapshot.h"

struct plugin_home;

/* Starts all of them; one that cannot be started is described as failed. What it is given lives
 * longer. 0 or -ENOMEM. */
int plugin_home_new(const struct plugin_choice *choices, size_t n_choices, const char *directory,
		    struct plugin_home **ret_home);

/* Kills what still runs. NULL is fine. Returns NULL. */
struct plugin_home *plugin_home_free(struct plugin_home *home);

/* Readable when there is work. */
int plugin_home_fd(const struct plugin_home *home);

/* Does what is due; it may be called at any time. Returns after how many milliseconds to call
 * again, -1: never. */
int plugin_home_work(struct plugin_home *home);

/*
 * Whether a snapshot is due for one of the exporters; and whether it is its turn, so that it exports it: windows want
 * some in between, which count as none.
 */
bool plugin_home_is_due(const struct plugin_home *home);
bool plugin_home_is_turn(const struct plugin_home *home);

/* Hands a snapshot to those for whom one is due. */
void plugin_home_feed(struct plugin_home *home, struct snapshot *figures,
		      const struct snapshot_source *source);

/*
 * The same for several sources, each of which has a snapshot of its own: all of theirs, then what the home adds, and then
 * the next turn comes. Those that a source ends with are for all, whose turn it ever is.
 */
void plugin_home_hand_out(struct plugin_home *home, struct snapshot *figures,
			  const struct snapshot_source *source, bool is_for_all);
void plugin_home_hand_out_own(struct plugin_home *home, const struct snapshot_source *source,
			      bool is_for_all);
void plugin_home_next_turn(struct plugin_home *home);

/* The first two of these in one, for the only source that there is. */
void plugin_home_hand_out_joined(struct plugin_home *home, struct snapshot *figures,
				 const struct snapshot_source *source, bool is_for_all);

/*
 * Takes another configuration, of which `changes` tells for each choice how it differs from the instance of this name
 * (host/plugin-config.h). Those that are the same go on as if nothing had happened. Those of which more has changed than
 * reload() may take, and those that are not there any more, come to their end in order, while the others go on; one that
 * comes in another's place begins when that has ended. One that does not work any more is tried again. From then on
 * the choices before are not used. 0, or -ENOMEM with all as it was.
 */
int plugin_home_reload(struct plugin_home *home, const struct plugin_choice *choices,
		       const enum plugin_change *changes, size_t n_choices);

/* Hands the last one to all, and waits for their ends. */
void plugin_home_end(struct plugin_home *home, struct snapshot *figures,
		     const struct snapshot_source *source);

/* Only the latter. */
void plugin_home_stop(struct plugin_home *home);

/* Whether a signal is from one of the plugins: plugin_process_blame(). It is to be ignored then. */
bool plugin_home_blame(const struct plugin_home *home, int sender, int signal);

/* An instance whose state has changed since it was told here, as it is now. False: there is none. */
bool plugin_home_next_change(struct plugin_home *home, const char **ret_name,
			     struct plugin_health *ret_health);

/* Adds how each instance fared to a recording. 0 or -ENOMEM. */
int plugin_home_describe(const struct plugin_home *home, struct recording *recording);

#endif
