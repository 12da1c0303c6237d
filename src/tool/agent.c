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
#include <signal.h>
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

enum {
	LOOK_MS = 1000,
	LOOK_FOR_END_MS = 50, /* whether one is asked for, where it may be */
	LOOK_BUSILY_MS = 20, /* while it waits for the first process of its session */
	PATIENCE_MS = 10000, /* so long */
};

struct agent {
	const struct configuration *configuration;
	agent_say *say;
	struct plugin_home *home;
	struct plugin_choice *choices;
	struct agent_session **sessions;
	struct session_roster *roster; /* of them */
	size_t n_sessions;
	int64_t next_look_ms;
	const char *only;     /* the session to host; NULL: all */
	int64_t patience_ms;  /* until when it may take to be there */
	bool has_hosted;      /* that one */
	struct agent_session *asking; /* has ended, and waits to be told so */

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

int agent_new(const struct configuration *configuration, const char *session, agent_say *say,
	      struct agent **ret_agent)
{
	struct agent *agent = calloc(1, sizeof(*agent));

	if (!agent)
		return -ENOMEM;
	agent->configuration = configuration;
	agent->say = say;
	agent->only = session;
	agent->patience_ms = now_ms() + PATIENCE_MS;
	agent->started_ns = clock_kernel_ns(CLOCK_REALTIME);
	gethostname(agent->host_name, sizeof(agent->host_name) - 1);
	snprintf(agent->number, sizeof(agent->number), "%d", getpid());
	agent->roster = session_roster_new();
	if (agent->roster)
		agent->choices = plugin_choices_new(configuration, agent->roster);
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
	agent_session_free(agent->asking);
	plugin_home_free(agent->home);
	free(agent->choices);
	session_roster_free(agent->roster);
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
	session_roster_add(agent->roster, agent_session_path(session));
	agent->say("%s: hosted from now on", agent_session_path(session));
}

/* One that it cannot have now it looks at the next time again. */
static void try_to_host(struct agent *agent, const char *path)
{
	struct agent_session *session;

	if (!hosts(agent, path) && agent_session_new(path, agent->configuration, agent->only, &session) == 0)
		keep(agent, session);
}

static void find_new(struct agent *agent)
{
	struct session_list list;

	if (session_list_read_all(environ, &list) < 0)
		return;
	for (size_t i = 0; i < list.n_places; i++)
		try_to_host(agent, list.places[i].path);
	session_list_deinit(&list);
}

static void find_only(struct agent *agent)
{
	if (!agent->has_hosted)
		try_to_host(agent, agent->only);
	agent->has_hosted |= agent->n_sessions > 0;
}

bool agent_is_over(const struct agent *agent)
{
	return agent->only && agent->n_sessions == 0 &&
	       (agent->has_hosted || now_ms() >= agent->patience_ms);
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
	session_roster_remove(agent->roster, path);
	if (agent->only && agent_session_is_asked_to_end(session))
		agent->asking = session;
	else
		agent_session_free(session);
	agent->sessions[position] = agent->sessions[--agent->n_sessions];
}

static void end_quiet(struct agent *agent)
{
	for (size_t i = agent->n_sessions; i-- > 0;)
		if (agent_session_has_ended(agent->sessions[i]))
			end_session(agent, i);
}

/* One that is hosted with others is not waited for by its program. */
static void end_asking(struct agent *agent)
{
	if (agent->only && agent->n_sessions > 0 && agent_session_is_asked_to_end(agent->sessions[0]))
		end_session(agent, 0);
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

	agent->sequence += is_for_all || plugin_home_is_turn(agent->home);
	const struct snapshot_source source = {
		.tags = tags,
		.n_tags = sizeof(tags) / sizeof(tags[0]),
		.start_ns = agent->started_ns,
		.sequence = agent->sequence,
		.is_final = is_for_all,
		.is_one_of_several = true,
	};

	plugin_home_hand_out_own(agent->home, &source, is_for_all);
}

static void feed(struct agent *agent, bool is_for_all)
{
	for (size_t i = 0; i < agent->n_sessions; i++)
		agent_session_feed(agent->sessions[i], agent->home, is_for_all);
	if (!agent->only)
		feed_own(agent, is_for_all);
	plugin_home_next_turn(agent->home);
}

bool agent_ignores(struct agent *agent, int sender, int signal)
{
	if (!plugin_home_blame(agent->home, sender, signal))
		return false;
	agent->say("a plugin has sent SIG%s, which is ignored", sigabbrev_np(signal));
	return true;
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
					   configuration, agent->roster);

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
	if (agent->only)
		find_only(agent);
	else
		find_new(agent);
	say_changes(agent);
	bool is_waiting = agent->only && !agent->has_hosted;

	agent->next_look_ms = now_ms() + (is_waiting ? LOOK_BUSILY_MS : LOOK_MS);
}

static int sooner(int wait_ms, int64_t other_ms)
{
	return other_ms >= 0 && other_ms < wait_ms ? (int)other_ms : wait_ms;
}

int agent_work(struct agent *agent)
{
	int wait_ms = LOOK_MS;

	look(agent);
	end_asking(agent);
	if (agent_is_over(agent))
		return 0;
	if (agent->only && agent->n_sessions > 0 && agent_session_may_be_killed(agent->sessions[0]))
		wait_ms = LOOK_FOR_END_MS;
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
	/* A service manager that ends the program ends us at the same time. */
	for (size_t i = agent->n_sessions; agent->only && i-- > 0;)
		if (agent_session_is_quiet(agent->sessions[i]))
			end_session(agent, i);
	feed(agent, true);
	plugin_home_stop(agent->home);
	if (agent->asking)
		agent_session_answer_end(agent->asking);
	say_changes(agent);
}
