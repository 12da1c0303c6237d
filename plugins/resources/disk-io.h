// SPDX-License-Identifier: MIT
/*
 * disk-io.h - what disks read and wrote: /proc/diskstats.
 *
 * Of whole disks, without their partitions, which would count all of it a second time, and without
 * those that have done nothing since the machine started.
 */
#ifndef SONDE_RESOURCES_DISK_IO_H
#define SONDE_RESOURCES_DISK_IO_H

#include "resources/emission.h"
#include "resources/growth.h"
#include "resources/machine.h"

/* Emits what all disks did. 0 or a negative errno. */
int disk_io_collect(const struct machine *machine, struct text *text, struct growth_table *disks,
		    const struct emission *emission);

#endif
