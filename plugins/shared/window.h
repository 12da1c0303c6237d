// SPDX-License-Identifier: MIT
/*
 * window.h - what series did in the last seconds or hours, beside what they did since their start: for exporters of
 * jsonlines.
 */
#ifndef SONDE_PLUGINS_WINDOW_H
#define SONDE_PLUGINS_WINDOW_H

#include <sonde/plugin.h>

#include <stdint.h>

/* Its row in a table of options; `member` is an int64_t in the struct `container`. */
/* clang-format off */
#define WINDOW_ROW(container, member)								\
	{											\
		.name = "window",								\
		.type = SONDE_OPTION_DURATION,							\
		.min = "1s",									\
		.max = "24h",									\
		.offset = offsetof(container, member),						\
		.help = "Beside the totals: rates and quantiles over so long.",			\
	}
/* clang-format on */

/* The parameters of the format. Does not move: they point into it. */
struct window {
	char text[24];
	const char *parameters[3];
};

/* In create(): 0 is no window. 0; or a negative errno after saying why. */
int window_init(struct window *window, const struct sonde_host *host, int64_t window_ns,
		struct sonde_err *err);

#endif
