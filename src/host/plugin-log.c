// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-log.h"

#include <stddef.h>

#define PAUSE_NS INT64_C(10000000000)

static bool is_over(const struct plugin_log_code *entry, int64_t now_ns)
{
	return !entry->is_used || now_ns - entry->passed_ns >= PAUSE_NS;
}

/* The code's own entry, or one whose pause is over; NULL: there is none. */
static struct plugin_log_code *find(struct plugin_log *log, uint32_t code, int64_t now_ns)
{
	struct plugin_log_code *other = NULL;

	for (size_t i = 0; i < PLUGIN_LOG_CODES; i++) {
		struct plugin_log_code *entry = &log->codes[i];

		if (entry->is_used && entry->code == code)
			return entry;
		if (!other && is_over(entry, now_ns))
			other = entry;
	}
	if (other)
		*other = (struct plugin_log_code){.code = code};
	return other;
}

bool plugin_log_admits(struct plugin_log *log, uint32_t code, int64_t now_ns,
		       uint64_t *ret_n_suppressed)
{
	struct plugin_log_code *entry = find(log, code, now_ns);

	if (!entry)
		return false;
	if (!is_over(entry, now_ns)) {
		entry->n_suppressed++;
		return false;
	}
	*ret_n_suppressed = entry->n_suppressed;
	*entry = (struct plugin_log_code){.code = code, .is_used = true, .passed_ns = now_ns};
	return true;
}
