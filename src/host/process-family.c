// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/process-family.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/process-file.h"

enum { GENERATIONS_MAX = 64, CHILDREN_TEXT = 4096 }; /* a chain that goes on is being made up as we look */

/* 0: it has none, or it cannot be told. */
static int parent_of(int pid)
{
	char line[1024];
	int parent = 0;

	if (!process_file_read(pid, "stat", line, sizeof(line)))
		return 0;
	/* The program's name, in brackets, may have brackets and spaces in it. */
	const char *rest = strrchr(line, ')');

	return rest && sscanf(rest + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

bool process_is_of_family(int pid, int ancestor)
{
	for (int i = 0; pid > 1 && i < GENERATIONS_MAX; i++) {
		if (pid == ancestor)
			return true;
		pid = parent_of(pid);
	}
	return false;
}

static size_t kill_below(int pid, int n_generations);

/* Those that one thread has started. Who is killed starts no more, and then has only what is seen below it. */
static size_t kill_children(int pid, const char *thread, int n_generations)
{
	char name[64];
	char text[CHILDREN_TEXT];
	size_t n_killed = 0;

	snprintf(name, sizeof(name), "task/%.20s/children", thread);
	process_file_read(pid, name, text, sizeof(text));
	for (char *end, *next = text; *next; next = end) {
		int child = (int)strtol(next, &end, 10);

		/* Each is followed by a space; the text may end within a number, which is another's then. */
		if (end == next || *end != ' ' || child <= 1)
			break;
		kill(child, SIGSTOP);
		n_killed += kill_below(child, n_generations - 1);
		n_killed += kill(child, SIGKILL) == 0;
		while (*end == ' ')
			end++;
	}
	return n_killed;
}

static size_t kill_below(int pid, int n_generations)
{
	char path[64];
	size_t n_killed = 0;

	if (n_generations <= 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	DIR *threads = opendir(path);

	for (struct dirent *entry; threads && (entry = readdir(threads));)
		if (entry->d_name[0] != '.')
			n_killed += kill_children(pid, entry->d_name, n_generations);
	if (threads)
		closedir(threads);
	return n_killed;
}

size_t process_family_kill(int ancestor)
{
	return kill_below(ancestor, GENERATIONS_MAX);
}
