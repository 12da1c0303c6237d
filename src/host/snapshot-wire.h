// SPDX-License-Identifier: MIT
/*
 * snapshot-wire.h - snapshots on their way from one process of sonde to another.
 *
 * Both are the same program, so the bytes are as the processor has them, and mean nothing to any
 * other. They lie in a file in memory whose descriptor is passed on; it is read as a copy, since
 * whoever has made it may still change it, and nothing in it is believed.
 */
#ifndef SONDE_HOST_SNAPSHOT_WIRE_H
#define SONDE_HOST_SNAPSHOT_WIRE_H

#include "format/snapshot-format.h"
#include "model/snapshot.h"

/* A new descriptor of a file with the snapshot, which nobody can change any more; or a negative
 * errno. */
int snapshot_wire_write(const struct snapshot *snapshot, const struct snapshot_source *source);

/*
 * Reads one. The snapshot has one reference; tags of the source are one piece of memory, to be
 * freed. 0; -EPROTO: it is none; or another negative errno. The descriptor stays open.
 */
int snapshot_wire_read(int fd, struct snapshot **ret_snapshot, struct snapshot_source *ret_source);

#endif
