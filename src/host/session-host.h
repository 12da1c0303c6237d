// SPDX-License-Identifier: MIT
/*
 * session-host.h - a session, hosted: made, looked after while its processes run, and summed up.
 *
 *     session_host_new(&configuration, environment, &host, &message);
 *     ... start the command with SONDE_SESSION=session_host_path(host)
 *     while it runs:
 *             wait for at most session_host_work(host) milliseconds
 *     session_host_close(host, &recording);
 *     session_host_free(host);
 *
 * Regions of processes that have ended are added up and removed while the run goes on, so that a
 * run takes the memory of its living processes only. For one thread.
 */
#ifndef SONDE_HOST_SESSION_HOST_H
#define SONDE_HOST_SESSION_HOST_H

#include <stdbool.h>

#include "host/configuration.h"
#include "model/message.h"
#include "model/recording.h"
#include "model/snapshot.h"

struct session_host;

/*
 * Makes the session's directory and file. 0, or a negative errno with ret_message set. The
 * configuration is not needed afterwards.
 */
int session_host_new(const struct configuration *configuration, char *const *environment,
		     struct session_host **ret_host, struct message *ret_message);

/* Says what the session is a run of; the words are copied. 0 or -ENOMEM. */
int session_host_set_command(struct session_host *host, char *const *command);

/* A process has ended just now: who waits for it knows better than who looks at the session from time to time. */
void session_host_note_end(struct session_host *host, int pid);

/*
 * Takes over a session that is there and that nobody hosts: made by a program under LD_PRELOAD without the launcher, or
 * left by a host that was killed, where that had come to.
 * 0; SESSION_HOSTED; SESSION_EMPTY: no process has begun in it; or a negative errno, -ESRCH for one that has ended and
 * -EXDEV for one of another pid namespace.
 */
enum { SESSION_HOSTED = 1, SESSION_EMPTY };
int session_host_adopt(const char *path, const struct configuration *configuration,
		       struct session_host **ret_host);

/* Removes the session's directory if it is still there, unless it was adopted. NULL is fine. Returns NULL. */
struct session_host *session_host_free(struct session_host *host);

/* What is known of the session without its figures: id, host, labels, start; and of an adopted one the command. */
const struct recording *session_host_about(const struct session_host *host);

/*
 * Whether no process of the session runs now. One that has just been forked, or executes another program, may not be
 * seen in this moment.
 */
bool session_host_is_quiet(const struct session_host *host);

/* The session's directory. */
const char *session_host_path(const struct session_host *host);

/*
 * Does what is due; it may be called at any time. Returns after how many milliseconds to
 * call again.
 */
int session_host_work(struct session_host *host);

/*
 * Whether the session's first process is that of its pid namespace, so that its end is everybody's. It asks for the last
 * figures to be handed out before, and waits for the answer.
 */
bool session_host_may_be_killed(const struct session_host *host);
bool session_host_is_asked_to_end(const struct session_host *host);
void session_host_answer_end(struct session_host *host);

/* Whether somebody has asked, since the last time, that the configuration be read again: session_ask_reload(). */
bool session_host_takes_reload(struct session_host *host);

/*
 * The session's figures as they are now, with one reference: those that were added up, and those of the processes that
 * run. Counts never fall from one such snapshot to the next. 0 or a negative errno.
 */
int session_host_snapshot(struct session_host *host, struct snapshot **ret_snapshot);

/*
 * Notes that a program is about to run unwatched, if it is one that cannot be watched. `program` is
 * its path.
 */
void session_host_inspect(struct session_host *host, int pid, const char *program);

/*
 * Waits for the session's processes to end, for at most so many milliseconds. Tells whether some still run.
 */
bool session_host_wait(struct session_host *host, int64_t grace_ms);

/*
 * Leaves the session to its processes: they record on, in a session that nobody hosts, from which all that is
 * added up can be had (host/session-totals.h), and how the command ended. What there is up to now is handed over as by
 * session_host_close().
 */
int session_host_leave(struct session_host *host, struct exit_info exit, struct recording *ret_recording);

/*
 * Ends the session: those that still run record no more. Adds up all that is left and hands the
 * recording over, with id, command, labels, host and version filled in; times and exit are the
 * caller's to know. 0; or -ENOMEM, or -ENOENT when somebody has removed the session's directory,
 * the recording then being incomplete, but to be freed nevertheless.
 */
int session_host_close(struct session_host *host, struct recording *ret_recording);

#endif
