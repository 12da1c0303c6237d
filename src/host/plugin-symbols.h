// SPDX-License-Identifier: MIT
/*
 * plugin-symbols.h - the names that a shared object exports, read from its file.
 *
 * To look at a plugin before any of its code runs: which major version of the ABI it speaks, and
 * what else of its own it lets out.
 */
#ifndef SONDE_HOST_PLUGIN_SYMBOLS_H
#define SONDE_HOST_PLUGIN_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/message.h"

struct plugin_symbols {
	int abi_major; /* of the entry that it has: the host's, if that is among them, else the
			  largest; 0: it has no entry */
	char **leaked; /* other global functions and objects, without weak ones */
	size_t n_leaked;
};

/*
 * Reads an object for this machine. 0, or a negative errno with ret_message set: -ENOEXEC when it
 * is none, or is damaged.
 */
int plugin_symbols_read(const char *path, struct plugin_symbols *ret_symbols,
			struct message *ret_message);
void plugin_symbols_deinit(struct plugin_symbols *symbols);

#endif
