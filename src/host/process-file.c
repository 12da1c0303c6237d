// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/process-file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

bool process_file_read(int pid, const char *name, char *buf, size_t size)
{
	char path[64];

	buf[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	ssize_t n = read(fd, buf, size - 1);

	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return n > 0;
}
