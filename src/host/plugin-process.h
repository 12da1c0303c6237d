// SPDX-License-Identifier: MIT
/*
 * plugin-process.h - an instance of a plugin in a process of its own.
 *
 *     plugin_process_new -> (plugin_process_offer | plugin_process_work)... -> plugin_process_end
 * -> plugin_process_work until plugin_process_is_over -> plugin_process_free
 *
 * A plugin that crashes ends its own process and nothing else. It is started again, after a while,
 * a few times. The health of the instance lies in memory that both processes share; what is read of
 * it here is a copy that can be printed, whatever the plugin may have written there.
 *
 * For one thread, of a process that has no other: it is forked.
 */
#ifndef SONDE_HOST_PLUGIN_PROCESS_H
#define SONDE_HOST_PLUGIN_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "host/plugin-choice.h"
#include "host/plugin-health.h"
#include "model/snapshot.h"

struct plugin_process;

/* Starts it. What it is given lives longer. 0 or a negative errno. */
int plugin_process_new(const struct plugin_choice *choice, const char *directory,
		       struct plugin_process **ret_process);

/* Kills it if it still runs. NULL is fine. Returns NULL. */
struct plugin_process *plugin_process_free(struct plugin_process *process);

/* Readable when there is work; it changes when the process is started again. -1: there is none now.
 */
int plugin_process_fd(const struct plugin_process *process);

/*
 * Does what is due: takes figures, notices its end, starts it again. Returns the instant of
 * CLOCK_MONOTONIC at which to call again at the latest, INT64_MAX: when it is readable.
 */
int64_t plugin_process_work(struct plugin_process *process);

/* Whether it exports; true as long as that is not known. */
bool plugin_process_is_exporter(const struct plugin_process *process);

/* A snapshot: snapshot_wire_write(). The descriptor stays the caller's. */
void plugin_process_offer(struct plugin_process *process, int snapshot_fd);

/* Whether it wants to be told of every second, for its windows; and one such snapshot, as above. */
bool plugin_process_wants_moments(const struct plugin_process *process);
void plugin_process_keep_up(const struct plugin_process *process, int snapshot_fd);

/* What a monitor has collected last, without a reference for the caller; NULL: nothing yet. */
struct snapshot *plugin_process_figures(const struct plugin_process *process);

/*
 * Gives it another choice, which is as the one before or differs in what reload() may change; then the process is told,
 * now or when there is room.
 */
void plugin_process_keep(struct plugin_process *process, const struct plugin_choice *choice);
void plugin_process_reload(struct plugin_process *process, const struct plugin_choice *choice);

/* Asks for its end until an instant; it is not started again. At that instant, work() kills it. */
void plugin_process_end(struct plugin_process *process, int64_t until_ns);
bool plugin_process_is_over(const struct plugin_process *process);

/*
 * Whether a signal is from it, or from a process that it has started: then it is not one that anybody has sent to us on
 * purpose, and its health says so. A sender that has ended, and is not the instance's process, is not known.
 */
bool plugin_process_blame(struct plugin_process *process, int sender, int signal);

/* Tells how many of its figures are left out where they are joined with others; its health has the most there were. */
void plugin_process_left_out(struct plugin_process *process, uint64_t n_series);

/* A copy of its health. */
void plugin_process_health(const struct plugin_process *process, struct plugin_health *ret_health);

const struct plugin_choice *plugin_process_choice(const struct plugin_process *process);

#endif
