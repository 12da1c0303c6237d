// SPDX-License-Identifier: MIT
/*
 * listener.h - the socket at which scrapes arrive: of an address and a port, or of a path.
 *
 *     "127.0.0.1:9464"  "[::1]:0"  "localhost:9464"  ":9464"  "unix:/run/sonde/metrics"
 *
 * A socket file that nobody listens at any more is replaced. Of a name with several addresses the
 * first one that can be had is taken.
 */
#ifndef SONDE_PLUGINS_PROMETHEUS_LISTENER_H
#define SONDE_PLUGINS_PROMETHEUS_LISTENER_H

#include <sonde/plugin.h>

enum { LISTENER_ADDRESS_SIZE = 128 };

struct listener {
	const struct sonde_host *host;
	int fd;				     /* not blocking, close-on-exec */
	const char *path;		     /* of the socket file; NULL: there is none */
	char address[LISTENER_ADDRESS_SIZE]; /* as above, with the port that it really has */
};

/* `where` lives longer. 0, or a negative errno after writing to err->text why. */
int listener_open(struct listener *listener, const struct sonde_host *host, const char *where,
		  struct sonde_err *err);

/* Removes the socket file, and closes the descriptor. */
void listener_close(struct listener *listener);

#endif
