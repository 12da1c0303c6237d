// SPDX-License-Identifier: MIT
/*
 * plugin-watch.h - whether an instance is in a callback for too long.
 *
 * A thread that does not come back cannot be ended: its locks and its memory would be lost with it.
 * It is left where it is, and nothing more is asked of it.
 */
#ifndef SONDE_HOST_PLUGIN_WATCH_H
#define SONDE_HOST_PLUGIN_WATCH_H

#include <stdint.h>

#include "host/plugin-health.h"

enum { WATCH_PATIENCE = 3 }; /* a callback is given up at so many times what it may take */

enum watch_verdict {
	WATCH_WELL,
	WATCH_LATE, /* after its deadline */
	WATCH_STUCK,
};

/* Also tells at which instant to look again, INT64_MAX: when there is something new. */
enum watch_verdict plugin_watch_look(const struct plugin_health *health, int64_t now_ns,
				     int64_t *ret_again_ns);

#endif
