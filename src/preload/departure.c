// SPDX-License-Identifier: MIT
#include "config.h"

#include "preload/departure.h"

#include "base/raw.h"
#include "preload/environment.h"
#include "record/executable.h"
#include "record/recorder.h"
#include "record/session.h"

#include <alloca.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	STACK_ENTRIES = 512, /* larger environments are copied to a mapping: stacks may be small */
	SEARCHED_PATH_SIZE = 1024,
};

/* What to do with the environment of a program that can (NOTE_NONE) or cannot be watched. */
static enum environment_change choose_change(enum note_reason reason, bool can_reach)
{
	if (recorder_session.settings.follow == FOLLOW_NONE || !can_reach)
		return ENVIRONMENT_LEAVE;
	if (reason == NOTE_SETUID || reason == NOTE_ARCHITECTURE)
		return ENVIRONMENT_LEAVE;
	if (recorder_session.settings.follow == FOLLOW_ENVIRONMENT)
		return ENVIRONMENT_KEEP;
	/* A static program cannot be watched, but those that it executes can. */
	return ENVIRONMENT_JOIN;
}

/* Why a program that could be watched will not be. */
static enum note_reason absence(enum environment_change change, char *const *environment,
				bool can_reach)
{
	if (change == ENVIRONMENT_JOIN)
		return NOTE_NONE;
	if (change == ENVIRONMENT_KEEP && environment_names_us(environment))
		return NOTE_NONE;
	return can_reach ? NOTE_ENVIRONMENT : NOTE_UNREACHABLE;
}

enum environment_change departure_judge(const char *path, char *const *environment,
					struct session_note **ret_note)
{
	bool can_reach = environment_can_reach_us();
	enum note_reason reason = executable_inspect(path);
	enum environment_change change = choose_change(reason, can_reach);

	if (reason == NOTE_NONE)
		reason = absence(change, environment, can_reach);
	*ret_note = reason == NOTE_NONE
			    ? NULL
			    : session_note(&recorder_session, reason, raw_getpid(), path);
	return change;
}

static char **map_entries(size_t size)
{
	long address = raw_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	return raw_failed(address) ? NULL : (char **)address;
}

int departure(const char *path, char *const *environment, departure_run *run, const void *request)
{
	char preload[ENVIRONMENT_PRELOAD_SIZE];
	struct environment_copy copy = {.preload = preload};
	size_t room = environment_copy_room(environment);

	if (!*recorder_session_directory() || !path)
		return run(environment, request);
	if (room <= STACK_ENTRIES) {
		copy.entries = alloca(room * sizeof(char *));
	} else {
		copy.mapped_size = room * sizeof(char *);
		copy.entries = map_entries(copy.mapped_size);
		if (!copy.entries)
			return run(environment, request);
	}
	struct session_note *note;
	enum environment_change change = departure_judge(path, environment, &note);
	int result = run(environment_change(environment, change, &copy), request);

	/* exec comes back, and spawn not with 0, when nothing was started. */
	if (result != 0)
		session_unnote(note);
	if (copy.mapped_size)
		raw_munmap(copy.entries, copy.mapped_size);
	return result;
}

int departure_searched(const char *name, char *const *environment, departure_run *run,
		       const void *request)
{
	char found[SEARCHED_PATH_SIZE];

	if (!name)
		return run(environment, request);
	return departure(executable_search(name, environment_find(environ, "PATH"), found,
					   sizeof(found)),
			 environment, run, request);
}
