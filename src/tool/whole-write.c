// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/whole-write.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <unistd.h>

/* Whether to try again. */
static int wait_for_room(int fd, int error)
{
	struct pollfd writable = {.fd = fd, .events = POLLOUT};

	if (error == EINTR)
		return 0;
	if (error != EAGAIN && error != EWOULDBLOCK)
		return -error;
	return poll(&writable, 1, -1) < 0 && errno != EINTR ? -errno : 0;
}

int whole_write(int fd, const void *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);
		int result = n > 0 ? 0 : n == 0 ? -EIO : wait_for_room(fd, errno);

		if (result < 0)
			return result;
		if (n < 0)
			continue;
		data = (const char *)data + n;
		size -= (size_t)n;
	}
	return 0;
}

static ssize_t write_cookie(void *cookie, const char *data, size_t size)
{
	int result = whole_write((int)(intptr_t)cookie, data, size);

	if (result == 0)
		return (ssize_t)size;
	errno = -result;
	return 0;
}

FILE *whole_write_stream(int fd)
{
	static const cookie_io_functions_t functions = {.write = write_cookie};

	return fopencookie((void *)(intptr_t)fd, "w", functions);
}
