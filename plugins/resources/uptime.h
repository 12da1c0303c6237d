// SPDX-License-Identifier: MIT
/*
 * uptime.h - for how long the machine has been running: /proc/uptime.
 */
#ifndef SONDE_RESOURCES_UPTIME_H
#define SONDE_RESOURCES_UPTIME_H

#include "resources/emission.h"
#include "resources/machine.h"

/* Seconds. 0, a negative errno, or -EBADMSG. */
int uptime_read(const struct machine *machine, struct text *text, double *ret_uptime);
void uptime_emit(double uptime, const struct emission *emission);

#endif
