// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/detached.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "host/session-prepare.h"
#include "tool/configured.h"

enum { READY = 3 }; /* the program waits at its other end */

static void refuse(const char *session, const char *why)
{
	fprintf(stderr, "sonde: %s; the program runs unwatched\n", why);
	session_abandon(session);
}

/* A plugin that cannot work is told of like a mistake, but does not stop the others. */
static void say_troubles(const struct configuration *configuration)
{
	for (size_t i = 0; i < configuration->n_plugins; i++)
		if (configuration->plugins[i]->trouble)
			fprintf(stderr, "sonde: plugin %s: %s\n",
				configuration->plugins[i]->common->name,
				configuration->plugins[i]->trouble);
}

const char *detached_path(const struct detached *session)
{
	return session->moved[0] ? session->moved : session->made;
}

/* To where the configuration wants it. The one that the program has made stays until it is told. */
static int move(struct detached *session, const char *where)
{
	int result = where && *where ? session_copy(session->made, where, session->moved) : 0;

	if (result < 0)
		session->moved[0] = '\0';
	return result;
}

/* 0, or a negative errno after saying why. */
static int prepare(struct detached *session, const struct configuration *configuration)
{
	char why[PATH_MAX + 64];
	int result = session_prepare(session->made, configuration);

	if (result < 0) {
		refuse(session->made, strerror(-result));
		return result;
	}
	result = move(session, configuration->directory);
	if (result < 0) {
		snprintf(why, sizeof(why), "session.directory: %s: %s", configuration->directory,
			 strerror(-result));
		refuse(session->made, why);
	}
	return result;
}

bool detached_load(struct detached *session, struct configuration *ret_configuration)
{
	struct complaints complaints = {0};
	int result = configured_read(NULL, NULL, ret_configuration, &complaints);
	bool is_known = complaints.errors.n_lines > 0;

	if (result < 0) {
		refuse(session->made, is_known ? complaints.errors.lines[0] : strerror(-result));
	} else {
		result = prepare(session, ret_configuration);
		if (result == 0)
			say_troubles(ret_configuration);
	}
	complaints_deinit(&complaints);
	return result == 0;
}

void detached_say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsyslog(LOG_NOTICE, format, arguments);
	va_end(arguments);
}

/* All at once: it is shorter than what a pipe takes so. */
static bool tell(const struct detached *session)
{
	/* Who has ended, or waits no longer, is not to be our end. */
	signal(SIGPIPE, SIG_IGN);
	return write(READY, session->moved, strlen(session->moved) + 1) > 0;
}

void detached_release(struct detached *session)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	fflush(stderr);
	bool is_told = tell(session);
	bool is_late = session->moved[0] && !is_told;

	if (session->moved[0])
		session_abandon(is_told ? session->made : session->moved);
	if (!is_told)
		session->moved[0] = '\0';
	close(READY);
	dup2(nothing, STDERR_FILENO);
	closefrom(READY);
	openlog("sonde", LOG_PID, LOG_USER);
	if (is_late)
		detached_say("session.directory came too late: the session is %s", session->made);
}
