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
 * the session is not to be after all, its file is gone.
 */
void home_find(const char *session) HIDDEN;

#endif
