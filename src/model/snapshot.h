// SPDX-License-Identifier: MIT
/*
 * snapshot.h - all series of one source at one instant.
 *
 * A snapshot never changes; any thread may read it, and it lives until the last reference to it is
 * put. It is made from a recording, from what a monitor emitted (model/emitter.h), from several
 * others, or as the difference of two.
 *
 * Those of a recording:
 *
 *     libc.calls          counter  {call}   call, group, result = ok, expected, error
 *     libc.errors         counter  {error}  call, errno
 *     libc.call.duration  timer    s        call, group; successes that were timed
 *     libc.io             counter  By       call, direction = in, out
 *                                           and kind, where calls of one name are told apart
 *     libc.memory.requested     counter  By   call
 *     sonde.calls.lost    counter  {call}   reason
 *     sonde.metrics.refused counter {measurement} reason
 *     sonde.metrics.respelled   counter  {name}
 *     sonde.metrics.overflowed  counter  {measurement}
 *     sonde.metrics.series      gauge    {series}   metric; of each name of programs' own with tags
 *     sonde.notes.lost    counter  {note}
 *     sonde.regions.damaged     counter  {region}
 *     sonde.processes.unwatched counter  {process}  reason
 *
 * and all that programs recorded themselves.
 */
#ifndef SONDE_MODEL_SNAPSHOT_H
#define SONDE_MODEL_SNAPSHOT_H

#include "model/recording.h"
#include "model/series.h"

#include <stddef.h>
#include <stdint.h>

struct snapshot;

/*
 * A snapshot of a recording's totals, with one reference, which is the caller's. 0; -ENOMEM; or
 * -EEXIST when two series would have the same name and tags (no recording made by us leads to
 * that).
 */
int snapshot_new_from_recording(const struct recording *recording, struct snapshot **ret_snapshot);

/*
 * All series of several snapshots, of which it keeps a reference each. Of two with the same name
 * and tags, that of the part that stands first is taken, and so is its type and unit where series
 * of one name differ in them; what is left out is counted in ret_n_refused, unless that is NULL. A
 * part may be NULL. 0 or -ENOMEM.
 */
int snapshot_new_joined(struct snapshot *const *parts, size_t n_parts, int64_t taken_ns,
			size_t *ret_n_refused, struct snapshot **ret_snapshot);

/*
 * What has come since an older snapshot of the same source: for each series of the newer one, its
 * series_difference(). A series that the older one did not have counts from its start on, one that
 * is gone is left out. All cumulative series start where the older one was taken, so that the times
 * of one difference and the next abut. 0 or -ENOMEM.
 */
int snapshot_new_difference(const struct snapshot *newer, const struct snapshot *older,
			    struct snapshot **ret_snapshot);

/* One more reference; returns the snapshot. */
struct snapshot *snapshot_get(struct snapshot *snapshot);
/* One reference less; NULL is fine. Returns NULL. */
struct snapshot *snapshot_put(struct snapshot *snapshot);

/* The instant it stands for, CLOCK_REALTIME. */
int64_t snapshot_taken_ns(const struct snapshot *snapshot);

/* Bytes of its own; of a joined one, without its parts. */
size_t snapshot_size(const struct snapshot *snapshot);

/* Series are in the order of names, then of tags. They live as long as the snapshot. */
size_t snapshot_n_series(const struct snapshot *snapshot);
const struct series *snapshot_series(const struct snapshot *snapshot, size_t position);

/* The series with this name and exactly these tags, in any order; NULL: not there. */
const struct series *snapshot_find(const struct snapshot *snapshot, const char *name,
				   const struct tag *tags, size_t n_tags);

#endif
