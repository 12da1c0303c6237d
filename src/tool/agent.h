// SPDX-License-Identifier: MIT
/*
 * agent.h - the host of all sessions that nobody else hosts, and of the plugins that get their figures.
 *
 *     agent_new(&configuration, say, &agent)
 *     until it is to end:
 *             wait for agent_fd(agent), at most agent_work(agent) milliseconds
 *     agent_end(agent)
 *     agent_free(agent)
 *
 * Each instance of a plugin is there once, for all sessions. Each session is a source of its own; so is the agent, which
 * tells what monitors have collected and how the plugins fare. For one thread, of a process that has no other.
 */
#ifndef SONDE_TOOL_AGENT_H
#define SONDE_TOOL_AGENT_H

#include <stdbool.h>

#include "host/configuration.h"

struct agent;

/* Takes a line of what happens. */
typedef void agent_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Starts the plugins of a configuration, which lives longer. `session` is the directory of the one session to host;
 * NULL: all. 0 or a negative errno.
 */
int agent_new(const struct configuration *configuration, const char *session, agent_say *say,
	      struct agent **ret_agent);

/* Sessions that run go on without a host. NULL is fine. Returns NULL. */
struct agent *agent_free(struct agent *agent);

/* Readable when there is work. */
int agent_fd(const struct agent *agent);

/* Does what is due. Returns after how many milliseconds to call again. */
int agent_work(struct agent *agent);

/* Whether the one session that it was to host has ended, or is not to be had. */
bool agent_is_over(const struct agent *agent);

/* Whether a signal is from a plugin, and to be ignored; it says so then. */
bool agent_ignores(struct agent *agent, int sender, int signal);

/* Whether somebody has asked, in one of the sessions, that the configuration be read again. */
bool agent_takes_reload(struct agent *agent);

/*
 * Another configuration takes the place of the one before: for the plugins, and for sessions that begin from now on. 0, or
 * -ENOMEM with all as it was.
 */
int agent_reload(struct agent *agent, const struct configuration *configuration);

/* Feeds all plugins once more and ends them, within their time. */
void agent_end(struct agent *agent);

#endif
