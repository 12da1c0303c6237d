// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/nearest.h"
#include "host/plugin-check.h"
#include "host/plugin-folder.h"
#include "tool/command.h"
#include "tool/plugin-path.h"

enum { OPTION_FORMAT, OPTION_OPTION };

static const struct command_option options[] = {
	[OPTION_FORMAT] = {"format", 'f', "FORMAT", "of help: text (default) or markdown"},
	[OPTION_OPTION] = {"option", 'o', "KEY=VALUE", "of check: what the plugin is given"},
	{0},
};

struct request {
	struct plugin_folder folder;
	bool is_markdown;
	const char **given; /* ended by NULL */
	size_t n_given;
	char **operands; /* likewise */
};

/* -- list ------------------------------------------------------------------------------------- */

static void print_kind(const struct plugin_description *description)
{
	bool is_exporter = description->kind & SONDE_KIND_EXPORTER;
	bool is_monitor = description->kind & SONDE_KIND_MONITOR;

	printf("%-9s", is_exporter && is_monitor ? "both" : is_exporter ? "exporter" : "monitor");
}

/* One that does not work is listed all the same, with the reason. */
static int list_one(struct plugin_folder *folder, const char *name)
{
	const struct plugin_description *description;
	struct message message = {.text = ""};

	if (plugin_folder_describe(folder, name, &description, &message) < 0) {
		printf("%-16s does not work: %s\n", name, message.text);
		return STATUS_FAILED;
	}
	printf("%-16s %-8s ", name, description->version);
	print_kind(description);
	printf(" %s\n", description->summary);
	return STATUS_OK;
}

static int list(struct request *request)
{
	char **names;
	size_t n_names;
	int status = STATUS_OK;
	int result = plugin_folder_list(&request->folder, &names, &n_names);

	if (result < 0) {
		command_say(&command_plugins, "%s: %s", request->folder.path, strerror(-result));
		return STATUS_FAILED;
	}
	for (size_t i = 0; i < n_names; i++)
		if (list_one(&request->folder, names[i]))
			status = STATUS_FAILED;
	plugin_names_free(names, n_names);
	return status;
}

/* -- help ------------------------------------------------------------------------------------- */

/* "size: at least 1KiB; default: 64KiB" */
static void print_value(const struct sonde_option *option)
{
	char range[128];
	struct value_rule rule = option_rule(option);

	printf("%s: %s", value_type_name(rule.type),
	       value_describe_range(&rule, range, sizeof(range)));
}

static void print_default(const struct sonde_option *option)
{
	if (option->flags & SONDE_OPTION_REQUIRED)
		fputs("must be given", stdout);
	else if (option->default_text)
		printf("%s", option->default_text);
	else
		fputs("none", stdout);
}

static void print_flags(const struct sonde_option *option)
{
	if (option->flags & SONDE_OPTION_DEPRECATED)
		fputs(" Deprecated.", stdout);
	if (option->flags & SONDE_OPTION_SECRET)
		fputs(" Never printed.", stdout);
}

static int help_text(void *argument, const char *path, const struct sonde_option *option)
{
	(void)argument;
	printf("\n%s\n    ", path);
	print_value(option);
	fputs("; default: ", stdout);
	print_default(option);
	printf("\n    %s", option->help);
	print_flags(option);
	fputc('\n', stdout);
	return 0;
}

static int help_markdown(void *argument, const char *path, const struct sonde_option *option)
{
	(void)argument;
	printf("| `%s` | ", path);
	print_value(option);
	fputs(" | ", stdout);
	print_default(option);
	printf(" | %s", option->help);
	print_flags(option);
	fputs(" |\n", stdout);
	return 0;
}

static int help_one(struct request *request, const char *name)
{
	const struct plugin_description *description;
	struct message message = {.text = ""};

	if (plugin_folder_describe(&request->folder, name, &description, &message) < 0) {
		command_say(&command_plugins, "%s", message.text);
		return STATUS_FAILED;
	}
	if (request->is_markdown) {
		puts("| option | type and range | default | meaning |\n|---|---|---|---|");
		option_table_visit(&description->options, help_markdown, NULL);
		return STATUS_OK;
	}
	printf("%s %s - %s\n%s, licence %s\n", description->name, description->version,
	       description->summary, description->path, description->license);
	option_table_visit(&description->options, help_text, NULL);
	return STATUS_OK;
}

static int help(struct request *request)
{
	int status = STATUS_OK;

	if (!*request->operands)
		return command_refuse(&command_plugins, "help: which plugin?");
	for (char **name = request->operands; *name; name++)
		if (help_one(request, *name))
			status = STATUS_FAILED;
	return status;
}

/* -- check ------------------------------------------------------------------------------------ */

static void print_verdict(void *argument, bool has_passed, const char *what, const char *detail)
{
	(void)argument;
	printf("%s %s%s%s\n", has_passed ? "PASS" : "FAIL", what, *detail ? ": " : "", detail);
	fflush(stdout);
}

static int check(struct request *request)
{
	size_t n_failed = 0;

	if (!*request->operands)
		return command_refuse(&command_plugins, "check: which plugin?");
	for (char **name = request->operands; *name; name++) {
		/* A file in the current folder may be named as such, here where nothing is run for
		 * anybody. */
		char *path =
			strchr(*name, '/') || strstr(*name, ".so") ? realpath(*name, NULL) : NULL;

		const struct plugin_check_request check_request = {
			.plugin = path ? path : *name,
			.directory = request->folder.path,
			.given = request->given,
			.say = print_verdict,
		};

		n_failed += plugin_check(&check_request);
		free(path);
	}
	return n_failed ? STATUS_FAILED : STATUS_OK;
}

static const struct action {
	const char *name;
	int (*run)(struct request *request);
} actions[] = {
	{"list", list},
	{"help", help},
	{"check", check},
};

static int act(const char *name, struct request *request)
{
	struct nearest nearest = {.word = name};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].name, name) == 0)
			return actions[i].run(request);
		nearest_offer(&nearest, actions[i].name);
	}
	const char *meant = nearest_word(&nearest);

	if (meant)
		return command_refuse(&command_plugins, "unknown action '%s'; did you mean '%s'?",
				      name, meant);
	return command_refuse(&command_plugins, "unknown action '%s'", name);
}

static int take_option(struct request *request, int option, const char *value)
{
	if (option == OPTION_OPTION) {
		request->given[request->n_given++] = value;
		return strchr(value, '=')
			       ? 0
			       : command_refuse(&command_plugins, "--option: '%s' is not KEY=VALUE",
						value);
	}
	request->is_markdown = strcmp(value, "markdown") == 0;
	if (request->is_markdown || strcmp(value, "text") == 0)
		return 0;
	return command_refuse(&command_plugins, "unknown format '%s': text or markdown", value);
}

/* A status, or -1 to go on. */
static int take_arguments(int argc, char **argv, struct request *request)
{
	const char *value;
	int option;

	while ((option = command_next_option(&command_plugins, argc, argv, &value)) >= 0) {
		int status = take_option(request, option, value);

		if (status)
			return status;
	}
	return option == OPTIONS_END ? -1 : command_option_status(&command_plugins, option);
}

static int run(int argc, char **argv)
{
	struct request request = {
		.folder.path = plugin_path(),
		.given = calloc((size_t)argc + 1, sizeof(*request.given)),
	};
	int status = request.given ? take_arguments(argc, argv, &request) : STATUS_FAILED;
	const char *action = optind < argc ? argv[optind++] : "list";

	request.operands = argv + optind;
	if (status < 0)
		status = act(action, &request);
	plugin_folder_deinit(&request.folder);
	free(request.given);
	return status;
}

const struct command command_plugins = {
	.name = "plugins",
	.usage = "[list | help NAME... | check NAME|FILE...]",
	.summary = "list plugins, explain their options, check one that you wrote",
	.details = "A plugin is loaded in a process of its own: one that crashes is told, and "
		   "harms nothing.\n"
		   "check exits with 1 when a line begins with FAIL.\n",
	.options = options,
	.usage_status = STATUS_USAGE,
	.run = run,
};
