// SPDX-License-Identifier: MIT
/*
 * session-prepare.h - a session that a program under LD_PRELOAD has made, before its first process joins it.
 */
#ifndef SONDE_HOST_SESSION_PREPARE_H
#define SONDE_HOST_SESSION_PREPARE_H

#include "host/configuration.h"

/* Has the session's settings as a configuration wants them. 0 or a negative errno. */
int session_prepare(const char *directory, const struct configuration *configuration);

/*
 * Makes the same session again in another directory, which ret_path (SESSION_PATH_SIZE bytes) then tells; the first one
 * stays, to be abandoned. 0 or a negative errno.
 */
int session_copy(const char *directory, const char *where, char *ret_path);

/* It is not to be: whoever has joined records no more, nobody joins any more, and nothing is left of it. */
void session_abandon(const char *directory);

#endif
