// SPDX-License-Identifier: MIT
/*
 * load.h - how many threads ran or wanted to, on average: /proc/loadavg.
 */
#ifndef SONDE_RESOURCES_LOAD_H
#define SONDE_RESOURCES_LOAD_H

#include "resources/emission.h"
#include "resources/machine.h"

struct load {
	double threads[3]; /* over 1, 5 and 15 minutes */
};

/* 0, a negative errno, or -EBADMSG. */
int load_read(const struct machine *machine, struct text *text, struct load *ret_load);
void load_emit(const struct load *load, const struct emission *emission);

#endif
