// SPDX-License-Identifier: MIT
/*
 * plugin-loader.h - from the name of a plugin to its description.
 *
 *     struct plugin *plugin;
 *
 *     if (plugin_load("jsonlines", directory, &plugin, &message) < 0)
 *             ... message says what is wrong with it
 *
 * A plugin stays loaded for as long as the process runs: code of it may be on any thread's stack.
 * Its file must belong to root or to the user and must not be writable by anybody else, nor may its
 * folder be; a process with more rights than its user loads nothing. Loading runs the plugin's
 * constructors: who cannot afford that they crash loads in a process of its own (plugin-process.h).
 */
#ifndef SONDE_HOST_PLUGIN_LOADER_H
#define SONDE_HOST_PLUGIN_LOADER_H

#include <stddef.h>

#include "model/message.h"
#include "sonde/plugin.h"

struct plugin {
	char *path;
	/* As this host knows descriptions: what the plugin's is too short for is NULL or 0. */
	struct sonde_plugin_desc desc;
	char **leaked; /* symbols that it exports and should not */
	size_t n_leaked;
};

/*
 * The file of a plugin that is named by an absolute path, or by its name in the folder of plugins.
 * A new string, or NULL without memory.
 */
char *plugin_find(const char *name, const char *directory);

/* Whether a file may be loaded: 0, or a negative errno with ret_message set. */
int plugin_check_file(const char *path, struct message *ret_message);

/*
 * Loads a plugin. 0, or a negative errno with ret_message set. The struct is to be freed, which
 * unloads nothing.
 */
int plugin_load(const char *name, const char *directory, struct plugin **ret_plugin,
		struct message *ret_message);
struct plugin *plugin_free(struct plugin *plugin);

#endif
