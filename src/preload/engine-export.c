// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/engine.h"

/* For libsonde, which looks it up by name; see record/engine.h. */
const struct engine *sonde_engine_v1(void) __attribute__((visibility("default")));

const struct engine *sonde_engine_v1(void)
{
	return engine_own();
}
