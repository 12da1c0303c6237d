// SPDX-License-Identifier: MIT
/*
 * plugin-describe.h - what a plugin says of itself, found out in a process of its own.
 *
 * Loading a plugin runs its code, and its code may crash or hang: who only wants to know what
 * options it has does not take that risk.
 */
#ifndef SONDE_HOST_PLUGIN_DESCRIBE_H
#define SONDE_HOST_PLUGIN_DESCRIBE_H

#include <stddef.h>
#include <stdint.h>

#include "host/option-table.h"
#include "model/message.h"

/* All of it lies in memory of this process. */
struct plugin_description {
	const char *path;
	const char *name;
	const char *version;
	const char *license;
	const char *summary;
	uint32_t kind;		     /* SONDE_KIND_ */
	uint32_t flags;		     /* SONDE_NEEDS_NETWORK, ... */
	struct option_table options; /* checked */
	const char **leaked;	     /* symbols that it should not export, ended by NULL */
};

/*
 * 0, or a negative errno with ret_message set: what plugin_load() would say, or that the plugin
 * crashed or did not come back. The description is to be freed; the process may have no other
 * thread.
 */
int plugin_describe(const char *plugin, const char *directory,
		    struct plugin_description **ret_description, struct message *ret_message);
/* NULL is fine. Returns NULL. */
struct plugin_description *plugin_description_free(struct plugin_description *description);

#endif
