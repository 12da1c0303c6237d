// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/session-prepare.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/session-map.h"
#include "record/session.h"

int session_prepare(const char *directory, const struct configuration *configuration)
{
	struct session_file *file;
	int result = session_map(directory, &file);

	if (result < 0)
		return result;
	configuration_apply(configuration, &file->settings);
	/* Without plugins nobody hosts it. */
	file->settings.future_host = configuration->n_plugins ? getpid() : 0;
	munmap(file, sizeof(*file));
	return 0;
}

int session_copy(const char *directory, const char *where, char *ret_path)
{
	struct session_settings settings;
	struct session_file *file;
	int result = session_map(directory, &file);

	if (result < 0)
		return result;
	settings = file->settings;
	munmap(file, sizeof(*file));
	result = session_make_directory(environ, where, ret_path);
	if (result < 0)
		return result;
	result = session_write_file(ret_path, &settings);
	if (result < 0)
		rmdir(ret_path);
	return result;
}

void session_abandon(const char *directory)
{
	char name[SESSION_PATH_SIZE + sizeof("/" SESSION_FILE)];
	struct session_file *file;

	if (session_map(directory, &file) < 0)
		return;
	session_switch_off(&file->settings);
	munmap(file, sizeof(*file));
	snprintf(name, sizeof(name), "%s/" SESSION_FILE, directory);
	unlink(name);
	rmdir(directory);
}
