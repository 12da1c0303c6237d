// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/run-plugins.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "tool/plugin-choices.h"
#include "tool/plugin-path.h"

enum { TAGS_OF_RUN = 4 };

/* The arguments, separated by spaces. NULL without memory. */
static char *join_command(char *const *command)
{
	size_t size = 1;

	for (size_t i = 0; command[i]; i++)
		size += strlen(command[i]) + 1;
	char *text = calloc(1, size);

	for (size_t i = 0; text && command[i]; i++) {
		if (i > 0)
			strcat(text, " ");
		strcat(text, command[i]);
	}
	return text;
}

/* Takes the value over. */
static int add_tag(struct run_plugins *plugins, const char *prefix, const char *key, char *value)
{
	char *full;

	if (asprintf(&full, "%s%s", prefix, key) < 0 || !value) {
		free(value);
		return -ENOMEM;
	}
	plugins->tags[plugins->n_tags++] = (struct tag){full, value};
	return 0;
}

static int describe(struct run_plugins *plugins, const struct configuration *configuration,
		    const char *session_path, char *const *command)
{
	char host[HOST_NAME_MAX + 1] = "";
	int result;

	plugins->tags = calloc(configuration->n_labels + TAGS_OF_RUN, sizeof(*plugins->tags));
	if (!plugins->tags)
		return -ENOMEM;
	gethostname(host, sizeof(host) - 1);
	result = add_tag(plugins, "", "host.name", strdup(host));
	if (result == 0)
		result = add_tag(plugins, "", "process.command_line", join_command(command));
	if (result == 0)
		result = add_tag(plugins, "", "sonde.session",
				 strdup(strrchr(session_path, '/') + 1));
	for (size_t i = 0; result == 0 && i < configuration->n_labels; i++)
		result = add_tag(plugins, "label.", configuration->labels[i].key,
				 strdup(configuration->labels[i].value));
	tags_sort(plugins->tags, plugins->n_tags);
	return result;
}

int run_plugins_start(struct run_plugins *plugins, const struct configuration *configuration,
		      const char *session_path, char *const *command)
{
	size_t n_plugins = configuration->n_plugins;

	if (n_plugins == 0)
		return 0;
	plugins->started_ns = clock_kernel_ns(CLOCK_REALTIME);
	plugins->choices = plugin_choices_new(configuration, session_path);
	int result = plugins->choices && plugin_path() ? 0 : -ENOMEM;

	if (result == 0)
		result = describe(plugins, configuration, session_path, command);
	return result < 0 ? result
			  : plugin_home_new(plugins->choices, n_plugins, plugin_path(),
					    &plugins->home);
}

int run_plugins_reload(struct run_plugins *plugins, const struct configuration *before,
		       const struct configuration *configuration, const struct session_host *host,
		       char *const *command)
{
	const char *session_path = session_host_path(host);

	if (plugins->home)
		return plugin_choices_reload(plugins->home, &plugins->choices, before,
					     configuration, session_path);
	int result = run_plugins_start(plugins, configuration, session_path, command);

	if (result < 0)
		run_plugins_deinit(plugins);
	return result;
}

void run_plugins_deinit(struct run_plugins *plugins)
{
	plugin_home_free(plugins->home);
	free(plugins->choices);
	for (size_t i = 0; i < plugins->n_tags; i++) {
		free((char *)plugins->tags[i].key);
		free((char *)plugins->tags[i].value);
	}
	free(plugins->tags);
	*plugins = (struct run_plugins){0};
}

int run_plugins_fd(const struct run_plugins *plugins)
{
	return plugins->home ? plugin_home_fd(plugins->home) : -1;
}

static struct snapshot_source next_source(struct run_plugins *plugins)
{
	return (struct snapshot_source){
		.tags = plugins->tags,
		.n_tags = plugins->n_tags,
		.start_ns = plugins->started_ns,
		.sequence = ++plugins->sequence,
	};
}

static void feed(struct run_plugins *plugins, struct session_host *host)
{
	struct snapshot *figures;

	if (session_host_snapshot(host, &figures) < 0)
		return;
	const struct snapshot_source source = next_source(plugins);

	plugin_home_feed(plugins->home, figures, &source);
	snapshot_put(figures);
}

int run_plugins_work(struct run_plugins *plugins, struct session_host *host)
{
	if (!plugins->home)
		return -1;
	plugin_home_work(plugins->home);
	if (plugin_home_is_due(plugins->home))
		feed(plugins, host);
	return plugin_home_work(plugins->home);
}

int run_plugins_end(struct run_plugins *plugins, struct recording *recording)
{
	struct snapshot *figures;

	if (!plugins->home)
		return 0;
	/* Series start when they always did: the session's beginning, which is a little before the
	 * command's. */
	recording->wall_ns = (uint64_t)(clock_kernel_ns(CLOCK_REALTIME) - recording->started_ns);
	int result = snapshot_new_from_recording(recording, &figures);

	if (result < 0)
		return result;
	struct snapshot_source source = next_source(plugins);

	source.is_final = true;
	plugin_home_end(plugins->home, figures, &source);
	snapshot_put(figures);
	return plugin_home_describe(plugins->home, recording);
}
