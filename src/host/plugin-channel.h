// SPDX-License-Identifier: MIT
/*
 * plugin-channel.h - what the process that hosts a session and one that runs a plugin say to each
 * other.
 *
 * Packets over a pair of sockets, each with at most one descriptor. Nobody waits for the other:
 * what there is no room for is not sent.
 */
#ifndef SONDE_HOST_PLUGIN_CHANNEL_H
#define SONDE_HOST_PLUGIN_CHANNEL_H

#include <stdint.h>

enum packet_type {
	PACKET_SNAPSHOT, /* to the plugin, with a descriptor: snapshot-wire.h */
	PACKET_MOMENT,	 /* the same, for its windows only */
	PACKET_WINDOWS,	 /* from the plugin: it wants those, once a second */
	PACKET_END,	 /* to the plugin: until_ns */
	PACKET_FIGURES,	 /* from a monitor, with a descriptor */
	PACKET_CHOICE,	 /* to the plugin, with a descriptor: choice-wire.h */
};

struct packet {
	uint32_t type;
	uint32_t reserved;
	int64_t until_ns; /* CLOCK_MONOTONIC */
};

/* The two ends of a new one. 0 or a negative errno. */
int channel_new(int ret_fds[2]);

/* passed_fd stays the caller's; -1: none. 0, -EAGAIN, or another negative errno. */
int channel_send(int fd, const struct packet *packet, int passed_fd);

/*
 * 0; -EAGAIN: there is nothing now; -EPIPE: the other end is gone; another negative errno. The
 * descriptor that came with it is the caller's; -1: none.
 */
int channel_receive(int fd, struct packet *ret_packet, int *ret_passed_fd);

#endif
