// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/subject.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/session-view.h"
#include "record/session.h"
#include "tool/recording-file.h"

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

static int load_latest(char *const *environment, struct recording *ret_recording,
		       struct message *ret_message)
{
	char *path = latest_path(environment);
	int result;

	if (!path || access(path, F_OK) < 0) {
		message_set(ret_message, "there is no latest recording yet (%s)",
			    path ? path : "HOME is not set");
		free(path);
		return -ENOENT;
	}
	result = recording_file_read(path, ret_recording, ret_message);
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

int subject_load(const char *name, char *const *environment, struct recording *ret_recording,
		 uint32_t *ret_n_folded, struct message *ret_message)
{
	int pid = name ? subject_process(name) : 0;

	*ret_n_folded = 0;
	if (!name)
		return load_latest(environment, ret_recording, ret_message);
	if (pid)
		return load_process(pid, environment, ret_recording, ret_n_folded, ret_message);
	if (!is_directory(name))
		return recording_file_read(name, ret_recording, ret_message);
	if (session_view_is_session(name))
		return session_view(name, 0, ret_recording, ret_n_folded, ret_message);
	message_set(ret_message, "%s: a directory, but not of a session", name);
	return -EINVAL;
}
