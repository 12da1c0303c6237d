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

/* Whether a snapshot is due for one of the exporters. */
bool plugin_home_is_due(const struct plugin_home *home);

/* Hands a snapshot to those for whom one is due. */
void plugin_home_feed(struct plugin_home *home, struct snapshot *figures,
		      const struct snapshot_source *source);

/* Hands the last one to all, and waits for their ends. */
void plugin_home_end(struct plugin_home *home, struct snapshot *figures,
		     const struct snapshot_source *source);

/* Adds how each instance fared to a recording. 0 or -ENOMEM. */
int plugin_home_describe(const struct plugin_home *home, struct recording *recording);

#endif
