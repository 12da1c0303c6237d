// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/session-collect.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/session-host.h"
#include "host/session-list.h"
#include "host/session-remains.h"
#include "host/session-view.h"
#include "tool/command.h"
#include "tool/configured.h"
#include "tool/recording-file.h"
#include "tool/recording-store.h"

enum { LOOK_AGAIN_MS = 1000 };

/* Sessions that stay. */
struct rest {
	size_t n_unreadable;
	size_t n_unwanted;
};

/* -- Collecting --------------------------------------------------------------------------------- */

/* 1: it is not one of those that are wanted, and is not there now. */
static int keep(const struct recording *recording, const struct configuration *configuration)
{
	const struct retention retention = {
		.count = configuration->recordings_kept,
		.age_ns = configuration->recordings_age_ns,
	};
	struct message message = {.text = "out of memory"};
	struct recording_text text;
	char *path = NULL;
	int result = recording_text_init(&text, recording, true);

	if (result == 0)
		result = recording_store_keep(environ, recording, &text, &retention, &path, &message);
	if (result < 0)
		command_say(&command_sessions, "%s", message.text);
	else if (path)
		printf("%s\n", path);
	else
		result = 1;
	recording_text_deinit(&text);
	free(path);
	return result;
}

/* Of a session that we host now, and in which nothing runs. It is removed when its recording is kept. */
static int collect_hosted(struct session_host *host, const struct configuration *configuration,
			  struct rest *rest)
{
	struct message message = {0};
	struct recording recording;
	struct recording closed;
	uint32_t n_folded;
	int result = session_view(session_host_path(host), 0, &recording, &n_folded, &message);

	if (result < 0) {
		command_say(&command_sessions, "%s", message.text);
		return result;
	}
	result = keep(&recording, configuration);
	recording_deinit(&recording);
	if (result == 0) {
		result = session_host_close(host, &closed);
		recording_deinit(&closed);
	} else if (result > 0) {
		rest->n_unwanted++;
	}
	return result < 0 ? result : 0;
}

/* Those that run go on, also those that somebody else hosts. */
static int collect_session(const char *path, const struct configuration *configuration, struct rest *rest)
{
	struct session_host *host;

	if (session_is_running(path))
		return 0;
	int result = session_host_adopt(path, configuration, &host);

	if (result) {
		rest->n_unreadable += result == -EPROTO && session_is_unused(path);
		return 0;
	}
	if (session_host_is_quiet(host))
		result = collect_hosted(host, configuration, rest);
	session_host_free(host);
	return result;
}

static void say_rest(const struct rest *rest, const struct configuration *configuration)
{
	if (rest->n_unwanted)
		command_say(&command_sessions,
			    "sessions that stay, as their recordings would not be kept (recordings.keep is %lld): %zu; "
			    "--discard removes them", (long long)configuration->recordings_kept, rest->n_unwanted);
	if (rest->n_unreadable)
		command_say(&command_sessions,
			    "sessions that stay, as they are of another version of sonde: %zu; --discard removes them",
			    rest->n_unreadable);
}

int sessions_collect(void)
{
	struct configuration configuration;
	struct session_list list;
	struct rest rest = {0};
	int result = configured_load(&command_sessions, NULL, NULL, &configuration);

	if (result < 0)
		return STATUS_FAILED;
	result = session_list_read(environ, &list);
	if (result < 0) {
		command_say(&command_sessions, "%s", strerror(-result));
	} else {
		for (size_t i = 0; i < list.n_places; i++)
			if (collect_session(list.places[i].path, &configuration, &rest) < 0)
				result = -EIO;
		say_rest(&rest, &configuration);
		session_list_deinit(&list);
	}
	configuration_deinit(&configuration);
	return result < 0 ? STATUS_FAILED : STATUS_OK;
}

/* -- Discarding --------------------------------------------------------------------------------- */

/* The list has those that are unused first; returns how many. */
static size_t find_unused(struct session_list *list)
{
	size_t n_unused = 0;

	for (size_t i = 0; i < list->n_places; i++)
		if (session_is_unused(list->places[i].path))
			list->places[n_unused++] = list->places[i];
	return n_unused;
}

int sessions_discard(void)
{
	struct session_list list;
	size_t n_removed = 0;
	int result = session_list_read(environ, &list);

	if (result < 0) {
		command_say(&command_sessions, "%s", strerror(-result));
		return STATUS_FAILED;
	}
	size_t n_unused = find_unused(&list);

	if (n_unused)
		poll(NULL, 0, LOOK_AGAIN_MS);
	for (size_t i = 0; i < n_unused; i++) {
		int failure = session_remains_remove(list.places[i].path);

		n_removed += failure == 0;
		if (failure < 0 && failure != -EBUSY && failure != -ENOENT) {
			command_say(&command_sessions, "%s: %s", list.places[i].path, strerror(-failure));
			result = failure;
		}
	}
	printf("sessions discarded: %zu\n", n_removed);
	session_list_deinit(&list);
	return result < 0 ? STATUS_FAILED : STATUS_OK;
}
