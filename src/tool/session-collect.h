// SPDX-License-Identifier: MIT
/*
 * session-collect.h - what becomes of the user's sessions that nobody ended: those of programs without a host, and of
 * a sonde that was killed.
 */
#ifndef SONDE_TOOL_SESSION_COLLECT_H
#define SONDE_TOOL_SESSION_COLLECT_H

/*
 * Keeps a recording of each and removes it; says on standard output where the recordings are, and on standard error how
 * many sessions stay because their figures would be lost. A status to exit with.
 */
int sessions_collect(void);

/* Removes those that are a minute old, with their figures, and says how many. A status to exit with. */
int sessions_discard(void);

#endif
