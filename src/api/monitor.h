// SPDX-License-Identifier: MIT
#ifndef SONDE_API_MONITOR_H
#define SONDE_API_MONITOR_H

#include "api/instance.h"

/* The thread is not in a forked child, and what it held stays as it is. */
void monitor_after_fork(struct sonde *sonde) HIDDEN;

/* With the lock: for how long it has seen nothing; 0: it is not there, or not late. */
int64_t monitor_silent_ns(const struct sonde *sonde, int64_t now_ns) HIDDEN;

#endif
