// SPDX-License-Identifier: MIT
/*
 * plugin-backoff.h - how long an instance waits after failures in a row.
 *
 * One second after each of the first three, then twice as long each time, up to five minutes; each
 * time a fifth more or less, at random, so that many instances do not come back together.
 */
#ifndef SONDE_HOST_PLUGIN_BACKOFF_H
#define SONDE_HOST_PLUGIN_BACKOFF_H

#include <stdint.h>

enum { BACKOFF_FAILURES = 3 }; /* from so many in a row on, it is worth telling */

#define BACKOFF_LONGEST_NS INT64_C(300000000000)

/* `random` is any number: 0 gives the shortest time, UINT32_MAX the longest. n_failures is not 0.
 */
int64_t backoff_ns(unsigned int n_failures, uint32_t random);

/* A number for it. */
uint32_t backoff_random(void);

#endif
