// SPDX-License-Identifier: MIT
/*
 * session-roster.h - which sessions are hosted, as far as the processes of plugins need to know.
 *
 * The host writes it; processes that it forks read it, in memory that they share, whenever they look. One that reads
 * while it is changed may miss a session at that time, or find one that has just ended.
 */
#ifndef SONDE_HOST_SESSION_ROSTER_H
#define SONDE_HOST_SESSION_ROSTER_H

#include <stddef.h>
#include <stdint.h>

struct session_roster;

/* NULL without memory. It has room for some thousand sessions; of more, nobody hears. */
struct session_roster *session_roster_new(void);
/* NULL is fine. Returns NULL. */
struct session_roster *session_roster_free(struct session_roster *roster);

/* The host's: one more, one less. */
void session_roster_add(struct session_roster *roster, const char *path);
void session_roster_remove(struct session_roster *roster, const char *path);

/* The processes of all its sessions: session_processes(). NULL: of none. */
size_t session_roster_processes(const struct session_roster *roster, int32_t *ret_pids,
				size_t n_pids);

#endif
