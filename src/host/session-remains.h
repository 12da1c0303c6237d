// SPDX-License-Identifier: MIT
/*
 * session-remains.h - a session in which nothing runs any more, of whatever version of sonde.
 *
 * Who cannot read what a session has can still tell whether anybody uses it: whoever hosts it has its file locked, and
 * each process in it has the file mapped. That is seen in the pid namespace of the session only.
 */
#ifndef SONDE_HOST_SESSION_REMAINS_H
#define SONDE_HOST_SESSION_REMAINS_H

#include <stdbool.h>

/*
 * Whether nobody uses a session, nor has made it within the last minute. A process that executes another program is not
 * seen in that moment: who wants to be sure looks twice, a second apart.
 */
bool session_is_unused(const char *path);

/* Removes it with all that it has, if it is unused still. 0; -EBUSY; or another negative errno. */
int session_remains_remove(const char *path);

#endif
