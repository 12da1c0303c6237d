// SPDX-License-Identifier: MIT
/*
 * plugin-leavers.h - instances that a later configuration does not have any more, on their way out.
 *
 * They get as much time as at the end of a run, and nobody waits for them but an instance of the same name. How they
 * fared is kept, of the last few of them.
 */
#ifndef SONDE_HOST_PLUGIN_LEAVERS_H
#define SONDE_HOST_PLUGIN_LEAVERS_H

#include <stdbool.h>
#include <stdint.h>

#include "host/plugin-process.h"
#include "model/recording.h"

struct plugin_leaver;

/* All zero is none. */
struct plugin_leavers {
	struct plugin_leaver *first; /* the latest */
};

/*
 * Takes a process over, asks for its end until an instant, and needs its choice no longer. -ENOMEM: it is killed,
 * and forgotten.
 */
int plugin_leavers_add(struct plugin_leavers *leavers, struct plugin_process *process,
		       int64_t until_ns);

/* Kills those that still run. */
void plugin_leavers_deinit(struct plugin_leavers *leavers);

/* Does what is due. Returns when to call again at the latest, as plugin_process_work() does. */
int64_t plugin_leavers_work(struct plugin_leavers *leavers);

/* Whether one of this name still runs; NULL: one of any name. */
bool plugin_leavers_is_there(const struct plugin_leavers *leavers, const char *name);

/* plugin_process_blame() of each of them. */
bool plugin_leavers_blame(const struct plugin_leavers *leavers, int sender, int signal);

/* Adds how they fared to a recording. 0 or -ENOMEM. */
int plugin_leavers_describe(const struct plugin_leavers *leavers, struct recording *recording);

#endif
