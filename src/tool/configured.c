// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/configured.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/plugin-folder.h"
#include "tool/plugin-path.h"

/* Where only files are talked about, lines begin with their names, as editors like it. */
static void say_all(const struct command *command, const struct messages *messages)
{
	for (size_t i = 0; i < messages->n_lines; i++) {
		if (command == &command_config)
			fprintf(stderr, "%s\n", messages->lines[i]);
		else
			command_say(command, "%s", messages->lines[i]);
	}
}

/* What is known of plugins is pointed to by configurations: it lives as long as the process. */
const struct plugin_catalogue *configured_plugins(void)
{
	static struct plugin_folder folder;
	static struct plugin_catalogue catalogue;

	if (!folder.path) {
		folder.path = plugin_path();
		catalogue = plugin_folder_catalogue(&folder);
	}
	return folder.path ? &catalogue : NULL;
}

int configured_read(const char *given, const char *const *overrides,
		    struct configuration *ret_configuration, struct complaints *complaints)
{
	struct configuration configuration;
	struct configuration_source source = {0};
	int result = configuration_init(&configuration);

	if (result == 0)
		result = configuration_find(given, environ, &source);
	source.overrides = overrides;
	source.plugins = configured_plugins();
	if (result == 0)
		result = configuration_load(&configuration, &source, complaints);
	free((char *)source.file);
	if (result == 0)
		*ret_configuration = configuration;
	else
		configuration_deinit(&configuration);
	return result;
}

int configured_load(const struct command *command, const char *given, const char *const *overrides,
		    struct configuration *ret_configuration)
{
	struct complaints complaints = {0};
	int result = configured_read(given, overrides, ret_configuration, &complaints);

	say_all(command, &complaints.warnings);
	say_all(command, &complaints.errors);
	if (result < 0 && complaints.errors.n_lines == 0)
		command_say(command, "configuration: %s", strerror(-result));
	complaints_deinit(&complaints);
	return result;
}
