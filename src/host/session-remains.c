// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/session-remains.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host/mapped-file.h"
#include "host/session-list.h"
#include "host/session-totals.h"
#include "record/session.h"

enum { YOUNG_SECONDS = 60 }; /* whoever makes a session maps it a little later */

/* What comes first in the settings is where it is in every version. */
static bool is_ours_to_judge(int fd)
{
	struct session_settings settings;

	return pread(fd, &settings, sizeof(settings), 0) == sizeof(settings) &&
	       memcmp(settings.magic, SESSION_MAGIC, strlen(SESSION_MAGIC)) == 0 &&
	       settings.pid_namespace == session_pid_namespace();
}

static bool is_young(int fd)
{
	struct stat status;

	return fstat(fd, &status) < 0 || status.st_mtime > time(NULL) - YOUNG_SECONDS;
}

/* From then on nobody else takes it over, as long as the file is open. */
static bool lock_unused(const char *path, int fd)
{
	return is_ours_to_judge(fd) && !is_young(fd) && !session_is_running(path) &&
	       flock(fd, LOCK_EX | LOCK_NB) == 0 && !file_is_mapped(fd);
}

bool session_is_unused(const char *path)
{
	int fd = session_open_file(path);

	if (fd < 0)
		return false;
	bool is_unused = lock_unused(path, fd);

	close(fd);
	return is_unused;
}

int session_remains_remove(const char *path)
{
	char file[SESSION_PATH_SIZE + sizeof("/" SESSION_FILE)];
	int fd = session_open_file(path);
	int result = fd < 0 ? fd : -EBUSY;

	if (fd >= 0 && lock_unused(path, fd)) {
		session_totals_remove(path);
		snprintf(file, sizeof(file), "%s/" SESSION_FILE, path);
		result = unlink(file) < 0 || rmdir(path) < 0 ? -errno : 0;
	}
	if (fd >= 0)
		close(fd);
	return result;
}
