// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/configured.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

int configured_load(const struct command *command, const char *given,
		    struct configuration *ret_configuration)
{
	struct configuration configuration;
	struct messages messages = {0};
	char *file = NULL;
	int result = configuration_init(&configuration);

	if (result == 0)
		result = configuration_find_file(given, environ, &file);
	if (result == 0 && file)
		result = configuration_load(&configuration, file, &messages);
	if (result == 0) {
		*ret_configuration = configuration;
	} else {
		say_all(command, &messages);
		if (messages.n_lines == 0)
			command_say(command, "configuration: %s", strerror(-result));
		configuration_deinit(&configuration);
	}
	messages_deinit(&messages);
	free(file);
	return result;
}
