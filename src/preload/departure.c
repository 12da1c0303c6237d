// SPDX-License-Identifier: MIT
#include "config.h"

#include "preload/departure.h"

#include "base/raw.h"
#include "base/readable.h"
#include "base/text.h"
#include "preload/environment.h"
#include "record/executable.h"
#include "record/filter.h"
#include "record/process.h"
#include "record/recorder.h"
#include "record/region.h"
#include "record/session.h"
#include "record/startup.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEARCHED_PATH_SIZE = 1024 };

/* What to do with the environment of a program that can (NOTE_NONE) or cannot be watched. */
static enum environment_change choose_change(enum note_reason reason, bool can_reach)
{
	if (recorder_session.settings.follow == FOLLOW_NONE || !can_reach ||
	    recorder_session.settings.state == SESSION_CLOSED)
		return ENVIRONMENT_LEAVE;
	if (reason == NOTE_SETUID || reason == NOTE_ARCHITECTURE)
		return ENVIRONMENT_LEAVE;
	if (recorder_session.settings.follow == FOLLOW_ENVIRONMENT)
		return ENVIRONMENT_KEEP;
	/* A static program cannot be watched, but those that it executes can. */
	return ENVIRONMENT_JOIN;
}

/* Where the environment names a session by another path than ours, it may be ours all the same. */
static enum note_reason absence_from(const char *directory)
{
	struct stat own;
	struct stat other;

	if (text_equals(directory, recorder_session_directory()))
		return NOTE_NONE;
	if (raw_stat(directory, &other) < 0)
		return NOTE_UNREACHABLE;
	if (raw_stat(recorder_session_directory(), &own) == 0 && own.st_dev == other.st_dev && own.st_ino == other.st_ino)
		return NOTE_NONE;
	return NOTE_SESSION;
}

/* Why a program that could be watched will not be, with the environment that it is to get. */
static enum note_reason absence(char *const *environment, bool can_reach)
{
	if (!can_reach)
		return NOTE_UNREACHABLE;
	return environment_names_us(environment) ? absence_from(environment_find(environment, SESSION_VARIABLE))
						 : NOTE_ENVIRONMENT;
}

_Static_assert((int)NOTE_REASONS <= (int)REGION_ABSENCES, "a region tells all reasons apart");

/* The figure of the process, which a vfork child adds to for its parent, beside the session's note. */
static void count_unwatched(enum note_reason reason, uint64_t n)
{
	struct region_header *region = recorder_region();

	if (region)
		__atomic_fetch_add(&region->unwatched[reason], n, __ATOMIC_RELAXED);
}

static struct session_note *note_absence(enum note_reason reason, const char *path)
{
	if (reason == NOTE_NONE)
		return NULL;
	struct session_note *note = session_note(&recorder_session, reason, process_number(), path);

	if (note)
		count_unwatched(reason, 1);
	return note;
}

static void take_back(struct session_note *note)
{
	if (note)
		count_unwatched(note->reason, (uint64_t)-1);
	session_unnote(note);
}

/* For what we do in it when it starts, or is forked. */
static bool would_be_killed_with_us(void)
{
	return filter_forbids(FILTER_ARRIVAL) || filter_forbids(FILTER_HOLD);
}

/* Under a filter that would kill it the program is on its own; nothing is asked of the kernel. */
static char *const *prepare_to_leave(const char *path, char *const *environment, struct environment_copy *copy,
				     struct session_note **ret_note)
{
	*ret_note = note_absence(NOTE_SANDBOX, path);
	return environment_change(environment, ENVIRONMENT_LEAVE, copy);
}

char *const *departure_prepare(const char *path, char *const *environment,
			       struct environment_copy *copy, struct program_file *file,
			       struct session_note **ret_note)
{
	if (would_be_killed_with_us())
		return prepare_to_leave(path, environment, copy, ret_note);
	bool can_reach = environment_can_reach_us();
	char runtime[SANITIZER_NAME_SIZE];
	enum note_reason reason = executable_inspect(path, file, runtime);

	copy->runtime = runtime;
	environment = environment_change(environment, choose_change(reason, can_reach), copy);
	copy->runtime = NULL;
	if (reason == NOTE_NONE)
		reason = absence(environment, can_reach);
	*ret_note = note_absence(reason, path);
	return environment;
}

/*
 * What a departure needs besides the stack, which may be that of a thread or of a signal handler and have
 * a few KiB in all.
 */
struct workspace {
	size_t size;
	struct program_file file;
	char found[SEARCHED_PATH_SIZE];
	char preload[ENVIRONMENT_PRELOAD_SIZE];
	char *entries[];
};

/*
 * A vfork child that executes its program cannot take the workspace away, and leaves it in the memory of
 * its parent. So the thread, which lends itself to the child, remembers it until the next departure.
 */
static void remove_left_workspace(void)
{
	struct thread_cache *thread = recorder_thread;

	if (!thread || !thread->left_workspace)
		return;
	struct workspace *left = thread->left_workspace;

	thread->left_workspace = NULL;
	raw_munmap(left, left->size);
}

static struct workspace *make_workspace(size_t n_entries)
{
	size_t size = sizeof(struct workspace) + n_entries * sizeof(char *);
	long address;

	remove_left_workspace();
	address = raw_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (raw_failed(address))
		return NULL;
	struct workspace *workspace = (struct workspace *)address;

	workspace->size = size;
	if (recorder_thread && !recorder_own_region())
		recorder_thread->left_workspace = workspace;
	return workspace;
}

static void remove_workspace(struct workspace *workspace)
{
	if (recorder_thread)
		recorder_thread->left_workspace = NULL;
	raw_munmap(workspace, workspace->size);
}

/*
 * Who is simulated cannot be asked for, and is believed; so is who may not ask: a program that is killed with us is worse
 * than a process that ends of addresses which the kernel would have refused.
 */
static bool may_read(const char *name, char *const *environment)
{
	uintptr_t page = READABLE_NONE;

	return filter_forbids(FILTER_MEMORY) || startup_is_simulated() ||
	       (readable_text(name, PATH_MAX, &page) && readable_list(environment));
}

/* A program that could not live with us under a filter need not be looked at. */
bool departure_is_possible(void)
{
	return *recorder_session_directory() && !filter_forbids(FILTER_CHANGE) &&
	       (would_be_killed_with_us() || !filter_forbids(FILTER_DEPARTURE));
}

static int depart(const char *name, bool is_searched, char *const *environment, departure_run *run,
		  const void *request)
{
	if (!name || !departure_is_possible() || !may_read(name, environment))
		return run(environment, request);
	size_t room = environment_copy_room(environment);
	struct workspace *workspace = make_workspace(room);

	if (!workspace)
		return run(environment, request);
	if (is_searched && !would_be_killed_with_us())
		name = executable_search(name, environment_find(environ, "PATH"), workspace->found,
					 sizeof(workspace->found));
	struct environment_copy copy = {.entries = workspace->entries,
					.room = room,
					.preload = workspace->preload};
	struct session_note *note;
	int result = run(departure_prepare(name, environment, &copy, &workspace->file, &note), request);

	/* exec comes back, and spawn not with 0, when nothing was started. */
	if (result != 0)
		take_back(note);
	remove_workspace(workspace);
	return result;
}

int departure(const char *path, char *const *environment, departure_run *run, const void *request)
{
	return depart(path, false, environment, run, request);
}

int departure_searched(const char *name, char *const *environment, departure_run *run,
		       const void *request)
{
	return depart(name, true, environment, run, request);
}
