// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-bases.h"

#include <errno.h>
#include <stdlib.h>

#include "host/plugin-snapshot.h"

void plugin_bases_deinit(struct plugin_bases *bases)
{
	for (size_t i = 0; i < bases->n_snapshots; i++)
		plugin_snapshot_unref(bases->snapshots[i]);
	free(bases->snapshots);
	*bases = (struct plugin_bases){0};
}

/* The number of bases: there is none. */
static size_t position_of(const struct plugin_bases *bases, const struct sonde_snapshot *snapshot)
{
	size_t i = 0;

	while (i < bases->n_snapshots &&
	       !plugin_snapshot_has_same_source(bases->snapshots[i], snapshot))
		i++;
	return i;
}

const struct sonde_snapshot *plugin_bases_find(const struct plugin_bases *bases,
					       const struct sonde_snapshot *snapshot)
{
	size_t position = position_of(bases, snapshot);

	return position < bases->n_snapshots ? bases->snapshots[position] : NULL;
}

static void forget(struct plugin_bases *bases, size_t position)
{
	if (position == bases->n_snapshots)
		return;
	plugin_snapshot_unref(bases->snapshots[position]);
	bases->snapshots[position] = bases->snapshots[--bases->n_snapshots];
}

int plugin_bases_keep(struct plugin_bases *bases, const struct sonde_snapshot *snapshot)
{
	size_t position = position_of(bases, snapshot);

	if (plugin_snapshot_source(snapshot)->is_final) {
		forget(bases, position);
		return 0;
	}
	if (position == bases->n_snapshots) {
		const struct sonde_snapshot **larger = reallocarray(
			bases->snapshots, bases->n_snapshots + 1, sizeof(*bases->snapshots));

		if (!larger)
			return -ENOMEM;
		bases->snapshots = larger;
		bases->snapshots[bases->n_snapshots++] = NULL;
	}
	plugin_snapshot_unref(bases->snapshots[position]);
	bases->snapshots[position] = plugin_snapshot_ref(snapshot);
	return 0;
}
