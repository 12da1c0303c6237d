// SPDX-License-Identifier: MIT
/*
 * Calls that execute a program in a new process, and are timed like any call. All take the same
 * arguments: the first is where the child's id goes, or the descriptor that stands for it.
 */
#include "config.h"

#include "preload/wrapper.h"

#include "preload/departure.h"

#include <spawn.h>

typedef __typeof__(posix_spawn) spawn_function;
typedef int depart(const char *, char *const *, departure_run *, const void *);

/* Newer than the headers of some libraries that this is built with. */
spawn_function pidfd_spawn, pidfd_spawnp;

struct spawn_request {
	spawn_function *function; /* the real one */
	int *ret_child;
	const char *path;
	const posix_spawn_file_actions_t *actions;
	const posix_spawnattr_t *attributes;
	char *const *arguments;
};

static int run_spawn(char *const *environment, const void *request)
{
	const struct spawn_request *spawn = request;

	return spawn->function(spawn->ret_child, spawn->path, spawn->actions, spawn->attributes,
			       spawn->arguments, environment);
}

static int spawn(enum call call, depart *find, char *const *environment,
		 const struct spawn_request *request)
{
	struct probe probe = probe_begin(call);
	int result = find(request->path, environment, run_spawn, request);

	if (result != 0)
		probe_failed(&probe, result);
	else
		probe_succeeded(&probe, 0);
	return result;
}

/* A wrapper whose program is found by `find`: as it is, or by a search in PATH. */
#define SPAWN(name, call, find)                                                                    \
	EXPORT int name(int *ret_child, const char *path,                                          \
			const posix_spawn_file_actions_t *actions,                                 \
			const posix_spawnattr_t *attributes, char *const arguments[],              \
			char *const environment[])                                                 \
	{                                                                                          \
		struct spawn_request request = {REAL(name), ret_child,	path,                      \
						actions,    attributes, arguments};                \
                                                                                                   \
		return spawn(call, find, environment, &request);                                   \
	}

SPAWN(posix_spawn, CALL_posix_spawn, departure)
SPAWN(posix_spawnp, CALL_posix_spawnp, departure_searched)
SPAWN(pidfd_spawn, CALL_pidfd_spawn, departure)
SPAWN(pidfd_spawnp, CALL_pidfd_spawnp, departure_searched)

#ifdef VERSIONS_posix_spawn
/* The older version gives a file that no program can be made of to a shell. */
spawn_function older_posix_spawn, older_posix_spawnp;

SPAWN(older_posix_spawn, CALL_posix_spawn, departure)
SPAWN(older_posix_spawnp, CALL_posix_spawnp, departure_searched)

VERSIONS_posix_spawn;
VERSIONS_posix_spawnp;
#endif

#ifdef VERSIONS_pidfd_spawn
VERSIONS_pidfd_spawn;
VERSIONS_pidfd_spawnp;
#endif
