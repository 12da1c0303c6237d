// SPDX-License-Identifier: MIT
/*
 * choice-wire.h - what a new configuration says of an instance that runs, on its way to the process of it.
 *
 * Both have the plugin's table of options, so values follow each other in its order. As for snapshots
 * (host/snapshot-wire.h), nothing in the file is believed.
 */
#ifndef SONDE_HOST_CHOICE_WIRE_H
#define SONDE_HOST_CHOICE_WIRE_H

#include "host/option-table.h"
#include "host/plugin-choice.h"

/* A new descriptor of a file with all that reload() may change; or a negative errno. */
int choice_wire_write(const struct plugin_choice *choice);

/*
 * Reads one into a choice whose table is that of who wrote it. The options lie in ret_values, which are to be
 * deinitialised when they are no longer used. 0; -EPROTO: it is none; or another negative errno. The descriptor
 * stays open.
 */
int choice_wire_read(int fd, struct plugin_choice *choice, struct option_values *ret_values);

#endif
