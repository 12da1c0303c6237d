// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/session-map.h"

#include <unistd.h>

int session_map(const char *directory, struct session_file **ret_file)
{
	int fd = session_open_file(directory);

	if (fd < 0)
		return fd;
	int result = session_map_file(fd, NULL, ret_file);

	close(fd);
	return result;
}
