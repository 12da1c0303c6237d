// SPDX-License-Identifier: MIT
/*
 * snapshot-build.h - for those who make snapshots: one grows until it is sealed.
 *
 *     snapshot_new -> snapshot_adopt... -> snapshot_seal -> handed out, or snapshot_put
 */
#ifndef SONDE_MODEL_SNAPSHOT_BUILD_H
#define SONDE_MODEL_SNAPSHOT_BUILD_H

#include "model/snapshot.h"

/* An empty one with one reference; NULL without memory. */
struct snapshot *snapshot_new(int64_t taken_ns);

/* Takes a series over, made by series_copy(), also when it fails. NULL is a failed copy. 0 or
 * -ENOMEM. */
int snapshot_adopt(struct snapshot *snapshot, struct series *series);

/* A reference to each series of a part. 0 or -ENOMEM. */
int snapshot_borrow(struct snapshot *snapshot, struct snapshot *part);

/*
 * Counters that have fallen since an older snapshot of the same source began again after it: 2^64 is
 * 0, and what several threads have counted is added up by those who look. Moves their starts, also
 * those that were moved in the older one. For one that is sealed, owns its series and is nobody
 * else's yet.
 */
void snapshot_move_starts(struct snapshot *newer, const struct snapshot *older);

/*
 * Puts the series in order. Those that came later than another of the same name and tags, or than
 * one of the same name with another type or unit, are left out: returns how many.
 */
size_t snapshot_seal(struct snapshot *snapshot);

#endif
