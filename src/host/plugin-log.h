// SPDX-License-Identifier: MIT
/*
 * plugin-log.h - how much of what a plugin has to say is passed on.
 *
 * A line of each code every ten seconds, and no more than PLUGIN_LOG_CODES codes in that time, so
 * that a plugin that is talkative in one way does not drown the others, and one that is in all ways
 * does not drown us.
 */
#ifndef SONDE_HOST_PLUGIN_LOG_H
#define SONDE_HOST_PLUGIN_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum { PLUGIN_LOG_CODES = 32 };

struct plugin_log {
	struct plugin_log_code {
		uint32_t code;
		bool is_used;
		int64_t passed_ns;     /* when the last line of it was passed on */
		uint64_t n_suppressed; /* since */
	} codes[PLUGIN_LOG_CODES];
};

/*
 * Whether a line of this code may be passed on now; in ret_n_suppressed, how many of the same code
 * were not before it. All zero is a new log. For one thread at a time.
 */
bool plugin_log_admits(struct plugin_log *log, uint32_t code, int64_t now_ns,
		       uint64_t *ret_n_suppressed);

#endif
