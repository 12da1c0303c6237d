// SPDX-License-Identifier: MIT
/*
 * plugin-format.h - the formats that plugins have from us.
 */
#ifndef SONDE_HOST_PLUGIN_FORMAT_H
#define SONDE_HOST_PLUGIN_FORMAT_H

#include "sonde/plugin.h"

/* As plugin.h says of the table's function. */
int plugin_format(const struct sonde_snapshot *snapshot, const char *format,
		  const char *const *parameters, sonde_write_function write, void *argument);
int plugin_format_several(const struct sonde_snapshot *const *snapshots, size_t n_snapshots, const char *format,
			  const char *const *parameters, sonde_write_function write, void *argument);

#endif
