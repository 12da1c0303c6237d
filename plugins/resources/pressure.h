// SPDX-License-Identifier: MIT
/*
 * pressure.h - how much time was lost waiting for processors, memory or storage: /proc/pressure.
 *
 * "some": at least one task waited; "full": all tasks that were not idle did.
 */
#ifndef SONDE_RESOURCES_PRESSURE_H
#define SONDE_RESOURCES_PRESSURE_H

#include "resources/emission.h"
#include "resources/machine.h"

enum { PRESSURE_WINDOWS = 3 };

struct stall {
	bool is_known;
	double share[PRESSURE_WINDOWS]; /* 0 to 1, of the last 10, 60 and 300 seconds */
	double seconds;			/* since the machine started */
};

struct pressure {
	struct stall some;
	struct stall full;
};

/* Of "cpu", "memory" or "io". 0 or a negative errno: the kernel does not tell. */
int pressure_read(const struct machine *machine, struct text *text, const char *resource,
		  struct pressure *ret_pressure);
void pressure_emit(const struct pressure *pressure, const char *resource,
		   const struct emission *emission);

#endif
