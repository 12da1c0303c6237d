// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/configuration.h"
#include "host/nearest.h"
#include "host/settings.h"
#include "tool/command.h"
#include "tool/configured.h"

enum { OPTION_CONFIG, OPTION_FORMAT };

static const struct command_option options[] = {
	[OPTION_CONFIG] = {"config", 'c', "FILE", "the configuration file"},
	[OPTION_FORMAT] = {"format", 'f', "FORMAT", "of explain: text (default) or markdown"},
	{0},
};

struct request {
	const char *file;
	const char *format;
};

static int check(const struct request *request)
{
	struct configuration configuration;

	if (configured_load(&command_config, request->file, &configuration) < 0)
		return STATUS_FAILED;
	if (configuration.file)
		printf("%s: no errors\n", configuration.file);
	else
		puts("there is no configuration file: all settings have their defaults");
	configuration_deinit(&configuration);
	return STATUS_OK;
}

static int print(const struct request *request)
{
	struct configuration configuration;

	if (configured_load(&command_config, request->file, &configuration) < 0)
		return STATUS_FAILED;
	printf("# %s\n", configuration.file ? configuration.file : "no file: defaults");
	settings_print(&configuration, stdout);
	configuration_deinit(&configuration);
	return STATUS_OK;
}

/* "*" stands for a name in the table; people read NAME. */
static void print_path(const struct setting *setting)
{
	size_t len = strlen(setting->path);

	if (setting_has_star(setting))
		printf("%.*s%s", (int)len - 1, setting->path,
		       setting->keys == WORDS_ANY	      ? "KEY"
		       : setting->keys == WORDS_GROUP_OR_CALL ? "GROUP|CALL"
							      : "CALL");
	else
		fputs(setting->path, stdout);
}

static void explain_as_text(const struct setting *setting)
{
	char range[64];

	setting_describe_range(setting, range, sizeof(range));
	print_path(setting);
	printf("\n    %s: %s; default: %s\n    %s\n\n", setting_type_name(setting->type), range,
	       setting->default_text, setting->summary);
}

static void explain_as_markdown(const struct setting *setting)
{
	char range[64];

	setting_describe_range(setting, range, sizeof(range));
	/* A bar would end the table's cell. */
	fputs("| `", stdout);
	if (setting->keys == WORDS_GROUP_OR_CALL)
		fputs("timing.NAME", stdout);
	else
		print_path(setting);
	printf("` | %s: %s | %s | %s |\n", setting_type_name(setting->type), range,
	       setting->default_text, setting->summary);
}

static int explain(const struct request *request)
{
	bool is_markdown = strcmp(request->format, "markdown") == 0;

	if (is_markdown)
		puts("| setting | type and range | default | meaning |\n|---|---|---|---|");
	for (size_t i = 0; i < settings_count; i++) {
		if (is_markdown)
			explain_as_markdown(&settings_table[i]);
		else
			explain_as_text(&settings_table[i]);
	}
	return STATUS_OK;
}

static const struct action {
	const char *name;
	int (*run)(const struct request *request);
} actions[] = {
	{"check", check},
	{"print", print},
	{"explain", explain},
};

static int act(const char *name, const struct request *request)
{
	struct nearest nearest = {.word = name};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].name, name) == 0)
			return actions[i].run(request);
		nearest_offer(&nearest, actions[i].name);
	}
	const char *meant = nearest_word(&nearest);

	if (meant)
		return command_refuse(&command_config, "unknown action '%s'; did you mean '%s'?",
				      name, meant);
	return command_refuse(&command_config, "unknown action '%s'", name);
}

static int take_options(int argc, char **argv, struct request *request)
{
	const char *value;
	int option;

	while ((option = command_next_option(&command_config, argc, argv, &value)) >= 0) {
		if (option == OPTION_CONFIG)
			request->file = value;
		else
			request->format = value;
	}
	return option;
}

static int run(int argc, char **argv)
{
	struct request request = {.format = "text"};
	int option = take_options(argc, argv, &request);
	const char *name = argv[optind];

	/* Options may stand on both sides of the action. */
	if (option == OPTIONS_END && name) {
		char **rest = argv + optind;
		int n_rest = argc - optind;

		optind = 1;
		option = take_options(n_rest, rest, &request);
		if (option == OPTIONS_END && optind < n_rest)
			return command_refuse(&command_config, "unexpected '%s'", rest[optind]);
	}
	if (option != OPTIONS_END)
		return command_option_status(&command_config, option);
	if (!name)
		return command_refuse(&command_config, "say what to do: check, print or explain");
	if (strcmp(request.format, "text") != 0 && strcmp(request.format, "markdown") != 0)
		return command_refuse(&command_config, "unknown format '%s': text or markdown",
				      request.format);
	return act(name, &request);
}

const struct command command_config = {
	.name = "config",
	.usage = "check | print | explain",
	.summary = "check a configuration file, or tell what can stand in one",
	.details = "check    say what is wrong with the file; exits with 1 when anything is\n"
		   "print    print all settings as they are with the file\n"
		   "explain  list all settings: type, range, default and meaning\n\n"
		   "Without -c the file is $SONDE_CONFIG, else sonde/sonde.cfg below "
		   "$XDG_CONFIG_HOME\n"
		   "(~/.config), else /etc/sonde/sonde.cfg.\n",
	.options = options,
	.usage_status = STATUS_USAGE,
	.run = run,
};
