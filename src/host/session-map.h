// SPDX-License-Identifier: MIT
/*
 * session-map.h - the head of a session's file, for who wants nothing else of the session.
 */
#ifndef SONDE_HOST_SESSION_MAP_H
#define SONDE_HOST_SESSION_MAP_H

#include "record/session.h"

/* Maps that of the session in a directory; the caller unmaps it. 0 or a negative errno, as session_map_file(). */
int session_map(const char *directory, struct session_file **ret_file);

#endif
