// SPDX-License-Identifier: MIT
/*
 * command.h - a subcommand of sonde: one constant struct in a file of its own, cmd-NAME.c.
 *
 * To add one: write the file, name its struct below and in the list of main.c, and add the file to
 * local.mk. Its --help is made from the struct.
 */
#ifndef SONDE_TOOL_COMMAND_H
#define SONDE_TOOL_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

/* What sonde exits with for reasons of its own. */
enum {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_RUN_FAILED = 125, /* sonde run could not do its work, or was used wrongly */
	STATUS_CANNOT_EXECUTE = 126,
	STATUS_NOT_FOUND = 127,
};

/* A row of a command's options; the last one is all zero. */
struct command_option {
	const char *name;     /* "--name" without the dashes */
	char letter;	      /* 0: it has none */
	const char *argument; /* what --help calls its value; NULL: it takes none */
	const char *summary;
};

struct command {
	const char *name;
	const char *usage;   /* what follows the name and [OPTION]... */
	const char *summary; /* one line, for the list of commands */
	const char *details; /* more lines for --help, or NULL */
	const struct command_option *options;
	int usage_status; /* what it exits with when used wrongly */
	bool takes_command; /* the first operand ends the options: what follows is another's */
	int (*run)(int argc, char **argv);
};

extern const struct command command_agent;
extern const struct command command_calls;
extern const struct command command_check;
extern const struct command command_config;
extern const struct command command_diff;
extern const struct command command_label;
extern const struct command command_merge;
extern const struct command command_plugins;
extern const struct command command_report;
extern const struct command command_run;
extern const struct command command_sessions;
extern const struct command command_set;

enum {
	OPTIONS_END = -1,    /* optind is the first operand */
	OPTIONS_WRONG = -2,  /* said what is wrong */
	OPTIONS_HELPED = -3, /* printed the help that was asked for */
};

/*
 * Takes the next option off the arguments, as getopt_long(3) does, also from behind operands, unless the command takes a
 * command; not to be asked again after OPTIONS_END. Returns the row's index and in ret_value its value (NULL where it takes
 * none), or one of the above.
 */
int command_next_option(const struct command *command, int argc, char **argv,
			const char **ret_value);

/* What to exit with after one of the last two of the above. */
int command_option_status(const struct command *command, int result);

void command_print_help(const struct command *command, FILE *stream);

/* Prints "sonde: COMMAND: " and the message on stderr, as one line. */
void command_say(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Says what is wrong and where help is; returns the status of wrong usage. */
int command_refuse(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
