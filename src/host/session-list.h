// SPDX-License-Identifier: MIT
/*
 * session-list.h - the sessions of the user, or of all, wherever they are.
 *
 * They are looked for where they are made by default: $SONDE_DIRECTORY and nowhere else if that is
 * set, else /dev/shm, $XDG_RUNTIME_DIR and $TMPDIR or /tmp.
 */
#ifndef SONDE_HOST_SESSION_LIST_H
#define SONDE_HOST_SESSION_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "record/session.h"

struct session_place {
	char path[SESSION_PATH_SIZE];
	unsigned long long made_us; /* CLOCK_REALTIME */
};

struct session_list {
	struct session_place *places; /* the latest first */
	size_t n_places;
};

/* 0 or -ENOMEM. Those of the user only, or all that the user may read. A session may have gone when it is looked at. */
int session_list_read(char *const *environment, struct session_list *ret_list);
int session_list_read_all(char *const *environment, struct session_list *ret_list);
void session_list_deinit(struct session_list *list);

/* Whether a process of a session runs, and records. */
bool session_is_running(const char *path);

/* The latest session that runs. False: there is none. ret_path has SESSION_PATH_SIZE bytes. */
bool session_find_latest(char *const *environment, char *ret_path);

#endif
