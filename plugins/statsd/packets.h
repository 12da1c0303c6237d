// SPDX-License-Identifier: MIT
/*
 * packets.h - lines of statsd into as few datagrams as they fit in, none of them torn.
 *
 *     packets_init -> packets_begin -> packets_take... -> packets_end -> ... -> packets_deinit
 *
 * A gauge below zero is two lines, the first of which sets it to zero: both go with one datagram,
 * for they mean something else alone.
 */
#ifndef SONDE_PLUGINS_STATSD_PACKETS_H
#define SONDE_PLUGINS_STATSD_PACKETS_H

#include <sonde/plugin.h>

#include "shared/buffer.h"

/* Sends a datagram. 0, or a negative errno: it is lost. */
typedef int packets_send_function(void *argument, const void *datagram, size_t size);

struct packets {
	size_t size;	    /* that a datagram has at most */
	const char *prefix; /* of every name */
	packets_send_function *send;
	void *argument;
	struct buffer packet;
	struct buffer group; /* lines that must go together, as far as they have come */
	struct buffer line;  /* likewise */
	size_t n_packet_lines;
	size_t n_group_lines;

	uint64_t n_datagrams; /* that were sent since the beginning, and their bytes */
	uint64_t n_bytes;
	uint64_t n_lost_lines; /* in datagrams that were lost */
	uint64_t n_long_lines; /* that fit in no datagram */
	int error;	       /* what the last lost one failed with; 0: none was lost */
};

/* What it is given lives longer. */
void packets_init(struct packets *packets, const struct sonde_host *host, size_t size,
		  const char *prefix, packets_send_function *send, void *argument);
void packets_deinit(struct packets *packets);

/* Forgets what there was. */
void packets_begin(struct packets *packets);

/* A sonde_write_function. 0 or -ENOMEM. */
int packets_take(void *packets, const void *data, size_t size);

/* Sends what waits. 0 or -ENOMEM. */
int packets_end(struct packets *packets);

#endif
