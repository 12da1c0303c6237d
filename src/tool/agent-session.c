// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/agent-session.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "host/session-host.h"
#include "tool/run-tags.h"

enum { QUIET_LOOKS = 2 }; /* after so many in a row it has ended */

struct agent_session {
	struct session_host *host;
	struct run_tags tags;
	int64_t started_ns;
	uint64_t sequence;
	unsigned int n_quiet;
	bool is_alone;
};

int agent_session_new(const char *path, const struct configuration *configuration, bool is_alone,
		      struct agent_session **ret_session)
{
	struct agent_session *session = calloc(1, sizeof(*session));
	int result = session ? session_host_adopt(path, configuration, &session->host) : -ENOMEM;

	if (result == 0) {
		const struct recording *about = session_host_about(session->host);

		session->started_ns = about->started_ns;
		session->is_alone = is_alone;
		result = run_tags_init(&session->tags, about);
	}
	if (result == 0)
		*ret_session = session;
	else
		agent_session_free(session);
	return result;
}

struct agent_session *agent_session_free(struct agent_session *session)
{
	if (!session)
		return NULL;
	session_host_free(session->host);
	run_tags_deinit(&session->tags);
	free(session);
	return NULL;
}

const char *agent_session_path(const struct agent_session *session)
{
	return session_host_path(session->host);
}

int agent_session_work(struct agent_session *session)
{
	return session_host_work(session->host);
}

bool agent_session_is_quiet(const struct agent_session *session)
{
	return session_host_is_quiet(session->host);
}

bool agent_session_has_ended(struct agent_session *session)
{
	session->n_quiet = session_host_is_quiet(session->host) ? session->n_quiet + 1 : 0;
	return session->n_quiet >= QUIET_LOOKS;
}

bool agent_session_may_be_killed(const struct agent_session *session)
{
	return session_host_may_be_killed(session->host);
}

bool agent_session_is_asked_to_end(const struct agent_session *session)
{
	return session_host_is_asked_to_end(session->host);
}

void agent_session_answer_end(struct agent_session *session)
{
	session_host_answer_end(session->host);
}

bool agent_session_takes_reload(struct agent_session *session)
{
	return session_host_takes_reload(session->host);
}

static struct snapshot_source next_source(struct agent_session *session, bool is_turn)
{
	session->sequence += is_turn;
	return (struct snapshot_source){
		.tags = session->tags.tags,
		.n_tags = session->tags.n_tags,
		.start_ns = session->started_ns,
		.sequence = session->sequence,
		.is_one_of_several = !session->is_alone,
	};
}

static void hand_out(const struct agent_session *session, struct plugin_home *home,
		     struct snapshot *figures, const struct snapshot_source *source, bool is_for_all)
{
	if (session->is_alone)
		plugin_home_hand_out_joined(home, figures, source, is_for_all);
	else
		plugin_home_hand_out(home, figures, source, is_for_all);
}

void agent_session_feed(struct agent_session *session, struct plugin_home *home, bool is_for_all)
{
	struct snapshot *figures;

	if (session_host_snapshot(session->host, &figures) < 0)
		return;
	const struct snapshot_source source =
		next_source(session, is_for_all || plugin_home_is_turn(home));

	hand_out(session, home, figures, &source, is_for_all);
	snapshot_put(figures);
}

int agent_session_end(struct agent_session *session, struct plugin_home *home)
{
	struct recording recording;
	struct snapshot *figures;
	int result = session_host_close(session->host, &recording);

	recording.wall_ns = (uint64_t)(clock_kernel_ns(CLOCK_REALTIME) - recording.started_ns);
	int made = snapshot_new_from_recording(&recording, &figures);

	if (made == 0) {
		struct snapshot_source source = next_source(session, true);

		source.is_final = true;
		hand_out(session, home, figures, &source, true);
		snapshot_put(figures);
	}
	recording_deinit(&recording);
	return result < 0 ? result : made;
}
