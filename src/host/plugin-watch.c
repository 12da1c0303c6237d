// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-watch.h"

enum watch_verdict plugin_watch_look(const struct plugin_health *health, int64_t now_ns,
				     int64_t *ret_again_ns)
{
	/* Acquire: pairs with the release in health_enter(). */
	uint32_t callback = __atomic_load_n(&health->callback, __ATOMIC_ACQUIRE);
	int64_t called_ns = __atomic_load_n(&health->called_ns, __ATOMIC_RELAXED);
	int64_t allowed_ns = __atomic_load_n(&health->allowed_ns, __ATOMIC_RELAXED);

	*ret_again_ns = INT64_MAX;
	if (callback == CALLBACK_NONE)
		return WATCH_WELL;
	if (now_ns - called_ns > WATCH_PATIENCE * allowed_ns)
		return WATCH_STUCK;
	if (now_ns - called_ns > allowed_ns) {
		*ret_again_ns = called_ns + WATCH_PATIENCE * allowed_ns + 1;
		return WATCH_LATE;
	}
	*ret_again_ns = called_ns + allowed_ns + 1;
	return WATCH_WELL;
}
