// SPDX-License-Identifier: MIT
#include "shared/window.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

int window_init(struct window *window, const struct sonde_host *host, int64_t window_ns,
		struct sonde_err *err)
{
	*window = (struct window){.parameters = {NULL}};
	if (!window_ns)
		return 0;
	if (!SONDE_HAS(host, window) || host->want(host, SONDE_WANTS_WINDOWS) != 0) {
		snprintf(err->text, sizeof(err->text), "this host keeps no windows");
		return -ENOTSUP;
	}
	snprintf(window->text, sizeof(window->text), "%" PRId64, window_ns);
	window->parameters[0] = "window";
	window->parameters[1] = window->text;
	return 0;
}
