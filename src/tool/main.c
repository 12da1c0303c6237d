// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "host/nearest.h"
#include "tool/command.h"

static const struct command *const commands[] = {
	&command_run,
	&command_report,
	&command_diff,
	&command_check,
	&command_label,
	&command_sessions,
	&command_set,
	&command_agent,
	&command_calls,
	&command_config,
	&command_plugins,
};

static const size_t n_commands = sizeof(commands) / sizeof(commands[0]);

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < n_commands; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static void print_help(FILE *stream)
{
	fputs("usage: sonde COMMAND [OPTION]...\n"
	      "Watches the libc calls of unmodified programs: counts, times and failures.\n\n",
	      stream);
	for (size_t i = 0; i < n_commands; i++)
		fprintf(stream, "  %-8s  %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n'sonde COMMAND --help' tells more, 'sonde --version' the version.\n", stream);
}

static int refuse(const char *name)
{
	struct nearest nearest = {.word = name};

	for (size_t i = 0; i < n_commands; i++)
		nearest_offer(&nearest, commands[i]->name);
	const char *meant = nearest_word(&nearest);

	if (meant)
		fprintf(stderr, "sonde: unknown command '%s'; did you mean '%s'?\n", name, meant);
	else
		fprintf(stderr, "sonde: unknown command '%s'\n", name);
	fputs("Try 'sonde --help'.\n", stderr);
	return STATUS_USAGE;
}

/* "sonde help", "sonde help run" */
static int help(const char *name)
{
	const struct command *command = name ? find_command(name) : NULL;

	if (name && !command)
		return refuse(name);
	if (command)
		command_print_help(command, stdout);
	else
		print_help(stdout);
	return STATUS_OK;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;

	if (!name) {
		print_help(stderr);
		return STATUS_USAGE;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
		return help(argc > 2 ? argv[2] : NULL);
	if (strcmp(name, "--version") == 0) {
		puts("sonde " PACKAGE_VERSION);
		return STATUS_OK;
	}
	const struct command *command = find_command(name);

	return command ? command->run(argc - 1, argv + 1) : refuse(name);
}
