// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-format.h"

#include "format/snapshot-format.h"
#include "host/plugin-snapshot.h"

int plugin_format(const struct sonde_snapshot *snapshot, const char *format,
		  const char *const *parameters, sonde_write_function write, void *argument)
{
	const struct format_sink sink = {write, argument};

	return snapshot_format(format, plugin_snapshot_figures(snapshot),
			       plugin_snapshot_source(snapshot), parameters, &sink);
}
