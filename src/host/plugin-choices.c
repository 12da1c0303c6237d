// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-choices.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct plugin_choice choice_of(const struct configuration *configuration, size_t position,
				      const struct session_roster *sessions)
{
	const struct plugin_config *config = configuration->plugins[position];

	return (struct plugin_choice){
		.name = config->common->name,
		.plugin = config->common->plugin,
		.options = config->options,
		.table = &config->table,
		.interval_ns = config->common->interval_ns,
		.deadline_ns = config->common->deadline_ns,
		.queue_snapshots = (size_t)config->common->queue_snapshots,
		.queue_bytes = config->common->queue_size,
		.max_tag_sets = (size_t)configuration->max_tag_sets,
		.max_path_tag_sets = (size_t)configuration->max_path_tag_sets,
		.trouble = config->trouble,
		.sessions = sessions,
	};
}

struct plugin_choice *plugin_choices_new(const struct configuration *configuration,
					 const struct session_roster *sessions)
{
	struct plugin_choice *choices = calloc(configuration->n_plugins + 1, sizeof(*choices));

	for (size_t i = 0; choices && i < configuration->n_plugins; i++)
		choices[i] = choice_of(configuration, i, sessions);
	return choices;
}

/* How an instance differs from the one of its name before. */
static enum plugin_change change_of(const struct configuration *before,
				    const struct plugin_config *after)
{
	for (size_t i = 0; i < before->n_plugins; i++)
		if (strcmp(before->plugins[i]->common->name, after->common->name) == 0)
			return plugin_config_compare(before->plugins[i], after);
	return PLUGIN_OTHER;
}

int plugin_choices_reload(struct plugin_home *home, struct plugin_choice **choices,
			  const struct configuration *before,
			  const struct configuration *configuration,
			  const struct session_roster *sessions)
{
	size_t n_plugins = configuration->n_plugins;
	struct plugin_choice *others = plugin_choices_new(configuration, sessions);
	enum plugin_change *changes = calloc(n_plugins + 1, sizeof(*changes));
	int result = others && changes ? 0 : -ENOMEM;

	for (size_t i = 0; result == 0 && i < n_plugins; i++)
		changes[i] = change_of(before, configuration->plugins[i]);
	if (result == 0)
		result = plugin_home_reload(home, others, changes, n_plugins);
	free(changes);
	if (result < 0) {
		free(others);
		return result;
	}
	free(*choices);
	*choices = others;
	return 0;
}
