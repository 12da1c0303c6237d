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
static enum environment_change choose_change(enum note_reason reason)
{
	if (recorder_session.settings.follow == FOLLOW_NONE)
		return ENVIRONMENT_LEAVE;
	if (reason == NOTE_SETUID || reason == NOTE_ARCHITECTURE)
		return ENVIRONMENT_LEAVE;
	if (recorder_session.settings.follow == FOLLOW_ENVIRONMENT)
		return ENVIRONMENT_KEEP;
	/* A static program cannot be watched, but those that it executes can. */
	return ENVIRONMENT_JOIN;
}

/* Whether the program that gets this environment will be watched, and why not. */
static enum note_reason final_reason(enum note_reason reason, enum environment_change change,
				     char *const *environment)
{
	if (reason != NOTE_NONE || change == ENVIRONMENT_JOIN)
		return reason;
	return environment_names_us(environment) ? NOTE_NONE : NOTE_ENVIRONMENT;
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
	enum note_reason reason = executable_inspect(path);
	enum environment_change change = choose_change(reason);

	environment = environment_change(environment, change, &copy);
	reason = final_reason(reason, change, environment);
	if (reason != NOTE_NONE)
		session_note(&recorder_session, reason, raw_getpid(), path);
	int result = run(environment, request);

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
