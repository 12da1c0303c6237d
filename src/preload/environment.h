// SPDX-License-Identifier: MIT
/*
 * environment.h - the environment that the next program gets.
 *
 * A child is watched when LD_PRELOAD names our object and SONDE_SESSION our session. Programs clear or
 * replace environments, so every way to execute a program repairs the one that goes with it, in a copy:
 * the program's own variables, their order and the user's own LD_PRELOAD entries stay as they are. Where the process's
 * labels have changed since its start, SONDE_LABELS says the present ones, unless the program has set it.
 *
 * Nothing here allocates; all is safe in a vfork child.
 */
#ifndef SONDE_PRELOAD_ENVIRONMENT_H
#define SONDE_PRELOAD_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

enum environment_change {
	ENVIRONMENT_KEEP,
	ENVIRONMENT_JOIN,  /* add what is missing of our variables */
	ENVIRONMENT_LEAVE, /* take our variables out */
};

enum {
	ENVIRONMENT_PRELOAD_SIZE = 4096,
	ENVIRONMENT_ADDED = 4, /* entries that a copy may have more: our three variables and the end */
};

/* A changed copy of an environment. */
struct environment_copy {
	char **entries; /* ended by NULL */
	size_t room;    /* for so many, as environment_copy_room() said */
	char *preload;  /* the new LD_PRELOAD, ENVIRONMENT_PRELOAD_SIZE bytes */
	const char *runtime; /* to be preloaded before us (record/sanitizer.h); NULL or "": nothing */
};

/* Puts SONDE_SESSION into the process's own environment, for children by system() and popen(). */
void environment_announce_session(void);

/* Takes the sanitizer's runtime that was put before us out of the process's own environment again. */
void environment_forget_runtime(void);

/* Whether a program executed with this environment (NULL: an empty one) would be in our session. */
bool environment_names_us(char *const *environment);

/*
 * Whether a program executed by us could open our library and our session. Not so after a change of the
 * user or of the root directory, and when the session is over: the loader would complain aloud.
 */
bool environment_can_reach_us(void);

/* Pointers that the changed copy needs room for, the last one included. */
size_t environment_copy_room(char *const *environment);

/*
 * Makes the changed copy in the memory that `copy` brings. Returns what to hand to exec: the copy, or
 * the environment itself when nothing is to be changed, the new LD_PRELOAD would be too long, or another
 * thread has added more entries meanwhile than there is room for.
 */
char *const *environment_change(char *const *environment, enum environment_change change,
				struct environment_copy *copy);

#endif
