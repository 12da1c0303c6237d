// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/profile.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "format/file-sink.h"
#include "format/stacks-chrome.h"
#include "format/stacks-folded.h"
#include "format/stacks-pprof.h"

enum { GZIP = 16 + MAX_WBITS };

static const char *const formats[] = {"folded", "pprof", "chrome"};

const char *profile_format_name(size_t index)
{
	return index < sizeof(formats) / sizeof(formats[0]) ? formats[index] : NULL;
}

/* All of it comes at once. */
static int write_compressed(void *file, const void *data, size_t size)
{
	z_stream stream = {.next_in = (Bytef *)data, .avail_in = (uInt)size};
	const struct format_sink sink = file_sink(file);
	unsigned char piece[4096];
	int status = Z_OK;
	int result = 0;

	if (size > UINT32_MAX)
		return -EFBIG;
	if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	while (result == 0 && status == Z_OK) {
		stream.next_out = piece;
		stream.avail_out = sizeof(piece);
		status = deflate(&stream, Z_FINISH);
		result = sink.write(sink.argument, piece, sizeof(piece) - stream.avail_out);
	}
	deflateEnd(&stream);
	return result;
}

int profile_write(const struct recording *recording, const char *format, enum stack_value value, FILE *stream)
{
	const struct format_sink plain = file_sink(stream);
	const struct format_sink compressed = {.write = write_compressed, .argument = stream};

	if (strcmp(format, "folded") == 0)
		return stacks_folded_write(recording, value, &plain);
	if (strcmp(format, "pprof") == 0)
		return stacks_pprof_write(recording, &compressed);
	if (strcmp(format, "chrome") == 0)
		return stacks_chrome_write(recording, &plain);
	return -ENOENT;
}
