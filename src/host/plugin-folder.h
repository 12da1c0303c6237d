// SPDX-License-Identifier: MIT
/*
 * plugin-folder.h - the plugins that there are, and what they say of themselves.
 */
#ifndef SONDE_HOST_PLUGIN_FOLDER_H
#define SONDE_HOST_PLUGIN_FOLDER_H

#include <stddef.h>

#include "host/plugin-config.h"
#include "host/plugin-describe.h"
#include "model/message.h"

struct plugin_folder {
	const char *path;			  /* the caller's */
	struct plugin_description **descriptions; /* of those that were asked for */
	size_t n_descriptions;
};

void plugin_folder_deinit(struct plugin_folder *folder);

/*
 * The description of a plugin, by name or absolute path; it lives as long as the folder. 0; a
 * negative errno with ret_message set, which for a name that there is not tells the nearest one.
 */
int plugin_folder_describe(struct plugin_folder *folder, const char *plugin,
			   const struct plugin_description **ret_description,
			   struct message *ret_message);

/* The names of all plugins in it, sorted, to be freed with plugin_names_free(). 0 or a negative
 * errno. */
int plugin_folder_list(const struct plugin_folder *folder, char ***ret_names, size_t *ret_n_names);
void plugin_names_free(char **names, size_t n_names);

/* For whoever reads a configuration. */
struct plugin_catalogue plugin_folder_catalogue(struct plugin_folder *folder);

#endif
