// SPDX-License-Identifier: MIT
/*
 * deadline.h - how long somebody wants to wait, as sonde.h has it: seconds, 0 to INFINITY.
 */
#ifndef SONDE_API_DEADLINE_H
#define SONDE_API_DEADLINE_H

#include "base/clock.h"

#include <math.h>

#include "sonde/sonde.h"

#define DEADLINE_SECONDS_MAX 1e9

/* The instant of CLOCK_MONOTONIC, or SONDE_ERANGE. */
static inline int deadline_of(double timeout, int64_t *ret_until_ns)
{
	if (isnan(timeout) || timeout < 0)
		return SONDE_ERANGE;
	*ret_until_ns = clock_kernel_ns(CLOCK_MONOTONIC) +
			(int64_t)(fmin(timeout, DEADLINE_SECONDS_MAX) * 1e9);
	return 0;
}

#endif
