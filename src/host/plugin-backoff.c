// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-backoff.h"

#include <sys/random.h>
#include <time.h>

#include "base/clock.h"

#define FIRST_NS INT64_C(1000000000)

enum { DOUBLINGS_MAX = 9 }; /* 512 s */

int64_t backoff_ns(unsigned int n_failures, uint32_t random)
{
	unsigned int n_doublings =
		n_failures > BACKOFF_FAILURES ? n_failures - BACKOFF_FAILURES : 0;
	int64_t ns = FIRST_NS << (n_doublings < DOUBLINGS_MAX ? n_doublings : DOUBLINGS_MAX);

	if (ns > BACKOFF_LONGEST_NS)
		ns = BACKOFF_LONGEST_NS;
	/* From four fifths to six fifths. */
	return ns / 5 * 4 + (int64_t)((double)ns * 0.4 * ((double)random / UINT32_MAX));
}

uint32_t backoff_random(void)
{
	uint32_t random;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = (uint32_t)clock_kernel_ns(CLOCK_MONOTONIC);
	return random;
}
