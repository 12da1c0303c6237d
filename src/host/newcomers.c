// SPDX-License-Identifier: MIT
/*
 * A process that has just been forked has the session's file mapped, as its parent had, until it executes another program:
 * which then finds the session in its environment, and maps the file. In between the environment alone tells. A program
 * that cannot be watched has it, too, and never maps the file: of that there is a note.
 */
#include "config.h"

#include "host/newcomers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/mapped-file.h"
#include "record/executable.h"
#include "record/session.h"

/* Whose region says that it went on as another program is as good as new. */
static bool has_region(int pid, const struct region_list *list)
{
	for (size_t i = 0; i < list->n_entries; i++) {
		const struct region_entry *entry = &list->entries[i];

		if (entry->pid == pid && !entry->is_foreign && !entry->is_executed && region_entry_is_running(entry))
			return true;
	}
	return false;
}

static bool names_session(int pid, const char *directory)
{
	char path[64];
	char *variable = NULL;
	size_t size = 0;
	bool is_named = false;

	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	FILE *environment = fopen(path, "re");

	if (!environment)
		return false;
	while (!is_named && getdelim(&variable, &size, '\0', environment) > 0)
		is_named = strncmp(variable, SESSION_VARIABLE "=", sizeof(SESSION_VARIABLE)) == 0 &&
			   strcmp(variable + sizeof(SESSION_VARIABLE), directory) == 0;
	free(variable);
	fclose(environment);
	return is_named;
}

static bool can_be_watched(int pid)
{
	struct program_file file;
	char path[64];
	char runtime[SANITIZER_NAME_SIZE];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return executable_inspect(path, &file, runtime) == NOTE_NONE;
}

/* Processes of other pid namespaces are not told from each other: as many as have regions there are none of them. */
static size_t without_foreign(size_t n, const struct region_list *list)
{
	for (size_t i = 0; i < list->n_entries && n > 0; i++)
		n -= list->entries[i].is_foreign;
	return n;
}

size_t newcomers_count(int fd, const char *directory, const struct region_list *list)
{
	DIR *processes = opendir("/proc");
	const struct dirent *entry;
	size_t n = 0;

	if (!processes)
		return 0;
	while ((entry = readdir(processes))) {
		int pid = atoi(entry->d_name);

		if (pid > 0 && pid != getpid() && !has_region(pid, list))
			n += file_is_mapped_by(fd, pid) || (names_session(pid, directory) && can_be_watched(pid));
	}
	closedir(processes);
	return without_foreign(n, list);
}
