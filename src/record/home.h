// SPDX-License-Identifier: MIT
/*
 * home.h - whoever makes a session may have it looked after by somebody.
 *
 * The recording side makes sessions, and knows of no configuration. The preload brings a function of this name; who
 * brings none has sessions that nobody hosts until an agent comes.
 */
#ifndef SONDE_RECORD_HOME_H
#define SONDE_RECORD_HOME_H

#include "base/compiler.h"

/*
 * A session's file has been written, and no process has joined yet. Afterwards the settings in it are those to go by; if
 * the session is not to be after all, its file is gone. It may be another one, elsewhere: then its directory has taken the
 * place of the one that was given, in SESSION_PATH_SIZE bytes.
 */
void home_find(char *session) HIDDEN;

/*
 * The process is about to end. Waits for the host only where that would end with it: in a container, whose first process
 * this is. For who has started one by the above.
 */
void home_leave(void) HIDDEN;

#endif
