// SPDX-License-Identifier: MIT
/*
 * Once a second the places where sessions are made by default are looked through. A session whose file is locked has a
 * host, and is left alone: that one has figures of processes that have ended, which nobody else can see. The lock goes
 * with its holder, so a session whose host was killed is taken over at the next look.
 */
#include "config.h"

#include "tool/agent.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/plugin-home.h"
#include "host/session-host.h"
#include "host/session-list.h"
#include "tool/agent-session.h"
#include "host/plugin-choices.h"
#include "tool/plugin-path.h"

enum { LOOK_MS = 1000 };

struct agent {
	const struct configuration *configuration;
	agent_say *say;
	struct plugin_home *home;
	struct plugin_choice *choices;
	struct agent_session **sessions;
	size_t n_sessions;
	int64_t next_look_ms;

	/* As a source. */
	char host_name[HOST_NAME_MAX + 1];
	char number[16];
	int64_t started_ns;
	uint64_t sequence;
};

static int64_t now_ms(void)
{
	return clock_kernel_ns(CLOCK_MONOTONIC) / 1000000;
}

int agent_new(const struct configuration *configuration, agent_say *say, struct agent **ret_agent)
{
	struct agent *agent = calloc(1, sizeof(*agent));

	if (!agent)
		return -ENOMEM;
	agent->configuration = configuration;
	agent->say = say;
	agent->started_ns = clock_kernel_ns(CLOCK_REALTIME);
	gethostname(agent->host_name, sizeof(agent->host_name) - 1);
	snprintf(agent->number, sizeof(agent->number), "%d", getpid());
	agent->choices = plugin_choices_new(configuration, NULL);
	int result = agent->choices && plugin_path() ? 0 : -ENOMEM;

	if (result == 0)
		result = plugin_home_new(agent->choices, configuration->n_plugins, plugin_path(),
					 &agent->home);
	if (result < 0)
		agent_free(agent);
	else
		*ret_agent = agent;
	return result;
}

struct agent *agent_free(struct agent *agent)
{
	if (!agent)
		return NULL;
	for (size_t i = 0; i < agent->n_sessions; i++)
		agent_session_free(agent->sessions[i]);
	free(agent->sessions);
	plugin_home_free(agent->home);
	free(agent->choices);
	free(agent);
	return NULL;
}

int agent_fd(const struct agent *agent)
{
	return plugin_home_fd(agent->home);
}

/* -- Sessions --------------------------------------------------------------------------------- */

static bool hosts(const struct agent *agent, const char *path)
{
	for (size_t i = 0; i < agent->n_sessions; i++)
		if (strcmp(agent_session_path(agent->sessions[i]), path) == 0)
			return true;
	return false;
}

static void keep(struct agent *agent, struct agent_session *session)
{
	struct agent_session **larger = reallocarray(agent->sessions, agent->n_sessions + 1,
						     sizeof(*agent->sessions));

	if (!larger) {
		agent_session_free(session);
		return;
	}
	agent->sessions = larger;
	larger[agent->n_sessions++] = session;
	agent->say("%s: hosted from now on", agent_session_path(session));
}

/* Those that it cannot have now it looks at the next time again. */
static void find_new(struct agent *agent)
{
	struct session_list list;

	if (session_list_read_all(environ, &list) < 0)
		return;
	for (size_t i = 0; i < list.n_places; i++) {
		const char *path = list.places[i].path;
		struct agent_session *session;

		if (!hosts(agent, path) &&
		    agent_session_new(path, agent->configuration, &session) == 0)
			keep(agent, session);
	}
	session_list_deinit(&list);
}

static void end_session(struct agent *agent, size_t position)
{
	struct agent_session *session = agent->sessions[position];
	char path[SESSION_PATH_SIZE];

	snprintf(path, sizeof(path), "%s", agent_session_path(session));
	int result = agent_session_end(session, agent->home);

	if (result < 0)
		agent->say("%s: its last figures are incomplete: %s", path, strerror(-result));
	else
		agent->say("%s: has ended", path);
	agent_session_free(session);
	agent->sessions[position] = agent->sessions[--agent->n_sessions];
}

static void end_quiet(struct agent *agent)
{
	for (size_t i = agent->n_sessions; i-- > 0;)
		if (agent_session_has_ended(agent->sessions[i]))
			end_session(agent, i);
}

/* -- Plugins ---------------------------------------------------------------------------------- */

static void say_changes(struct agent *agent)
{
	struct plugin_health health;
	const char *name;

	while (plugin_home_next_change(agent->home, &name, &health))
		agent->say("plugin %s: %s%s%s", name, plugin_state_name(health.state),
			   health.reason[0] ? ": " : "", health.reason);
}

/* What is of no session. */
static void feed_own(struct agent *agent, bool is_for_all)
{
	const struct tag tags[] = {
		{"host.name", agent->host_name},
		{"sonde.agent", agent->number},
	};
	const struct snapshot_source source = {
		.tags = tags,
		.n_tags = sizeof(tags) / sizeof(tags[0]),
		.start_ns = agent->started_ns,
		.sequence = ++agent->sequence,
		.is_final = is_for_all,
	};

	plugin_home_hand_out_own(agent->home, &source, is_for_all);
}

static void feed(struct agent *agent, bool is_for_all)
{
	for (size_t i = 0; i < agent->n_sessions; i++)
		agent_session_feed(agent->sessions[i], agent->home, is_for_all);
	feed_own(agent, is_for_all);
	plugin_home_next_turn(agent->home);
}

bool agent_takes_reload(struct agent *agent)
{
	bool is_asked = false;

	for (size_t i = 0; i < agent->n_sessions; i++)
		is_asked |= agent_session_takes_reload(agent->sessions[i]);
	return is_asked;
}

int agent_reload(struct agent *agent, const struct configuration *configuration)
{
	int result = plugin_choices_reload(agent->home, &agent->choices, agent->configuration,
					   configuration, NULL);

	if (result == 0)
		agent->configuration = configuration;
	return result;
}

/* -- Time ------------------------------------------------------------------------------------- */

static void look(struct agent *agent)
{
	if (now_ms() < agent->next_look_ms)
		return;
	end_quiet(agent);
	find_new(agent);
	say_changes(agent);
	agent->next_look_ms = now_ms() + LOOK_MS;
}

static int sooner(int wait_ms, int64_t other_ms)
{
	return other_ms >= 0 && other_ms < wait_ms ? (int)other_ms : wait_ms;
}

int agent_work(struct agent *agent)
{
	int wait_ms = LOOK_MS;

	look(agent);
	for (size_t i = 0; i < agent->n_sessions; i++)
		wait_ms = sooner(wait_ms, agent_session_work(agent->sessions[i]));
	plugin_home_work(agent->home);
	if (plugin_home_is_due(agent->home))
		feed(agent, false);
	int64_t left_ms = agent->next_look_ms - now_ms();

	wait_ms = sooner(wait_ms, left_ms > 0 ? left_ms : 0);
	return sooner(wait_ms, plugin_home_work(agent->home));
}

void agent_end(struct agent *agent)
{
	feed(agent, true);
	plugin_home_stop(agent->home);
	say_changes(agent);
}
