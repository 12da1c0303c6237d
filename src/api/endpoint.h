// SPDX-License-Identifier: MIT
/*
 * endpoint.h - one instance of a plugin that a program exports to: a thread of its own, on which
 * all of the plugin's code runs, and what waits for it.
 *
 * An export is never under way twice at one endpoint, and none keeps another waiting. The functions
 * below are called with the instance's lock.
 */
#ifndef SONDE_API_ENDPOINT_H
#define SONDE_API_ENDPOINT_H

#include "api/export-batch.h"
#include "api/instance.h"
#include "host/plugin-choice.h"
#include "host/plugin-health.h"
#include "sonde/plugin.h"

struct endpoint;

/* Starts the thread, which loads the plugin. What it is given lives longer. NULL without memory. */
struct endpoint *endpoint_new(const struct engine *engine, const struct plugin_choice *choice,
			      const char *directory) HIDDEN;

const char *endpoint_name(const struct endpoint *endpoint) HIDDEN;
const struct plugin_health *endpoint_health(const struct endpoint *endpoint) HIDDEN;

/*
 * Hands over a snapshot, with a reference of its own. The answer is for `batch` and its `position`;
 * NULL: nobody waits for it, and it is left out when another one is not done yet.
 */
void endpoint_offer(struct endpoint *endpoint, const struct sonde_snapshot *snapshot,
		    struct export_batch *batch, size_t position) HIDDEN;

/* The same of the last one, which nobody waits for and which is never left out. */
void endpoint_offer_last(struct endpoint *endpoint, const struct sonde_snapshot *snapshot) HIDDEN;

/* Whether it wants to be told of every second, for windows; and one such snapshot, which is not exported. */
bool endpoint_keeps_windows(const struct endpoint *endpoint) HIDDEN;
void endpoint_keep(struct endpoint *endpoint, const struct sonde_snapshot *snapshot) HIDDEN;

/* What waits is exported, then the plugin is stopped, all until an instant of CLOCK_MONOTONIC. */
void endpoint_end(struct endpoint *endpoint, int64_t until_ns) HIDDEN;

/* Without the lock: waits for that, until then. Whether it has come to its end; if so, it is freed.
 */
bool endpoint_join(struct endpoint *endpoint, int64_t until_ns) HIDDEN;

/* In a forked child, where its thread is not: the plugin closes its descriptors. */
void endpoint_after_fork(struct endpoint *endpoint) HIDDEN;

#endif
