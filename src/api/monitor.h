// SPDX-License-Identifier: MIT
#ifndef SONDE_API_MONITOR_H
#define SONDE_API_MONITOR_H

#include "api/instance.h"

/* The thread is not in a forked child, and what it held stays as it is. */
void monitor_after_fork(struct sonde *sonde) HIDDEN;

#endif
