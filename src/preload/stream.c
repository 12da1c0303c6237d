// SPDX-License-Identifier: MIT
#include "config.h"

#include "preload/stream.h"

#include <errno.h>

int stream_descriptor(FILE *stream)
{
	int code = errno;
	int fd = stream ? fileno_unlocked(stream) : -1;

	errno = code;
	return fd;
}

int directory_descriptor(DIR *directory)
{
	int code = errno;
	int fd = directory ? dirfd(directory) : -1;

	errno = code;
	return fd;
}
