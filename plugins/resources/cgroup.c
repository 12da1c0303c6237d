// SPDX-License-Identifier: MIT
/*
 * /proc/PID/cgroup names the process's group in each hierarchy, from the hierarchy's root;
 * /proc/PID/mountinfo says where the hierarchy, or the part of it below some group, is mounted.
 */
#include "resources/cgroup.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "resources/mounts.h"

/* Where the group of a process is, in one hierarchy. */
struct place {
	char point[PATH_ROOM];
	char group[PATH_ROOM]; /* below the mount point, "" or "/a/b" */
};

static void limit_memory(struct cgroup *cgroup, uint64_t limit)
{
	if (limit < cgroup->memory_limit)
		cgroup->memory_limit = limit;
}

static void limit_cpus(struct cgroup *cgroup, uint64_t quota, uint64_t period)
{
	if (period && (double)quota / (double)period < cgroup->cpu_limit)
		cgroup->cpu_limit = (double)quota / (double)period;
}

/* One number in a file of a group; false for "max" and "-1". */
static bool read_number(const struct machine *machine, struct text *text, const struct place *place,
			const char *file, uint64_t *ret_number)
{
	const char *number;

	if (text_read(text, machine, "%s%s/%s", place->point, place->group, file))
		return false;
	number = text->data;
	return parse_number(&number, ret_number);
}

static void ask_version_2(const struct machine *machine, struct text *text,
			  const struct place *place, struct cgroup *cgroup)
{
	uint64_t limit;
	uint64_t quota;
	uint64_t period;
	const char *number;

	if (read_number(machine, text, place, "memory.max", &limit))
		limit_memory(cgroup, limit);
	if (text_read(text, machine, "%s%s/cpu.max", place->point, place->group))
		return;
	number = text->data;
	if (parse_number(&number, &quota) && parse_number(&number, &period))
		limit_cpus(cgroup, quota, period);
}

static void ask_memory_version_1(const struct machine *machine, struct text *text,
				 const struct place *place, struct cgroup *cgroup)
{
	uint64_t limit;

	if (read_number(machine, text, place, "memory.limit_in_bytes", &limit))
		limit_memory(cgroup, limit);
}

static void ask_cpu_version_1(const struct machine *machine, struct text *text,
			      const struct place *place, struct cgroup *cgroup)
{
	uint64_t quota;
	uint64_t period;

	if (read_number(machine, text, place, "cpu.cfs_quota_us", &quota) &&
	    read_number(machine, text, place, "cpu.cfs_period_us", &period))
		limit_cpus(cgroup, quota, period);
}

typedef void (*ask_function)(const struct machine *machine, struct text *text,
			     const struct place *place, struct cgroup *cgroup);

/* Asks the group itself and each one above it, up to the mount point. */
static void ask_upwards(const struct machine *machine, struct text *text, struct place *place,
			ask_function ask, struct cgroup *cgroup)
{
	for (;;) {
		char *last = strrchr(place->group, '/');

		ask(machine, text, place, cgroup);
		if (!last)
			return;
		*last = '\0';
	}
}

/* The line of /proc/PID/cgroup for a controller; "" is version 2. "4:memory:/a" -> "/a" */
static bool find_group(const char *text, const char *controller, char *ret_group)
{
	for (const char *line = text; line && *line; line = next_line(line)) {
		const char *names = strchr(line, ':');
		const char *group = names ? strchr(names + 1, ':') : NULL;
		char list[256];

		if (!group || (size_t)(group - names) > sizeof(list))
			continue;
		snprintf(list, sizeof(list), "%.*s", (int)(group - names - 1), names + 1);
		if (*controller ? !mount_has_option(list, controller) : *list)
			continue;
		snprintf(ret_group, PATH_ROOM, "%.*s", (int)strcspn(group + 1, "\n"), group + 1);
		return true;
	}
	return false;
}

/* Makes a group's name relative to what is mounted. False: it is not below that. */
static bool place_group(const struct mount *mount, const char *group, struct place *ret_place)
{
	size_t len = strcmp(mount->root, "/") == 0 ? 0 : strlen(mount->root);

	/* In a container that has groups of its own, "/" and "/../other" are above what it sees. */
	if (strncmp(group, mount->root, len) != 0 || (group[len] && group[len] != '/'))
		len = strlen(group);
	if (strstr(group + len, "/../") || strcmp(group + len, "/") == 0)
		len = strlen(group);
	snprintf(ret_place->group, sizeof(ret_place->group), "%s", group + len);
	return snprintf(ret_place->point, sizeof(ret_place->point), "%s", mount->point) <
	       (int)sizeof(ret_place->point);
}

/* Where a hierarchy is mounted: of version 2, or the one of version 1 with a controller. */
static bool find_place(const char *mountinfo, const char *controller, const char *group,
		       struct place *ret_place)
{
	static const char *const types[] = {"cgroup2", "cgroup"};
	const char *type = types[*controller != '\0'];

	for (const char *line = mountinfo; line && *line; line = next_line(line)) {
		struct mount mount;

		if (mount_parse(line, &mount) && strcmp(mount.type, type) == 0 &&
		    (!*controller || mount_has_option(mount.super_options, controller)) &&
		    place_group(&mount, group, ret_place))
			return true;
	}
	return false;
}

void cgroup_read(const struct machine *machine, struct text *text, const char *process,
		 struct cgroup *ret_cgroup)
{
	static const struct {
		const char *controller;
		ask_function ask;
	} hierarchies[] = {
		{"", ask_version_2},
		{"memory", ask_memory_version_1},
		{"cpu", ask_cpu_version_1},
	};
	enum { N_HIERARCHIES = sizeof(hierarchies) / sizeof(hierarchies[0]) };
	char group[PATH_ROOM];
	struct place place;

	*ret_cgroup = (struct cgroup){UINT64_MAX, INFINITY};
	for (size_t i = 0; i < N_HIERARCHIES; i++) {
		const char *controller = hierarchies[i].controller;

		if (text_read(text, machine, "/proc/%s/cgroup", process) == 0 &&
		    find_group(text->data, controller, group) &&
		    text_read(text, machine, "/proc/%s/mountinfo", process) == 0 &&
		    find_place(text->data, controller, group, &place))
			ask_upwards(machine, text, &place, hierarchies[i].ask, ret_cgroup);
	}
}
