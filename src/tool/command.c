// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/command.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/nearest.h"

enum { OPTIONS_MAX = 32, HELP = 1000 };

/* The rows as getopt_long() wants them, and --help, which every command has. */
struct getopt_table {
	struct option rows[OPTIONS_MAX + 2];
	char letters[2 * OPTIONS_MAX + 4];
};

static void fill_table(const struct command *command, struct getopt_table *table)
{
	char *letter = table->letters;
	int n = 0;

	if (command->takes_command)
		*letter++ = '+';
	*letter++ = ':';
	*letter++ = 'h';
	for (; command->options[n].name; n++) {
		const struct command_option *row = &command->options[n];

		table->rows[n] = (struct option){
			.name = row->name,
			.has_arg = row->argument ? required_argument : no_argument,
			.val = HELP + 1 + n,
		};
		if (row->letter)
			*letter++ = row->letter;
		if (row->letter && row->argument)
			*letter++ = ':';
	}
	table->rows[n] = (struct option){.name = "help", .val = HELP};
	table->rows[n + 1] = (struct option){0};
	*letter = '\0';
}

static void say_unknown(const struct command *command, const char *given)
{
	char *name = strndupa(given, strcspn(given, "="));
	struct nearest nearest = {.word = name + strspn(name, "-")};

	for (const struct command_option *row = command->options; row->name; row++)
		nearest_offer(&nearest, row->name);
	const char *meant = strncmp(given, "--", 2) == 0 ? nearest_word(&nearest) : NULL;

	if (meant)
		command_refuse(command, "unknown option '%s'; did you mean '--%s'?", name, meant);
	else
		command_refuse(command, "unknown option '%s'", name);
}

static void say_wrong(const struct command *command, int result, char **argv)
{
	char letter[3] = {'-', (char)optopt, '\0'};
	bool is_letter = optopt > 0 && optopt < HELP;

	if (result == ':')
		command_refuse(command, "option '%s' needs a value",
			       is_letter ? letter : argv[optind - 1]);
	else if (optopt >= HELP)
		command_refuse(command, "option '%s' takes no value", argv[optind - 1]);
	else
		say_unknown(command, is_letter ? letter : argv[optind - 1]);
}

static int row_of_letter(const struct command *command, int letter)
{
	int n = 0;

	while (command->options[n].letter != letter)
		n++;
	return n;
}

int command_next_option(const struct command *command, int argc, char **argv,
			const char **ret_value)
{
	struct getopt_table table;

	fill_table(command, &table);
	opterr = 0;
	int result = getopt_long(argc, argv, table.letters, table.rows, NULL);

	if (result < 0)
		return OPTIONS_END;
	if (result == ':' || result == '?') {
		say_wrong(command, result, argv);
		return OPTIONS_WRONG;
	}
	if (result == 'h' || result == HELP) {
		command_print_help(command, stdout);
		return OPTIONS_HELPED;
	}
	*ret_value = optarg;
	return result > HELP ? result - HELP - 1 : row_of_letter(command, result);
}

int command_option_status(const struct command *command, int result)
{
	return result == OPTIONS_HELPED ? STATUS_OK : command->usage_status;
}

static void print_option(const struct command_option *row, FILE *stream)
{
	char text[64];

	snprintf(text, sizeof(text), "--%s%s%s", row->name, row->argument ? "=" : "",
		 row->argument ? row->argument : "");
	if (row->letter)
		fprintf(stream, "  -%c, %-22s  %s\n", row->letter, text, row->summary);
	else
		fprintf(stream, "      %-22s  %s\n", text, row->summary);
}

void command_print_help(const struct command *command, FILE *stream)
{
	static const struct command_option help = {
		.name = "help", .letter = 'h', .summary = "print this"};

	fprintf(stream, "usage: sonde %s [OPTION]... %s\n%s\n\n", command->name, command->usage,
		command->summary);
	for (const struct command_option *row = command->options; row->name; row++)
		print_option(row, stream);
	print_option(&help, stream);
	if (command->details)
		fprintf(stream, "\n%s", command->details);
}

static void print_line(const struct command *command, const char *format, va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) < 0)
		return;
	fprintf(stderr, "sonde: %s: %s\n", command->name, text);
	free(text);
}

void command_say(const struct command *command, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(command, format, arguments);
	va_end(arguments);
}

int command_refuse(const struct command *command, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(command, format, arguments);
	va_end(arguments);
	fprintf(stderr, "Try 'sonde %s --help'.\n", command->name);
	return command->usage_status;
}
