// SPDX-License-Identifier: MIT
/*
 * plugin-choice.h - one entry of `plugins` in the configuration, as the host of plugins takes it.
 *
 *     plugins: ( { plugin = "jsonlines"; name = "figures"; interval = "5s"; file =
 * "/var/log/figures"; } );
 *
 * All that it points to belongs to whoever made it, and lives as long as the host.
 */
#ifndef SONDE_HOST_PLUGIN_CHOICE_H
#define SONDE_HOST_PLUGIN_CHOICE_H

#include <stddef.h>
#include <stdint.h>

#include "host/option-table.h"
#include "host/session-roster.h"

#define PLUGIN_INTERVAL_NS INT64_C(10000000000)
#define PLUGIN_EXPORT_NS   INT64_C(5000000000)
#define PLUGIN_COLLECT_NS  INT64_C(250000000)
#define PLUGIN_START_NS	   INT64_C(1000000000) /* for each of loading, probe, create and start */
#define PLUGIN_STOP_NS	   INT64_C(2000000000) /* for all instances together */

enum { PLUGIN_QUEUE_SNAPSHOTS = 64, PLUGIN_QUEUE_BYTES = 8 * 1024 * 1024 };

struct plugin_choice {
	const char *name;    /* of the instance; no two have the same */
	const char *plugin;  /* its name in the folder of plugins, or an absolute path */
	const void *options; /* the struct that create() gets; NULL: the plugin has no options */
	const struct option_table *table; /* of these options; NULL: they are never changed */
	int64_t interval_ns; /* here and below, 0 is the default */
	int64_t deadline_ns; /* that an export or a collection has */
	size_t queue_snapshots;
	size_t queue_bytes;
	size_t max_tag_sets; /* of each name of a monitor's figures */
	size_t max_path_tag_sets; /* of them, with a tag like a path */
	const char *trouble; /* why it cannot be used; NULL: it can */
	const struct session_roster *sessions; /* that the figures are of; NULL: none */
};

static inline int64_t plugin_choice_interval_ns(const struct plugin_choice *choice)
{
	return choice->interval_ns ? choice->interval_ns : PLUGIN_INTERVAL_NS;
}

#endif
