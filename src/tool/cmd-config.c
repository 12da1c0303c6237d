// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/configuration.h"
#include "host/explain.h"
#include "host/nearest.h"
#include "tool/command.h"
#include "tool/configured.h"

enum { OPTION_CONFIG, OPTION_FORMAT, OPTION_SET };

static const struct command_option options[] = {
	[OPTION_CONFIG] = {"config", 'c', "FILE", "the configuration file"},
	[OPTION_FORMAT] = {"format", 'f', "FORMAT", "of explain: text (default) or markdown"},
	[OPTION_SET] = {"set", 's', "KEY=VALUE", "override a setting, as sonde run would"},
	{0},
};

struct request {
	const char *file;
	enum explain_format format;
	const char **overrides; /* ended by NULL */
	size_t n_overrides;
	const char *action;
	const char *key; /* of explain */
};

static int load(const struct request *request, struct configuration *ret_configuration)
{
	return configured_load(&command_config, request->file, request->overrides,
			       ret_configuration);
}

/* A run goes on without a plugin that cannot be used; who asks beforehand wants to know. It has been said. */
static bool lacks_plugins(const struct configuration *configuration)
{
	for (size_t i = 0; i < configuration->n_plugins; i++)
		if (configuration->plugins[i]->trouble)
			return true;
	return false;
}

static void say_well(const struct configuration *configuration)
{
	if (configuration->file)
		printf("%s: no errors\n", configuration->file);
	else if (configuration->given.n_items)
		puts("there is no configuration file; no errors in what overrides the defaults");
	else
		puts("there is no configuration file: all settings have their defaults");
}

static int check(const struct request *request)
{
	struct configuration configuration;

	if (load(request, &configuration) < 0)
		return STATUS_FAILED;
	bool is_well = !lacks_plugins(&configuration);

	if (is_well)
		say_well(&configuration);
	configuration_deinit(&configuration);
	return is_well ? STATUS_OK : STATUS_FAILED;
}

static int print(const struct request *request)
{
	struct configuration configuration;

	if (load(request, &configuration) < 0)
		return STATUS_FAILED;
	printf("# %s\n", configuration.file ? configuration.file : "no file: defaults");
	configuration_print(&configuration, stdout);
	configuration_deinit(&configuration);
	return STATUS_OK;
}

static int explain_key(const struct request *request)
{
	struct message message;

	if (request->format == EXPLAIN_MARKDOWN)
		puts("| setting | type and range | default | meaning |\n|---|---|---|---|");
	if (explain(request->key ? request->key : "", configured_plugins(), request->format, stdout,
		    &message) == 0)
		return STATUS_OK;
	command_say(&command_config, "%s", message.text);
	return STATUS_FAILED;
}

static const struct action {
	const char *name;
	int (*run)(const struct request *request);
} actions[] = {
	{"check", check},
	{"print", print},
	{"explain", explain_key},
};

static int act(const struct request *request)
{
	struct nearest nearest = {.word = request->action};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].name, request->action) == 0)
			return actions[i].run(request);
		nearest_offer(&nearest, actions[i].name);
	}
	const char *meant = nearest_word(&nearest);

	if (meant)
		return command_refuse(&command_config, "unknown action '%s'; did you mean '%s'?",
				      request->action, meant);
	return command_refuse(&command_config, "unknown action '%s'", request->action);
}

/* 0, or a status after saying what is wrong. */
static int take_option(struct request *request, int option, const char *value)
{
	switch (option) {
	case OPTION_CONFIG:
		request->file = value;
		return 0;
	case OPTION_SET:
		request->overrides[request->n_overrides++] = value;
		return 0;
	default:
		request->format = EXPLAIN_MARKDOWN;
		if (strcmp(value, "markdown") == 0)
			return 0;
		request->format = EXPLAIN_TEXT;
		return strcmp(value, "text") == 0
			       ? 0
			       : command_refuse(&command_config,
						"unknown format '%s': text or markdown", value);
	}
}

static int take_operand(struct request *request, const char *value)
{
	if (!request->action)
		request->action = value;
	else if (strcmp(request->action, "explain") == 0 && !request->key)
		request->key = value;
	else if (strcmp(request->action, "explain") != 0)
		return command_refuse(&command_config, "unexpected '%s': a file is named with -c", value);
	else
		return command_refuse(&command_config, "unexpected '%s'", value);
	return 0;
}

/* OPTIONS_END, or what to exit with in ret_status. */
static int take_arguments(int argc, char **argv, struct request *request, int *ret_status)
{
	const char *value;
	int status = 0;
	int option;

	while (status == 0 && (option = command_next_option(&command_config, argc, argv, &value)) >= 0)
		status = take_option(request, option, value);
	if (status == 0 && option != OPTIONS_END)
		status = command_option_status(&command_config, option);
	else
		while (status == 0 && optind < argc)
			status = take_operand(request, argv[optind++]);
	*ret_status = status;
	return status == 0 && option == OPTIONS_END ? OPTIONS_END : OPTIONS_WRONG;
}

static int run(int argc, char **argv)
{
	struct request request = {.overrides = calloc((size_t)argc + 1, sizeof(char *))};
	int status = STATUS_FAILED;

	if (!request.overrides)
		return status;
	if (take_arguments(argc, argv, &request, &status) == OPTIONS_END)
		status = request.action ? act(&request)
					: command_refuse(&command_config,
							 "say what to do: check, print or explain");
	free(request.overrides);
	return status;
}

const struct command command_config = {
	.name = "config",
	.usage = "check | print | explain [KEY]",
	.summary = "check a configuration file, or tell what can stand in one",
	.details =
		"check    say what is wrong with the file; exits with 1 when anything is\n"
		"print    print all settings as they are, and where each comes from\n"
		"explain  tell of a setting, of a group of them or of all: type, range, default, "
		"meaning\n"
		"         and the environment variable that overrides it\n\n"
		"Without -c the file is $SONDE_CONFIG, else sonde/sonde.cfg below "
		"$XDG_CONFIG_HOME\n"
		"(~/.config), else /etc/sonde/sonde.cfg.\n",
	.options = options,
	.usage_status = STATUS_USAGE,
	.run = run,
};
