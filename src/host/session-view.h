// SPDX-License-Identifier: MIT
/*
 * session-view.h - a look at a session from the outside, which changes nothing.
 *
 * For sessions that run, whoever hosts them, and for those that a bare LD_PRELOAD run left behind.
 */
#ifndef SONDE_HOST_SESSION_VIEW_H
#define SONDE_HOST_SESSION_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/message.h"
#include "model/recording.h"

/* Whether a directory is one of a session. */
bool session_view_is_session(const char *directory);

/*
 * Adds up the regions in a session's directory, and what its host has written down of those that it
 * has removed; only the regions of one process when pid is not 0. ret_n_folded says how many regions are
 * missing because their host has not written down any yet. The recording is the caller's. 0, or a negative errno with ret_message set: -ESRCH when
 * there is no region of the process.
 */
int session_view(const char *directory, int pid, struct recording *ret_recording,
		 uint32_t *ret_n_folded, struct message *ret_message);

/*
 * The processes of a session that run now, each once, by their numbers: writes the first n_pids of them. Returns how many
 * there are; 0 also when there is no such session any more.
 */
size_t session_processes(const char *directory, int32_t *ret_pids, size_t n_pids);

/*
 * Finds the session of a process, by what it has mapped or, for one that has ended, by the regions
 * in the user's sessions (host/session-list.h). Writes the directory to ret_path, which has
 * SESSION_PATH_SIZE bytes; false when there is none.
 */
bool session_find_process(int pid, char *const *environment, char *ret_path);

#endif
