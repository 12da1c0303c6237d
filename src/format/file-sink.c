// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/file-sink.h"

#include <errno.h>

/* Some streams fail without a word. */
static int stream_error(void)
{
	return errno ? -errno : -EIO;
}

static int write_stream(void *stream, const void *data, size_t size)
{
	errno = 0;
	return fwrite(data, 1, size, stream) == size ? 0 : stream_error();
}

struct format_sink file_sink(FILE *stream)
{
	return (struct format_sink){.write = write_stream, .argument = stream};
}

int file_sink_end(FILE *stream, int result)
{
	if (result < 0)
		return result;
	errno = 0;
	return fflush(stream) == 0 && !ferror(stream) ? 0 : stream_error();
}
