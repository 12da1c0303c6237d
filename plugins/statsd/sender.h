// SPDX-License-Identifier: MIT
/*
 * sender.h - datagrams to one receiver, at "HOST:PORT" by UDP or at a socket file, "unix:PATH".
 *
 * Over UDP nobody is told whether somebody listens, but by an error that a later datagram gets in
 * place of being sent: that one is sent again, and how many were refused so is counted. A receiver
 * at a socket file that has started again is connected to again. A receiver that is slow is waited
 * for until an instant; after that nothing is waited for, and what it has no room for is lost.
 */
#ifndef SONDE_PLUGINS_STATSD_SENDER_H
#define SONDE_PLUGINS_STATSD_SENDER_H

#include <sonde/plugin.h>

#include <stdbool.h>

struct sender {
	const struct sonde_host *host;
	const char *where;
	int fd; /* -1: not connected */
	uint64_t n_refused;
};

/* What it is given lives longer. */
void sender_init(struct sender *sender, const struct sonde_host *host, const char *where);
void sender_deinit(struct sender *sender);

/* Connects, unless it is connected. 0; -EINVAL for an address that is none; or a negative errno. */
int sender_open(struct sender *sender);

/* 0; -EAGAIN: there was no room until then; -ECONNREFUSED: nobody listens; or a negative errno. */
int sender_send(struct sender *sender, const void *datagram, size_t size, int64_t until_ns);

#endif
