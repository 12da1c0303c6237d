// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/recording-store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "record/session.h"

#define ENDING ".json.gz"

enum { NUMBER_MOST = 1000000 };

static int fail(int error, const char *path, struct message *ret_message)
{
	message_set(ret_message, "%s: %s", path, strerror(error));
	return -error;
}

/* NULL: neither variable has an absolute path, or no memory. */
static char *folder_of(char *const *environment)
{
	const char *state = environment_find(environment, "XDG_STATE_HOME");
	const char *home = environment_find(environment, "HOME");
	char *folder;
	int result = -1;

	if (state && *state == '/')
		result = asprintf(&folder, "%s/sonde/recordings", state);
	else if (home && *home == '/')
		result = asprintf(&folder, "%s/.local/state/sonde/recordings", home);
	return result < 0 ? NULL : folder;
}

/* -- What is there ------------------------------------------------------------------------------ */

/* Drafts of recordings that are being written, and what others put there, have other names. */
static int is_kept(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > strlen(ENDING) && *entry->d_name != '.' &&
	       strcmp(entry->d_name + len - strlen(ENDING), ENDING) == 0;
}

static int latest_first(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*b)->d_name, (*a)->d_name);
}

/* Takes the names over. */
static int take_names(struct recording_store *store, struct dirent **entries, size_t n_entries)
{
	int result = 0;

	store->names = calloc(n_entries + 1, sizeof(*store->names));
	if (!store->names)
		result = -ENOMEM;
	for (size_t i = 0; i < n_entries; i++) {
		if (result == 0)
			store->names[i] = strdup(entries[i]->d_name);
		if (result == 0 && store->names[i])
			store->n_names++;
		else
			result = -ENOMEM;
		free(entries[i]);
	}
	free(entries);
	return result;
}

static int list(struct recording_store *store)
{
	struct dirent **entries = NULL;
	int n_entries = scandir(store->folder, &entries, is_kept, latest_first);

	if (n_entries < 0 && errno != ENOENT)
		return -errno;
	return take_names(store, entries, n_entries < 0 ? 0 : (size_t)n_entries);
}

int recording_store_open(char *const *environment, struct recording_store *ret_store,
			 struct message *ret_message)
{
	struct recording_store store = {.folder = folder_of(environment)};

	if (!store.folder) {
		message_set(ret_message, "neither XDG_STATE_HOME nor HOME is set");
		return -ENOENT;
	}
	int result = list(&store);

	if (result < 0) {
		fail(-result, store.folder, ret_message);
		recording_store_deinit(&store);
		return result;
	}
	*ret_store = store;
	return 0;
}

void recording_store_deinit(struct recording_store *store)
{
	for (size_t i = 0; i < store->n_names; i++)
		free(store->names[i]);
	free(store->names);
	free(store->folder);
	*store = (struct recording_store){0};
}

char *recording_store_path(const struct recording_store *store, size_t n)
{
	char *path;

	return asprintf(&path, "%s/%s", store->folder, store->names[n]) < 0 ? NULL : path;
}

/* -- Keeping ------------------------------------------------------------------------------------ */

/* Makes a folder and those that it is in. */
static int make_folders(const char *folder)
{
	char *copy = strdup(folder);
	int result = copy ? 0 : -ENOMEM;
	char *slash = copy;

	while (result == 0 && slash) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			result = -errno;
		if (slash)
			*slash = '/';
	}
	free(copy);
	return result;
}

/* The file's name of a program, of characters that need no quoting anywhere. */
static void name_program(const struct recording *recording, char *ret_name, size_t size)
{
	const char *program = recording->command && *recording->command ? *recording->command : "unknown";
	const char *slash = strrchr(program, '/');

	snprintf(ret_name, size, "%s", slash ? slash + 1 : program);
	for (char *c = ret_name; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-", *c))
			*c = '_';
}

static char *make_path(const char *folder, const struct recording *recording)
{
	time_t seconds = (time_t)(recording->started_ns / 1000000000);
	int ms = (int)(recording->started_ns / 1000000 % 1000);
	char program[40];
	char date[32];
	struct tm utc;
	char *path;

	name_program(recording, program, sizeof(program));
	strftime(date, sizeof(date), "%Y%m%dT%H%M%S", gmtime_r(&seconds, &utc));
	return asprintf(&path, "%s/%s.%03dZ-%s-%d" ENDING, folder, date, ms, program, (int)getpid()) < 0
		       ? NULL
		       : path;
}

static bool is_older(const char *path, int64_t age_ns)
{
	struct stat status;

	return age_ns > 0 && stat(path, &status) == 0 &&
	       (int64_t)time(NULL) - status.st_mtime > age_ns / 1000000000;
}

/* Several may do so at once: what one finds gone, another has removed. */
static void prune(const struct recording_store *store, const struct retention *retention)
{
	for (size_t i = 0; i < store->n_names; i++) {
		char *path = recording_store_path(store, i);

		if (path && ((int64_t)i >= retention->count || is_older(path, retention->age_ns)))
			unlink(path);
		free(path);
	}
}

int recording_store_keep(char *const *environment, const struct recording *recording,
			 const struct recording_text *text, const struct retention *retention,
			 char **ret_path, struct message *ret_message)
{
	struct recording_store store;

	*ret_path = NULL;
	if (retention->count == 0)
		return 0;
	int result = recording_store_open(environment, &store, ret_message);

	if (result < 0)
		return result;
	char *path = make_path(store.folder, recording);

	result = path ? make_folders(store.folder) : -ENOMEM;
	if (result < 0)
		fail(-result, store.folder, ret_message);
	else
		result = recording_file_write_private(path, text, ret_message);
	recording_store_deinit(&store);
	if (result == 0 && recording_store_open(environment, &store, ret_message) == 0) {
		prune(&store, retention);
		recording_store_deinit(&store);
	}
	/* It may itself be one of too many, or too old. */
	if (result == 0 && access(path, F_OK) == 0)
		*ret_path = path;
	else
		free(path);
	return result;
}

/* -- By number ---------------------------------------------------------------------------------- */

long recording_store_number(const char *name)
{
	char *end;

	if (*name != '@')
		return -1;
	if (!name[1])
		return 0;
	if (name[1] < '0' || name[1] > '9')
		return -1;
	errno = 0;
	long number = strtol(name + 1, &end, 10);

	return errno || *end || number > NUMBER_MOST ? -1 : number;
}

char *recording_store_find(char *const *environment, const char *name, struct message *ret_message)
{
	long number = recording_store_number(name);
	struct recording_store store;
	char *path = NULL;

	/* A file of this name goes first. */
	if (number < 0 || access(name, F_OK) == 0)
		return strdup(name);
	if (recording_store_open(environment, &store, ret_message) < 0)
		return NULL;
	if ((size_t)number < store.n_names)
		path = recording_store_path(&store, (size_t)number);
	else if (number == 0)
		message_set(ret_message, "no recording is kept yet (%s)", store.folder);
	else
		message_set(ret_message, "%s: no more than %zu recordings are kept (%s)", name,
			    store.n_names, store.folder);
	recording_store_deinit(&store);
	return path;
}
