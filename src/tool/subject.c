// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/subject.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/session-list.h"
#include "host/session-view.h"
#include "record/session.h"
#include "tool/recording-file.h"
#include "tool/recording-store.h"

int subject_process(const char *name)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(name, &end, 10);
	if (errno || *end || number <= 0 || number > INT32_MAX || access(name, F_OK) == 0)
		return 0;
	return (int)number;
}

static bool is_directory(const char *name)
{
	struct stat status;

	return stat(name, &status) == 0 && S_ISDIR(status.st_mode);
}

static int load_recording(const char *name, char *const *environment, struct recording *ret_recording,
			  struct message *ret_message)
{
	char *path = recording_store_find(environment, name, ret_message);
	int result = path ? recording_file_read(path, ret_recording, ret_message) : -ENOENT;

	free(path);
	return result;
}

static int load_process(int pid, char *const *environment, struct recording *ret_recording,
			uint32_t *ret_n_folded, struct message *ret_message)
{
	char directory[SESSION_PATH_SIZE];

	if (session_find_process(pid, environment, directory))
		return session_view(directory, pid, ret_recording, ret_n_folded, ret_message);
	message_set(ret_message, "%d: no session of a process with this number", pid);
	return -ESRCH;
}

/* The directory of one of the user's sessions that has this name. */
static bool find_by_id(const char *name, char *const *environment, char *ret_directory)
{
	struct session_list list;
	bool is_found = false;

	if (strchr(name, '/') || access(name, F_OK) == 0 || session_list_read(environment, &list) < 0)
		return false;
	for (size_t i = 0; i < list.n_places && !is_found; i++) {
		is_found = strcmp(strrchr(list.places[i].path, '/') + 1, name) == 0;
		if (is_found)
			strcpy(ret_directory, list.places[i].path);
	}
	session_list_deinit(&list);
	return is_found;
}

int subject_load(const char *name, char *const *environment, struct recording *ret_recording,
		 uint32_t *ret_n_folded, struct message *ret_message)
{
	char directory[SESSION_PATH_SIZE];

	if (!name)
		name = "@";
	int pid = subject_process(name);

	*ret_n_folded = 0;
	if (pid)
		return load_process(pid, environment, ret_recording, ret_n_folded, ret_message);
	if (find_by_id(name, environment, directory))
		name = directory;
	if (!is_directory(name))
		return load_recording(name, environment, ret_recording, ret_message);
	if (session_view_is_session(name))
		return session_view(name, 0, ret_recording, ret_n_folded, ret_message);
	message_set(ret_message, "%s: a directory, but not of a session", name);
	return -EINVAL;
}
