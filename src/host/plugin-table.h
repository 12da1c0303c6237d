// SPDX-License-Identifier: MIT
/*
 * plugin-table.h - the table of host functions that an instance of a plugin gets, and what lies
 * behind it.
 *
 * plugin.h tells what the functions do. Each instance has a table of its own, so that what it asks
 * for is counted for it: lines of the log, memory, threads.
 */
#ifndef SONDE_HOST_PLUGIN_TABLE_H
#define SONDE_HOST_PLUGIN_TABLE_H

#include <pthread.h>
#include <stdbool.h>

#include "format/snapshot-format.h"
#include "host/plugin-health.h"
#include "host/plugin-log.h"
#include "host/session-roster.h"
#include "sonde/plugin.h"

enum {
	PLUGIN_MEMORY = 16 * 1024 * 1024,
	PLUGIN_STACK = 256 * 1024,
	TABLE_UNEXPOSED = 64,
};

struct plugin_thread;

struct plugin_table {
	struct sonde_host host;	      /* the first: a plugin's pointer to it is one to us */
	struct plugin_health *health; /* NULL: nobody wants to know */
	uint32_t wants;		      /* of SONDE_WANTS_, in place of the description's; 0: those */
	bool wants_windows;	      /* besides */
	const struct session_roster *sessions; /* that the figures are of; NULL: none */
	struct left_out_watcher watcher; /* of what the plugin has formatted: counts, and says it once */
	size_t n_bytes;		      /* that the plugin has of us now */
	pthread_mutex_t lock;	      /* of what follows */
	struct plugin_log log;
	uint32_t unexposed[TABLE_UNEXPOSED]; /* hashes of names of which it was said already */
	size_t n_unexposed;
	struct plugin_thread *threads;
};

/* `instance` is the name that the plugin is told, and like the health lives as long as the table.
 */
void plugin_table_init(struct plugin_table *table, const char *instance,
		       const struct session_roster *sessions, struct plugin_health *health);

/*
 * Waits until the threads that the plugin has started have ended, at most until an instant of
 * CLOCK_MONOTONIC. Whether they have.
 */
bool plugin_table_join(struct plugin_table *table, int64_t until_ns);

/* When no code of the instance runs any more. */
void plugin_table_deinit(struct plugin_table *table);

/* A line as if the plugin had said it. */
void plugin_table_log(struct plugin_table *table, uint32_t level, uint32_t code, const char *text);

#endif
