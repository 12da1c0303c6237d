// SPDX-License-Identifier: MIT
/*
 * plugin-config.h - one entry of `plugins` in a configuration: a plugin with its options.
 *
 *     { plugin = "prometheus"; name = "p"; interval = "5s"; listen = "127.0.0.1:9464"; }
 *
 * Some options every instance has; the others are in the table of its plugin, which is got from a
 * catalogue. Reading one from a file is the loader's work: host/config-loader.h.
 */
#ifndef SONDE_HOST_PLUGIN_CONFIG_H
#define SONDE_HOST_PLUGIN_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/given.h"
#include "host/option-table.h"
#include "model/message.h"

/* What every instance has, whatever its plugin. */
struct plugin_common {
	const char *plugin;
	const char *name; /* no other instance has it */
	int64_t interval_ns;
	int64_t deadline_ns;	 /* of a callback that collects or exports; 0: as plugin.h says */
	int64_t queue_snapshots; /* that wait at most, */
	uint64_t queue_size;	 /* with so many bytes */
};

extern const struct option_table plugin_common_table;

enum { PLUGIN_UNUSABLE = 1 };

/* Where tables come from: whoever can load plugins. */
struct plugin_catalogue {
	/*
	 * Hands over the table of a plugin, which stays for good. 0; PLUGIN_UNUSABLE, with
	 * ret_message set: "there is no plugin 'promethus' in ...; did you mean 'prometheus'?"; or a
	 * negative errno, likewise.
	 */
	int (*find)(void *context, const char *plugin, struct option_table *ret_table,
		    struct message *ret_message);
	void *context;
};

struct plugin_config {
	const struct plugin_common *common;
	const void *options; /* for the plugin's create(); NULL: it has none */
	char *origin;	     /* "sonde.cfg:7" */
	char *trouble;	     /* why it cannot be used, and nobody knows its options; NULL: it can */

	/* What the above lies in. */
	struct option_table table;
	struct option_values common_values;
	struct option_values values;
	struct given_list given; /* paths are "listen", "tls.verify" */
};

/* An instance with all defaults; its name is that of the plugin or its file. NULL: no memory. */
struct plugin_config *plugin_config_new(const char *plugin, const struct option_table *table,
					    const char *origin);
/* NULL is fine. Returns NULL. */
struct plugin_config *plugin_config_free(struct plugin_config *instance);

/* The row of an option, also of those that every instance has; NULL: there is none. */
const struct sonde_option *plugin_config_find(const struct plugin_config *instance,
						const char *path);

/* Sets an option to a value that was read by its rule. 0 or -ENOMEM. */
int plugin_config_set(struct plugin_config *instance, const char *path,
			const struct value *value, const char *origin);

/* How often it collects or exports if nobody has said. 0 or -ENOMEM. */
int plugin_config_inherit_interval(struct plugin_config *instance, int64_t interval_ns);

/*
 * The value of an option in the syntax of a configuration file, to be freed. NULL: it has none,
 * neither given nor by default, or there is no memory.
 */
char *plugin_config_text(const struct plugin_config *instance, const char *path,
			   const struct sonde_option *option);

/* Calls a function for each option, those that every instance has first: option_table_visit(). */
int plugin_config_visit(const struct plugin_config *instance, option_visitor visit,
			  void *argument);

/* What a later configuration asks of an instance that runs. */
enum plugin_change {
	PLUGIN_SAME,
	PLUGIN_RELOADABLE, /* only options with this flag differ, and those that are not its plugin's */
	PLUGIN_OTHER,	   /* it takes a new instance */
};
enum plugin_change plugin_config_compare(const struct plugin_config *before,
					   const struct plugin_config *after);

#endif
