// SPDX-License-Identifier: MIT
/*
 * plugin-snapshot.h - snapshots as plugins see them: figures, and what they are of.
 */
#ifndef SONDE_HOST_PLUGIN_SNAPSHOT_H
#define SONDE_HOST_PLUGIN_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/snapshot-format.h"
#include "model/snapshot.h"
#include "sonde/plugin.h"

/* Takes a reference to the figures, and copies the source. One reference, the caller's; NULL
 * without memory. */
const struct sonde_snapshot *plugin_snapshot_new(struct snapshot *figures,
						 const struct snapshot_source *source);

/*
 * What has come since an older one of the same source. NULL for `older` is the source's start: then
 * all there is.
 */
const struct sonde_snapshot *plugin_snapshot_delta(const struct sonde_snapshot *newer,
						   const struct sonde_snapshot *older);

/*
 * The same snapshot for one reader: it can ask what the figures did lately, of `windows`, and the watcher is told what its
 * formats leave out. Each may be NULL, and must live longer. One reference, the caller's; NULL without memory.
 */
struct plugin_windows;
const struct sonde_snapshot *plugin_snapshot_for_reader(const struct sonde_snapshot *snapshot,
							struct plugin_windows *windows,
							const struct left_out_watcher *watcher);
/* NULL: there is none. */
const struct left_out_watcher *plugin_snapshot_watcher(const struct sonde_snapshot *snapshot);

const struct sonde_snapshot *plugin_snapshot_ref(const struct sonde_snapshot *snapshot);
/* NULL is fine. */
void plugin_snapshot_unref(const struct sonde_snapshot *snapshot);

/* Whether two snapshots are of one source: what it is of and when it began is the same. */
bool plugin_snapshot_has_same_source(const struct sonde_snapshot *a, const struct sonde_snapshot *b);

/* Bytes that it takes. */
size_t plugin_snapshot_size(const struct sonde_snapshot *snapshot);

/* NULL: it cannot be asked for that. */
struct plugin_windows *plugin_snapshot_windows(const struct sonde_snapshot *snapshot);

struct snapshot *plugin_snapshot_figures(const struct sonde_snapshot *snapshot);
const struct snapshot_source *plugin_snapshot_source(const struct sonde_snapshot *snapshot);

/* Those of the table of host functions. */
int plugin_snapshot_info(const struct sonde_snapshot *snapshot,
			 struct sonde_snapshot_info *ret_info);
int plugin_snapshot_series(const struct sonde_snapshot *snapshot, size_t position,
			   struct sonde_series *ret_series);
int64_t plugin_snapshot_find(const struct sonde_snapshot *snapshot, const char *name,
			     const struct sonde_tag *tags, size_t n_tags);
int plugin_snapshot_window(const struct sonde_snapshot *snapshot, size_t position, int64_t window_ns,
			   struct sonde_window *ret_window);
double plugin_quantile(const struct sonde_histogram *histogram, double q);

#endif
