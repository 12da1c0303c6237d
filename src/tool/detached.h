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

/*
 * Reads the configuration that the environment names and gives the session its settings. False after one line that
 * says why not; then the session is not to be.
 */
bool detached_load(const char *session, struct configuration *ret_configuration);

/* The program may go on. */
void detached_release(void);

/* As agent_say. */
void detached_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
