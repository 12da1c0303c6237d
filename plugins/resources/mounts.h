// SPDX-License-Identifier: MIT
/*
 * mounts.h - lines of /proc/PID/mountinfo.
 */
#ifndef SONDE_RESOURCES_MOUNTS_H
#define SONDE_RESOURCES_MOUNTS_H

#include "resources/machine.h"

struct mount {
	char root[PATH_ROOM]; /* the part of the filesystem that is mounted */
	char point[PATH_ROOM];
	char type[64];
	char device[256];
	char options[256]; /* of the mount: "rw,relatime" */
	char super_options[1024];
};

/* Takes a line apart; spaces and the like in it are as in the filesystem again. False: it is none.
 */
bool mount_parse(const char *line, struct mount *ret_mount);

/* Whether a list of options, with commas between, has one. */
bool mount_has_option(const char *options, const char *option);

#endif
