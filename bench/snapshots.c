// SPDX-License-Identifier: MIT
/*
 * snapshots ENVIRONMENT PROCESSES THREADS COMMAND - starts so many times "COMMAND THREADS hold" in the session that the
 * environment ("LD_PRELOAD=... SONDE_SESSION=...") names, and when all are ready looks at the session. Prints the
 * milliseconds that adding up takes, making a snapshot of it, and writing that as Prometheus's text, each the fastest of
 * some rounds, and how many series there are.
 */
#define _GNU_SOURCE
#include "format/snapshot-format.h"
#include "host/session-view.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 11, PROCESSES_MAX = 1000 };

extern char **environ;

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A processor is half as fast while a neighbour uses its other half: that is not what a look costs. */
static double lowest(const double *values)
{
	double found = values[0];

	for (int i = 1; i < ROUNDS; i++)
		found = values[i] < found ? values[i] : found;
	return found;
}

static const char *set_environment(char *assignments)
{
	const char *session = NULL;

	for (char *word = strtok(assignments, " "); word; word = strtok(NULL, " ")) {
		if (strncmp(word, "SONDE_SESSION=", 14) == 0)
			session = word + 14;
		putenv(word);
	}
	return session;
}

/* All read from one pipe, whose end is their end, and say in another that they are ready. */
static void start_all(char **command, int n, int ret_ends[2])
{
	int input[2], output[2];
	posix_spawn_file_actions_t actions;
	char line[8];
	pid_t pid;

	if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0)
		exit(1);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
	for (int i = 0; i < n; i++)
		if (posix_spawn(&pid, command[0], &actions, NULL, command, environ) != 0)
			exit(1);
	for (int i = 0; i < n; i++)
		if (read(output[0], line, 6) != 6)
			exit(1);
	close(input[0]);
	ret_ends[0] = input[1];
	ret_ends[1] = output[0];
}

static int throw_away(void *argument, const void *data, size_t size)
{
	(void)data;
	*(size_t *)argument += size;
	return 0;
}

static void look(const char *session)
{
	double add_ms[ROUNDS], snapshot_ms[ROUNDS], write_ms[ROUNDS];
	size_t n_series = 0, n_bytes = 0;

	for (int i = 0; i < ROUNDS; i++) {
		const struct snapshot_source source = {0};
		const struct format_sink sink = {.write = throw_away, .argument = &n_bytes};
		struct recording recording = {0};
		struct snapshot *snapshot;
		struct message message;
		uint32_t n_folded;
		double start = now_ms();

		if (session_view(session, 0, &recording, &n_folded, &message) < 0) {
			fprintf(stderr, "snapshots: %s\n", message.text);
			exit(1);
		}
		double added = now_ms();

		if (snapshot_new_from_recording(&recording, &snapshot) < 0)
			exit(1);
		double made = now_ms();

		if (snapshot_format("prometheus", snapshot, &source, NULL, &sink) < 0)
			exit(1);
		write_ms[i] = now_ms() - made;
		snapshot_ms[i] = made - added;
		add_ms[i] = added - start;
		n_series = snapshot_n_series(snapshot);
		snapshot_put(snapshot);
		recording_deinit(&recording);
	}
	printf("%.2f %.2f %.2f %zu\n", lowest(add_ms), lowest(snapshot_ms), lowest(write_ms), n_series);
}

int main(int argc, char **argv)
{
	int n_processes = argc == 5 ? atoi(argv[2]) : 0;
	int ends[2];

	if (n_processes < 1 || n_processes > PROCESSES_MAX)
		return 2;
	const char *session = set_environment(argv[1]);
	char *command[] = {argv[4], argv[3], "hold", NULL};

	if (!session)
		return 2;
	start_all(command, n_processes, ends);
	look(session);
	close(ends[0]);
	while (wait(NULL) > 0)
		;
	return 0;
}
