// SPDX-License-Identifier: MIT
#ifndef SONDE_API_STREAM_H
#define SONDE_API_STREAM_H

#include "api/instance.h"
#include "model/snapshot.h"

/* With the lock: each open stream gets what has changed since it was fed last, if its time has
 * come. */
void streams_feed(struct sonde *sonde, struct snapshot *snapshot, int64_t now_ns) HIDDEN;

/* With the lock: there will be no more. */
void streams_end(struct sonde *sonde) HIDDEN;

#endif
