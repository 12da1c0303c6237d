// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/mapped-file.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* "7f5339423000-7f5339427000 rw-s 00010000 00:1b 744521 /dev/shm/..." */
static bool is_of_file(const char *line, const struct stat *file)
{
	unsigned int major_number, minor_number;
	unsigned long long inode;

	return sscanf(line, "%*s %*s %*s %x:%x %llu", &major_number, &minor_number, &inode) == 3 &&
	       inode == file->st_ino && major_number == major(file->st_dev) &&
	       minor_number == minor(file->st_dev);
}

static bool process_maps(int pid, const struct stat *file)
{
	char line[PATH_MAX + 128];
	bool is_found = false;

	snprintf(line, sizeof(line), "/proc/%d/maps", pid);
	FILE *maps = fopen(line, "re");

	if (!maps)
		return false;
	while (!is_found && fgets(line, sizeof(line), maps))
		is_found = is_of_file(line, file);
	fclose(maps);
	return is_found;
}

bool file_is_mapped(int fd)
{
	DIR *processes = opendir("/proc");
	const struct dirent *entry;
	struct stat file;
	bool is_found = false;

	if (!processes)
		return false;
	bool is_known = fstat(fd, &file) == 0;

	while (is_known && !is_found && (entry = readdir(processes)))
		is_found = atoi(entry->d_name) > 0 && atoi(entry->d_name) != getpid() &&
			   process_maps(atoi(entry->d_name), &file);
	closedir(processes);
	return is_found;
}

bool file_is_mapped_by(int fd, int pid)
{
	struct stat file;

	return fstat(fd, &file) == 0 && process_maps(pid, &file);
}

/*
 * A lease for writing is given only for the one opening that there is, and a mapping keeps the opening that it was made
 * from. Who opens the file meanwhile has us sent a signal: one that does nothing by default.
 */
bool file_is_open_elsewhere(int fd)
{
	fcntl(fd, F_SETSIG, SIGURG);
	if (fcntl(fd, F_SETLEASE, F_WRLCK) < 0)
		return true;
	fcntl(fd, F_SETLEASE, F_UNLCK);
	return false;
}
