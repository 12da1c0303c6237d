// SPDX-License-Identifier: MIT
/*
 * agent-session.h - one session that the agent hosts, as a source of snapshots.
 *
 * Its figures are of the session, whose name and command are tags of the source; sequence and start are its own.
 */
#ifndef SONDE_TOOL_AGENT_SESSION_H
#define SONDE_TOOL_AGENT_SESSION_H

#include <stdbool.h>

#include "host/configuration.h"
#include "host/plugin-home.h"

struct agent_session;

/*
 * One that is alone has in its snapshots what monitors have collected and how the plugins fare, as there is no other
 * source for that. 0; or what session_host_adopt() has to say.
 */
int agent_session_new(const char *path, const struct configuration *configuration, bool is_alone,
		      struct agent_session **ret_session);

/* The session goes on without a host; or it has ended. NULL is fine. Returns NULL. */
struct agent_session *agent_session_free(struct agent_session *session);

const char *agent_session_path(const struct agent_session *session);

/* Does what is due. Returns after how many milliseconds to call again. */
int agent_session_work(struct agent_session *session);

/* Whether no process of the session runs now: session_host_is_quiet(). */
bool agent_session_is_quiet(const struct agent_session *session);

/* Whether no process of the session has run for two looks, one of which this is; looks come a second apart. */
bool agent_session_has_ended(struct agent_session *session);

/* The same of its host: session_host_may_be_killed() and what follows it. */
bool agent_session_may_be_killed(const struct agent_session *session);
bool agent_session_is_asked_to_end(const struct agent_session *session);
void agent_session_answer_end(struct agent_session *session);

/* session_host_takes_reload(). */
bool agent_session_takes_reload(struct agent_session *session);

/* Hands out how the session is now; to all exporters, or to those whose turn it is. */
void agent_session_feed(struct agent_session *session, struct plugin_home *home, bool is_for_all);

/* Hands out the session's last figures, to all, and removes it. 0, or a negative errno when they are incomplete. */
int agent_session_end(struct agent_session *session, struct plugin_home *home);

#endif
