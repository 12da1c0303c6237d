// SPDX-License-Identifier: MIT
#include "resources/disk-space.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "resources/amount.h"
#include "resources/mounts.h"

void disk_space_take(const struct statvfs *answer, struct disk_space *ret_space)
{
	uint64_t size = answer->f_frsize ? answer->f_frsize : answer->f_bsize;
	/* When root has taken of what is kept for it, less than nothing is left for others. */
	bool is_overdrawn = answer->f_bavail > answer->f_bfree;
	uint64_t available = is_overdrawn ? 0 : answer->f_bavail;

	*ret_space = (struct disk_space){
		.total = amount_times(answer->f_blocks, size),
		.used = amount_times(amount_minus(answer->f_blocks, answer->f_bfree), size),
		.free = amount_times(available, size),
		.reserved = amount_times(answer->f_bfree - available, size),
	};
}

int disk_space_read(const char *path, struct disk_space *ret_space)
{
	struct statvfs answer;

	if (statvfs(path, &answer) < 0)
		return -errno;
	disk_space_take(&answer, ret_space);
	return 0;
}

double disk_space_utilization(const struct disk_space *space)
{
	uint64_t usable = space->used + space->free;

	return usable ? (double)space->used / (double)usable : NAN;
}

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (strcmp(folder, "/") == 0)
		return true;
	return strncmp(path, folder, len) == 0 && (!path[len] || path[len] == '/');
}

/* The mount that a path is on: the one with the longest name, of two on one place the last. */
static bool find_mount(const char *mountinfo, const char *path, struct mount *ret_mount)
{
	size_t longest = 0;

	for (const char *line = mountinfo; line && *line; line = next_line(line)) {
		struct mount mount;

		if (!mount_parse(line, &mount) || !is_below(path, mount.point) ||
		    strlen(mount.point) < longest)
			continue;
		longest = strlen(mount.point);
		*ret_mount = mount;
	}
	return longest > 0;
}

static void emit_state(const struct emission *emission, const char *state, uint64_t size)
{
	emit_gauge(emission, "system.filesystem.usage", "By", (double)size,
		   TAGS({"system.filesystem.state", state}));
}

void disk_space_emit(const struct disk_space *space, const struct machine *machine,
		     struct text *text, const char *path, const struct emission *emission)
{
	struct mount mount = {0};
	struct emission of_path = *emission;

	/* A tag without a value is as none. */
	if (text_read(text, machine, "/proc/self/mountinfo") == 0)
		find_mount(text->data, path, &mount);
	const struct sonde_tag tags[] = {
		{"system.device", mount.device},
		{"system.filesystem.mountpoint", path},
		{"system.filesystem.type", mount.type},
		{"system.filesystem.mode", mount_has_option(mount.options, "ro") ? "ro" : "rw"},
	};
	double utilization = disk_space_utilization(space);

	of_path.common = tags;
	of_path.n_common = sizeof(tags) / sizeof(tags[0]);
	emit_state(&of_path, "used", space->used);
	emit_state(&of_path, "free", space->free);
	emit_state(&of_path, "reserved", space->reserved);
	emit_gauge(&of_path, "system.filesystem.limit", "By", (double)space->total, NO_TAGS);
	if (!isnan(utilization))
		emit_gauge(&of_path, "system.filesystem.utilization", "1", utilization,
			   TAGS({"system.filesystem.state", "used"}));
}
