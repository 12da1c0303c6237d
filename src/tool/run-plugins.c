// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/run-plugins.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "host/plugin-choices.h"
#include "tool/plugin-path.h"

/* What is known of the session, and the command, which its host does not know. */
int run_plugins_start(struct run_plugins *plugins, const struct configuration *configuration,
		      const struct session_host *host)
{
	size_t n_plugins = configuration->n_plugins;

	if (n_plugins == 0)
		return 0;
	plugins->started_ns = clock_kernel_ns(CLOCK_REALTIME);
	plugins->sessions = session_roster_new();
	if (!plugins->sessions)
		return -ENOMEM;
	session_roster_add(plugins->sessions, session_host_path(host));
	plugins->choices = plugin_choices_new(configuration, plugins->sessions);
	int result = plugins->choices && plugin_path() ? 0 : -ENOMEM;

	if (result == 0)
		result = run_tags_init(&plugins->tags, session_host_about(host));
	return result < 0 ? result
			  : plugin_home_new(plugins->choices, n_plugins, plugin_path(),
					    &plugins->home);
}

int run_plugins_reload(struct run_plugins *plugins, const struct configuration *before,
		       const struct configuration *configuration, const struct session_host *host)
{
	if (plugins->home)
		return plugin_choices_reload(plugins->home, &plugins->choices, before,
					     configuration, plugins->sessions);
	int result = run_plugins_start(plugins, configuration, host);

	if (result < 0)
		run_plugins_deinit(plugins);
	return result;
}

void run_plugins_deinit(struct run_plugins *plugins)
{
	plugin_home_free(plugins->home);
	free(plugins->choices);
	session_roster_free(plugins->sessions);
	run_tags_deinit(&plugins->tags);
	*plugins = (struct run_plugins){0};
}

int run_plugins_fd(const struct run_plugins *plugins)
{
	return plugins->home ? plugin_home_fd(plugins->home) : -1;
}

static struct snapshot_source next_source(struct run_plugins *plugins, bool is_turn)
{
	plugins->sequence += is_turn;
	return (struct snapshot_source){
		.tags = plugins->tags.tags,
		.n_tags = plugins->tags.n_tags,
		.start_ns = plugins->started_ns,
		.sequence = plugins->sequence,
	};
}

static void feed(struct run_plugins *plugins, struct session_host *host)
{
	struct snapshot *figures;

	if (session_host_snapshot(host, &figures) < 0)
		return;
	const struct snapshot_source source =
		next_source(plugins, plugin_home_is_turn(plugins->home));

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

bool run_plugins_blame(void *argument, int sender, int signal)
{
	const struct run_plugins *plugins = argument;

	return plugins->home && plugin_home_blame(plugins->home, sender, signal);
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
	struct snapshot_source source = next_source(plugins, true);

	source.is_final = true;
	plugin_home_end(plugins->home, figures, &source);
	snapshot_put(figures);
	return plugin_home_describe(plugins->home, recording);
}
