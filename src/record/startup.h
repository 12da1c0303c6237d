// SPDX-License-Identifier: MIT
/*
 * startup.h - what the process was started with, and the objects it was started from.
 *
 * Read from where the kernel and the dynamic loader left it, so that it is there before libc's own
 * variables are: the first intercepted call may come before any constructor has run.
 */
#ifndef SONDE_RECORD_STARTUP_H
#define SONDE_RECORD_STARTUP_H

#include "base/elf-object.h"

#include <stdbool.h>

/*
 * Arguments and environment as they lie on the initial stack. Not to be looked at after the start: the
 * program may put anything in their place.
 */
char *const *startup_arguments(void);
char *const *startup_environment(void);

/* The name given to exec, or NULL. */
const char *startup_executable(void);

/* Whether the process has more rights than who started it: what the environment says is then not to be relied on. */
bool startup_is_privileged(void);

/*
 * Whether the dynamic loader has prepared this object. Before that, no variable of another object and no thread-local
 * one can be reached; libraries that it prepares earlier may call us all the same.
 */
bool startup_is_relocated(void);

/* Our own entry in the loader's list of objects; NULL in a program that links us in. */
struct link_map *startup_own_object(void);

/*
 * Whether the process is run by valgrind, which takes system calls that ask whether memory can be read for mistakes
 * of the program's.
 */
bool startup_is_simulated(void);

/*
 * From now on startup_next_object() ends at the last object loaded so far: later ones may be unloaded
 * while we look at them.
 */
void startup_seal_objects(void);

/* The start-up object after `object` (or the first, for NULL); NULL at the end. */
struct link_map *startup_next_object(struct link_map *object);

/* Whether an object defines a name. Looks at what the loader has looked at itself to bind others: no page of it is new. */
bool startup_object_defines(const struct link_map *object, const char *name);

/* Looks a name up in the start-up objects behind `object`. ret_owner may be NULL. */
void *startup_find_symbol(struct link_map *object, const char *name, struct link_map **ret_owner);

#endif
