// SPDX-License-Identifier: MIT
/*
 * server.h - answers scrapes over HTTP with the newest snapshot of each source that it was given.
 *
 *     server_start -> server_offer... -> server_stop -> server_deinit
 *
 * All requests are served by one thread, one after the other; a slow client keeps its connection,
 * not the thread. What is written for one scrape of a source is of one snapshot, whatever comes meanwhile. How
 * many connections there are, how long a request is and how long one may take are bounded.
 */
#ifndef SONDE_PLUGINS_PROMETHEUS_SERVER_H
#define SONDE_PLUGINS_PROMETHEUS_SERVER_H

#include <sonde/plugin.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "prometheus/access.h"
#include "prometheus/listener.h"
#include "shared/buffer.h"
#include "shared/sources.h"

struct server_options {
	const char *listen;	  /* as listener.h has it */
	const char *address_file; /* NULL: none */
	const char *buckets;	  /* that of the formats */
	int64_t connections;
	uint64_t request_size;
	int64_t timeout_ns;
	const char *user; /* NULL and NULL: everybody may read */
	const char *password;
	const char *certificate; /* files; NULL and NULL: no TLS */
	const char *key;
	struct sources_options sources;
};

struct MHD_Daemon;

struct server {
	const struct sonde_host *host;
	const struct server_options *options;
	struct access access;
	struct listener listener;
	struct MHD_Daemon *daemon;
	bool is_serving; /* the daemon is the thread's, which stops it */
	bool has_told_address;
	int stop_fd; /* readable: the thread is to end */
	struct buffer certificate;
	struct buffer key;
	char said[128]; /* what the daemon said last before it was started */

	pthread_mutex_t lock; /* of what follows */
	struct sources sources;
};

/* To be deinitialised; what it is given lives longer. */
void server_init(struct server *server, const struct sonde_host *host,
		 const struct server_options *options);
void server_deinit(struct server *server);

/* Listens, and starts the thread. 0, or a negative errno after writing to err->text why. */
int server_start(struct server *server, struct sonde_err *err);

/* Makes the thread end: it is over when the host has waited for it. */
void server_stop(struct server *server);

/* From now on this is what scrapes get of its source. 0, -ENOSPC or -ENOMEM: they get nothing of it. */
int server_offer(struct server *server, const struct sonde_snapshot *snapshot);

#endif
