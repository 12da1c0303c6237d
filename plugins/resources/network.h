// SPDX-License-Identifier: MIT
/*
 * network.h - what came and went by network interfaces: /proc/self/net/dev, of the reader's network
 * namespace.
 *
 * An interface that is gone has no figures; one that comes back goes on where it was.
 */
#ifndef SONDE_RESOURCES_NETWORK_H
#define SONDE_RESOURCES_NETWORK_H

#include "resources/emission.h"
#include "resources/growth.h"
#include "resources/machine.h"
#include "resources/name-filter.h"

/* Where an interface's counters are in its growths: received ones, and as many of what was sent. */
enum network_column {
	NETWORK_BYTES,
	NETWORK_PACKETS,
	NETWORK_ERRORS,
	NETWORK_DROPPED,
	NETWORK_COLUMNS,
};

/*
 * Brings the table up to date and, unless emission is NULL, emits what the interfaces did; those
 * that pass the filter. 0 or a negative errno.
 */
int network_collect(const struct machine *machine, struct text *text,
		    const struct name_filter *filter, struct growth_table *interfaces,
		    const struct emission *emission);

#endif
