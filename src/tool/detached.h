// SPDX-License-Identifier: MIT
/*
 * detached.h - the agent as the preload starts it (src/preload/home.c): for the session of one program, which waits for it.
 *
 * Until it is ready, its standard error is the program's, for what is wrong with the configuration; afterwards it holds
 * nothing of the program's, and says what is to be said to the system's log.
 */
#ifndef SONDE_TOOL_DETACHED_H
#define SONDE_TOOL_DETACHED_H

#include "host/configuration.h"
#include "record/session.h"

/* Where the session is: made by the program, or where session.directory wants it. */
struct detached {
	const char *made;
	char moved[SESSION_PATH_SIZE]; /* "": it is where it was made */
};

/*
 * Reads the configuration that the environment names and gives the session its settings. False after one line that
 * says why not; then the session is not to be.
 */
bool detached_load(struct detached *session, struct configuration *ret_configuration);

/* The program may go on, and joins the session where it is. A program that has waited too long joined it where it was made. */
void detached_release(struct detached *session);

const char *detached_path(const struct detached *session);

/* As agent_say. */
void detached_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
