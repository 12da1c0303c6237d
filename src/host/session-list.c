// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/session-list.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/region-list.h"

/* A session's directory is named after the microsecond in which it was made. */
static int add_place(struct session_list *list, const char *file)
{
	size_t len = strlen(file) - strlen("/" SESSION_FILE);
	struct session_place place;

	if (len >= sizeof(place.path))
		return 0;
	memcpy(place.path, file, len);
	place.path[len] = '\0';
	place.made_us = strtoull(strrchr(place.path, '/') + 1, NULL, 10);
	struct session_place *places =
		realloc(list->places, (list->n_places + 1) * sizeof(*places));

	if (!places)
		return -ENOMEM;
	list->places = places;
	places[list->n_places++] = place;
	return 0;
}

/* `owner` is what follows "sonde" in a name. */
static int add_below(struct session_list *list, const char *folder, const char *owner)
{
	char pattern[PATH_MAX];
	glob_t found;
	int result = 0;

	snprintf(pattern, sizeof(pattern), "%s/sonde%s/*/" SESSION_FILE, folder, owner);
	if (glob(pattern, 0, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc && result == 0; i++)
		result = add_place(list, found.gl_pathv[i]);
	globfree(&found);
	return result;
}

static int add_all(struct session_list *list, char *const *environment, const char *owner)
{
	const char *only = environment_find(environment, "SONDE_DIRECTORY");
	const char *runtime = environment_find(environment, "XDG_RUNTIME_DIR");
	const char *temporary = environment_find(environment, "TMPDIR");

	if (only && *only)
		return add_below(list, only, owner);
	int result = add_below(list, "/dev/shm", owner);

	if (result == 0 && runtime)
		result = add_below(list, runtime, "");
	if (result == 0)
		result = add_below(list, temporary ? temporary : "/tmp", owner);
	return result;
}

static int compare_latest_first(const void *a, const void *b)
{
	const struct session_place *first = a;
	const struct session_place *second = b;

	return (first->made_us < second->made_us) - (first->made_us > second->made_us);
}

static int read_list(char *const *environment, const char *owner, struct session_list *ret_list)
{
	struct session_list list = {0};
	int result = add_all(&list, environment, owner);

	if (result < 0) {
		session_list_deinit(&list);
		return result;
	}
	if (list.n_places)
		qsort(list.places, list.n_places, sizeof(*list.places), compare_latest_first);
	*ret_list = list;
	return 0;
}

int session_list_read(char *const *environment, struct session_list *ret_list)
{
	char owner[16];

	snprintf(owner, sizeof(owner), "-%u", geteuid());
	return read_list(environment, owner, ret_list);
}

/* Whether the session's directory and the one that it is in belong to one user and are closed to others, as they were made. */
static bool is_private(const char *path)
{
	char parent[SESSION_PATH_SIZE];
	struct stat inner;
	struct stat outer;

	snprintf(parent, sizeof(parent), "%s", path);
	*strrchr(parent, '/') = '\0';
	return lstat(path, &inner) == 0 && lstat(parent, &outer) == 0 && S_ISDIR(inner.st_mode) &&
	       S_ISDIR(outer.st_mode) && inner.st_uid == outer.st_uid &&
	       ((inner.st_mode | outer.st_mode) & 077) == 0;
}

int session_list_read_all(char *const *environment, struct session_list *ret_list)
{
	struct session_list list;
	int result = read_list(environment, "-*", &list);
	size_t n_kept = 0;

	if (result < 0)
		return result;
	for (size_t i = 0; i < list.n_places; i++)
		if (is_private(list.places[i].path))
			list.places[n_kept++] = list.places[i];
	list.n_places = n_kept;
	*ret_list = list;
	return 0;
}

void session_list_deinit(struct session_list *list)
{
	free(list->places);
	*list = (struct session_list){0};
}

static bool has_running_region(int fd, uint64_t capacity)
{
	struct region_list list;
	bool is_running = false;

	if (region_list_read(fd, capacity, NULL, &list) < 0)
		return false;
	for (size_t i = 0; i < list.n_entries; i++)
		is_running |= region_entry_is_running(&list.entries[i]);
	region_list_deinit(&list);
	return is_running;
}

bool session_is_running(const char *path)
{
	struct session_file *file;
	int fd = session_open_file(path);
	bool is_running = false;

	if (fd < 0)
		return false;
	if (session_map_file(fd, NULL, &file) == 0) {
		is_running =
			__atomic_load_n(&file->settings.state, __ATOMIC_RELAXED) == SESSION_OPEN &&
			has_running_region(fd, file->settings.region_capacity);
		munmap(file, sizeof(*file));
	}
	close(fd);
	return is_running;
}

bool session_find_latest(char *const *environment, char *ret_path)
{
	struct session_list list;
	bool is_found = false;

	if (session_list_read(environment, &list) < 0)
		return false;
	for (size_t i = 0; i < list.n_places && !is_found; i++) {
		is_found = session_is_running(list.places[i].path);
		if (is_found)
			strcpy(ret_path, list.places[i].path);
	}
	session_list_deinit(&list);
	return is_found;
}
