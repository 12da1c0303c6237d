// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-format.h"

#include <errno.h>
#include <stdlib.h>

#include "format/snapshot-format.h"
#include "host/plugin-snapshot.h"
#include "host/plugin-windows.h"

static int ask(const void *argument, const struct series *series, int64_t window_ns,
	       struct window_answer *ret_answer)
{
	const struct sonde_snapshot *snapshot = argument;

	return plugin_windows_query(plugin_snapshot_windows(snapshot), snapshot, series, window_ns,
				    ret_answer);
}

static int64_t cover(const void *argument, int64_t window_ns, bool *ret_is_truncated)
{
	const struct sonde_snapshot *snapshot = argument;

	return plugin_windows_cover(plugin_snapshot_windows(snapshot), snapshot, window_ns,
				    ret_is_truncated);
}

int plugin_format(const struct sonde_snapshot *snapshot, const char *format,
		  const char *const *parameters, sonde_write_function write, void *argument)
{
	const struct format_sink sink = {write, argument, plugin_snapshot_watcher(snapshot)};
	const struct snapshot_lately lately = {ask, cover, snapshot};
	struct snapshot_source source = *plugin_snapshot_source(snapshot);

	source.lately = plugin_snapshot_windows(snapshot) ? &lately : NULL;
	return snapshot_format(format, plugin_snapshot_figures(snapshot), &source, parameters, &sink);
}

int plugin_format_several(const struct sonde_snapshot *const *snapshots, size_t n_snapshots, const char *format,
			  const char *const *parameters, sonde_write_function write, void *argument)
{
	const struct format_sink sink = {
		write,
		argument,
		n_snapshots ? plugin_snapshot_watcher(snapshots[0]) : NULL,
	};
	struct snapshot_part *parts = calloc(n_snapshots + 1, sizeof(*parts));

	if (!parts)
		return -ENOMEM;
	for (size_t i = 0; i < n_snapshots; i++)
		parts[i] = (struct snapshot_part){plugin_snapshot_figures(snapshots[i]),
						  plugin_snapshot_source(snapshots[i])};
	int result = snapshot_format_several(format, parts, n_snapshots, parameters, &sink);

	free(parts);
	return result;
}
