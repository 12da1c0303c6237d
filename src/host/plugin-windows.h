// SPDX-License-Identifier: MIT
/*
 * plugin-windows.h - what the series of an instance's sources did lately, for exporters that ask for it.
 *
 * Each source has windows (model/window.h) of its own, fed with all of its snapshots. All of them together, and the last
 * snapshot of each source, take at most as many bytes as was said, beside the snapshot that is just being taken in.
 * Sources share them evenly: the more there are, the less far the windows of each reach back; with less than
 * PLUGIN_WINDOWS_LEAST for each, none are kept. What is known is told by each answer.
 *
 * Any thread may call these functions at any time.
 */
#ifndef SONDE_HOST_PLUGIN_WINDOWS_H
#define SONDE_HOST_PLUGIN_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/window.h"
#include "sonde/plugin.h"

enum { PLUGIN_WINDOWS_BYTES = 16 * 1024 * 1024, PLUGIN_WINDOWS_LEAST = 64 * 1024 };

struct plugin_windows;

/* NULL without memory. */
struct plugin_windows *plugin_windows_new(size_t max_bytes);
/* NULL is fine. Returns NULL. */
struct plugin_windows *plugin_windows_free(struct plugin_windows *windows);

/*
 * Takes a snapshot in, with a reference of its own. After a source's final one its windows stay until some other
 * sources have come to their end, too. 0, or -ENOMEM: the next one makes up for it.
 */
int plugin_windows_add(struct plugin_windows *windows, const struct sonde_snapshot *snapshot);

/*
 * What a series of the snapshot's source did in the last window_ns before the snapshot. As windows_query(); the answer is
 * filled in in any case.
 */
int plugin_windows_query(struct plugin_windows *windows, const struct sonde_snapshot *snapshot,
			 const struct series *series, int64_t window_ns, struct window_answer *ret_answer);

/* As windows_cover(). */
int64_t plugin_windows_cover(struct plugin_windows *windows, const struct sonde_snapshot *snapshot,
			     int64_t window_ns, bool *ret_is_truncated);

/* Bytes in use. */
size_t plugin_windows_size(struct plugin_windows *windows);

#endif
