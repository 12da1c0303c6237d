// SPDX-License-Identifier: MIT
/*
 * plugin-bases.h - what an exporter of differences has taken last of each source.
 *
 * A difference is made when it is exported, to the base of its source. A source that has ended has none any more.
 */
#ifndef SONDE_HOST_PLUGIN_BASES_H
#define SONDE_HOST_PLUGIN_BASES_H

#include <stddef.h>

#include "sonde/plugin.h"

/* All zero is none. */
struct plugin_bases {
	const struct sonde_snapshot **snapshots;
	size_t n_snapshots;
};

void plugin_bases_deinit(struct plugin_bases *bases);

/* The base for a snapshot; NULL: nothing of its source was taken yet. */
const struct sonde_snapshot *plugin_bases_find(const struct plugin_bases *bases,
					       const struct sonde_snapshot *snapshot);

/* The snapshot was taken: later ones of its source count from it on. 0 or -ENOMEM, then from the one before. */
int plugin_bases_keep(struct plugin_bases *bases, const struct sonde_snapshot *snapshot);

#endif
