// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/process-io.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "rchar: 4292\n" -> 4292 */
static bool find_number(const char *text, const char *label, uint64_t *ret_number)
{
	const char *line = strstr(text, label);

	return line && sscanf(line + strlen(label), "%" SCNu64, ret_number) == 1;
}

void process_io_read(int pid, struct kernel_io *ret_io)
{
	struct kernel_io io = {0};
	char path[32];
	char text[512];

	*ret_io = io;
	snprintf(path, sizeof(path), "/proc/%d/io", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	ssize_t size = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[size > 0 ? size : 0] = '\0';
	io.is_known = find_number(text, "rchar: ", &io.read) &&
		      find_number(text, "wchar: ", &io.written) &&
		      find_number(text, "\nread_bytes: ", &io.storage_read) &&
		      find_number(text, "\nwrite_bytes: ", &io.storage_written);
	if (io.is_known)
		*ret_io = io;
}
