// SPDX-License-Identifier: MIT
/*
 * exports.h - all endpoints of the program, and what they are given.
 *
 * Every function is called with the instance's lock, but for exports_join().
 */
#ifndef SONDE_API_EXPORTS_H
#define SONDE_API_EXPORTS_H

#include "api/endpoint.h"
#include "host/configuration.h"

struct exports;

/*
 * Starts the endpoints that a configuration names, all of its plugins if it names none, and takes
 * the configuration over: it is empty afterwards. 0 or SONDE_ENOMEM.
 */
int exports_start(struct sonde *sonde, struct configuration *configuration) HIDDEN;

/* Whether this plugin under this name is one of them. */
bool exports_want(const struct configuration *configuration, const char *plugin,
		  const char *name) HIDDEN;

/* In nanoseconds, how often the one that wants it most often wants a snapshot. 0: there is none. */
int64_t exports_interval_ns(const struct exports *exports) HIDDEN;

/* A collection: a snapshot for those whose turn it is. */
void exports_feed(struct sonde *sonde, struct snapshot *snapshot, int64_t now_ns) HIDDEN;

/* An export to those that a batch has; those that there are not are answered at once. */
void exports_ask(struct sonde *sonde, struct snapshot *snapshot, struct export_batch *batch) HIDDEN;

/* The last snapshot for all, and their end. NULL: there is nobody to wait for. */
struct exports *exports_end(struct sonde *sonde, struct snapshot *snapshot,
			    int64_t until_ns) HIDDEN;
/* Without the lock: waits for that, until then. Whether all have come to their end. */
bool exports_join(struct exports *exports, int64_t until_ns) HIDDEN;

/* Adds how the endpoints fare to a snapshot that is not sealed yet. `exports` may be NULL. 0 or
 * -ENOMEM. */
int exports_describe(const struct exports *exports, struct snapshot *snapshot) HIDDEN;

/* The name of the endpoint that keeps history; NULL: it is none of this process. */
const char *exports_history(const struct exports *exports) HIDDEN;

/* "nginx -g daemon": the program's arguments, which live as long as the exports. */
const char *exports_command_line(const struct exports *exports) HIDDEN;

void exports_after_fork(struct sonde *sonde) HIDDEN;

/* By index; NULL after the last one. `exports` may be NULL. */
const struct endpoint *exports_endpoint(const struct exports *exports, size_t index) HIDDEN;

#endif
