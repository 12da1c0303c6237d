// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/detached.h"

#include <errno.h>
#include <fcntl.h>
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

bool detached_load(const char *session, struct configuration *ret_configuration)
{
	struct complaints complaints = {0};
	int result = configured_read(NULL, NULL, ret_configuration, &complaints);
	bool is_known = complaints.errors.n_lines > 0;

	if (result < 0) {
		refuse(session, is_known ? complaints.errors.lines[0] : strerror(-result));
	} else {
		result = session_prepare(session, ret_configuration);
		if (result < 0)
			refuse(session, strerror(-result));
		else
			say_troubles(ret_configuration);
	}
	complaints_deinit(&complaints);
	return result == 0;
}

void detached_release(void)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	fflush(stderr);
	if (write(READY, "", 1) < 0)
		errno = 0; /* it has ended, or waits no longer */
	close(READY);
	dup2(nothing, STDERR_FILENO);
	closefrom(READY);
	openlog("sonde", LOG_PID, LOG_USER);
}

void detached_say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsyslog(LOG_NOTICE, format, arguments);
	va_end(arguments);
}
