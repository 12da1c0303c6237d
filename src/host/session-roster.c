// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/session-roster.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "host/session-view.h"
#include "record/session.h"

enum { ROSTER_SESSIONS = 4096 };

struct session_roster {
	uint32_t n_used; /* places below this one have been taken at some time */
	char paths[ROSTER_SESSIONS][SESSION_PATH_SIZE]; /* "": a free place */
};

struct session_roster *session_roster_new(void)
{
	void *memory = mmap(NULL, sizeof(struct session_roster), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

struct session_roster *session_roster_free(struct session_roster *roster)
{
	if (roster)
		munmap(roster, sizeof(*roster));
	return NULL;
}

/* The place of a path, "" for a free one; ROSTER_SESSIONS: there is none. */
static uint32_t find(const struct session_roster *roster, const char *path)
{
	uint32_t place = 0;

	while (place < ROSTER_SESSIONS && strcmp(roster->paths[place], path) != 0)
		place++;
	return place;
}

void session_roster_add(struct session_roster *roster, const char *path)
{
	uint32_t place = find(roster, "");

	if (place == ROSTER_SESSIONS)
		return;
	snprintf(roster->paths[place], SESSION_PATH_SIZE, "%s", path);
	/* Release: pairs with the acquire in session_roster_processes(). */
	if (place >= roster->n_used)
		__atomic_store_n(&roster->n_used, place + 1, __ATOMIC_RELEASE);
}

void session_roster_remove(struct session_roster *roster, const char *path)
{
	uint32_t place = find(roster, path);

	if (place < ROSTER_SESSIONS)
		roster->paths[place][0] = '\0';
}

/* What stands there may change meanwhile: it is copied, and ended in any case. */
static size_t processes_of(const char *place, int32_t *ret_pids, size_t n_pids)
{
	char path[SESSION_PATH_SIZE];

	memcpy(path, place, sizeof(path));
	path[sizeof(path) - 1] = '\0';
	return *path ? session_processes(path, ret_pids, n_pids) : 0;
}

size_t session_roster_processes(const struct session_roster *roster, int32_t *ret_pids,
				size_t n_pids)
{
	/* Acquire: pairs with the release in session_roster_add(). */
	uint32_t n_places = roster ? __atomic_load_n(&roster->n_used, __ATOMIC_ACQUIRE) : 0;
	size_t n_found = 0;

	for (uint32_t i = 0; i < n_places; i++) {
		size_t n_written = n_found < n_pids ? n_found : n_pids;

		n_found += processes_of(roster->paths[i], ret_pids + n_written, n_pids - n_written);
	}
	return n_found;
}
