// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/session-change.h"
#include "host/session-list.h"
#include "host/session-view.h"
#include "record/session.h"
#include "tool/command.h"
#include "tool/subject.h"

enum { OPTION_RELOAD };

static const struct command_option options[] = {
	[OPTION_RELOAD] = {"reload", 0, NULL, "have the session's plugins configured anew"},
	{0},
};

/*
 * The directory of what was named: a session or a process; NULL: of the session in which we are
 * watched ourselves, or else the latest that runs. 0, or a negative errno with ret_message set.
 */
static int find_session(const char *name, char *ret_path, struct message *ret_message)
{
	const char *own = getenv(SESSION_VARIABLE);
	int pid = name ? subject_process(name) : 0;

	if (!name && !(own && *own)) {
		if (session_find_latest(environ, ret_path))
			return 0;
		message_set(ret_message, "no session of yours is running");
		return -ENOENT;
	}
	if (pid) {
		if (session_find_process(pid, environ, ret_path))
			return 0;
		message_set(ret_message, "%d: no session of a process with this number", pid);
		return -ESRCH;
	}
	name = name ? name : own;
	if (strlen(name) >= SESSION_PATH_SIZE) {
		message_set(ret_message, "%s: too long a path for a session", name);
		return -ENAMETOOLONG;
	}
	strcpy(ret_path, name);
	return 0;
}

/* 0, or a status after saying what is wrong. */
static int parse(char **texts, size_t n_changes, struct session_change *changes)
{
	struct message message;

	for (size_t i = 0; i < n_changes; i++)
		if (session_change_parse(texts[i], &changes[i], &message) < 0)
			return command_refuse(&command_set, "%s", message.text);
	return 0;
}

static int set(const char *name, const struct session_change *changes, size_t n_changes)
{
	char path[SESSION_PATH_SIZE];
	struct message message;
	int result = find_session(name, path, &message);

	if (result == 0)
		result = session_change_all(path, changes, n_changes, &message);
	if (result == 0)
		return STATUS_OK;
	command_say(&command_set, "%s", message.text);
	return STATUS_FAILED;
}

static int reload(const char *name)
{
	char path[SESSION_PATH_SIZE];
	struct message message;
	int result = find_session(name, path, &message);

	if (result == 0)
		result = session_ask_reload(path, &message);
	if (result == 0)
		return STATUS_OK;
	command_say(&command_set, "%s", message.text);
	return STATUS_FAILED;
}

/* The first operand may be a session; a change always has a "=", and a path with one a "/" before
 * it. */
static bool is_subject(const char *operand)
{
	const char *equals = strchr(operand, '=');
	const char *slash = strchr(operand, '/');

	return !equals || (slash && slash < equals);
}

static int run(int argc, char **argv)
{
	const char *value;
	int option = command_next_option(&command_set, argc, argv, &value);
	const char *name = NULL;
	bool is_reload = option == OPTION_RELOAD;

	while (option >= 0)
		option = command_next_option(&command_set, argc, argv, &value);
	if (option != OPTIONS_END)
		return command_option_status(&command_set, option);
	if (optind < argc && is_subject(argv[optind]))
		name = argv[optind++];
	if (is_reload && optind < argc)
		return command_refuse(&command_set, "--reload changes nothing else");
	if (is_reload)
		return reload(name);
	if (optind == argc)
		return command_refuse(&command_set, "set what? For example memory=off");
	size_t n_changes = (size_t)(argc - optind);
	struct session_change *changes = calloc(n_changes, sizeof(*changes));

	if (!changes)
		return STATUS_FAILED;
	int status = parse(argv + optind, n_changes, changes);

	if (status == 0)
		status = set(name, changes, n_changes);
	free(changes);
	return status;
}

const struct command command_set = {
	.name = "set",
	.usage = "[SESSION | PID] {NAME=VALUE... | --reload}",
	.summary = "change what is counted and timed in programs that run",
	.details =
		"GROUP=off, CALL=off    it is not counted from now on; on: it is again\n"
		"timing.GROUP=N, timing.CALL=N\n"
		"                       one call in N is timed\n"
		"stacks.failures=on, stacks.slower_than=TIME, stacks.every=N, stacks.depth=N\n"
		"                       stacks are taken from now on as the configuration would say\n\n"
		"SESSION is a session's directory, PID the number of a watched process. Without "
		"one, "
		"it is\n"
		"the session in which sonde itself is watched, or else the latest that runs. All "
		"of "
		"its\n"
		"processes see the change at their next call, and those to come have it from the "
		"start.\n"
		"'sonde calls' lists groups and calls.\n\n"
		"--reload has whoever hosts the session read its configuration again, for its plugins.\n",
	.options = options,
	.usage_status = STATUS_USAGE,
	.run = run,
};
