// SPDX-License-Identifier: MIT
/*
 * departure.h - executing a program so that it stays in the session.
 *
 * Before a program is executed, its file is looked at: if it can be watched, its environment is made to
 * name us; if it cannot, the session's notes say why, and our variables are taken out where they would
 * do harm. The copy of the environment is a mapping of its own: stacks may be small. All is safe in a vfork
 * child and in a signal handler.
 */
#ifndef SONDE_PRELOAD_DEPARTURE_H
#define SONDE_PRELOAD_DEPARTURE_H

#include "preload/environment.h"
#include "record/program-file.h"
#include "record/session.h"

/* Whether programs can be judged: there is a session, and no filter that would kill us for it. */
bool departure_is_possible(void) __attribute__((visibility("hidden")));

/*
 * Judges the program at `path`, and changes its environment (NULL: empty) accordingly in the memory that
 * `copy` brings; `file` is room to read it in. When the program will not be watched that is noted: ret_note
 * is the note, to be taken back if it is not started after all, else NULL. Returns the environment to give
 * to the program.
 */
char *const *departure_prepare(const char *path, char *const *environment,
			       struct environment_copy *copy, struct program_file *file,
			       struct session_note **ret_note)
	__attribute__((visibility("hidden")));

/*
 * What runs the program: called with the environment to give it. `request` is the caller's own. Returns
 * the result of the real call.
 */
typedef int departure_run(char *const *environment, const void *request);

/*
 * Judges the program at `path`, changes the environment (NULL: empty) accordingly and calls run().
 */
int departure(const char *path, char *const *environment, departure_run *run, const void *request)
	__attribute__((visibility("hidden")));

/* The same for a name that is searched for in PATH. */
int departure_searched(const char *name, char *const *environment, departure_run *run,
		       const void *request) __attribute__((visibility("hidden")));

#endif
