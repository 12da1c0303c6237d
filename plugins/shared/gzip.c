// SPDX-License-Identifier: MIT
#include "shared/gzip.h"

#include <errno.h>

enum { WINDOW_BITS = 15, AS_GZIP = 16, MEMORY_LEVEL = 8, PIECE_SIZE = 4096 };

/* The instance's memory is bounded, zlib's share of it too. */
static void *take_memory(void *host, unsigned int n, unsigned int size)
{
	return ((const struct sonde_host *)host)->alloc(host, (size_t)n * size);
}

static void free_memory(void *host, void *memory)
{
	((const struct sonde_host *)host)->free(host, memory);
}

int gzip_init(struct gzip *gzip, struct buffer *out)
{
	*gzip = (struct gzip){
		.out = out,
		.stream = {.zalloc = take_memory,
			   .zfree = free_memory,
			   .opaque = (void *)out->host},
	};
	/* A scrape waits for it, and the names repeat so much that the fastest way packs them well.
	 */
	int result = deflateInit2(&gzip->stream, Z_BEST_SPEED, Z_DEFLATED, WINDOW_BITS + AS_GZIP,
				  MEMORY_LEVEL, Z_DEFAULT_STRATEGY);

	return result == Z_OK ? 0 : -ENOMEM;
}

void gzip_deinit(struct gzip *gzip)
{
	deflateEnd(&gzip->stream);
}

/* Until all that there is has been packed. */
static int pack(struct gzip *gzip, int flush)
{
	unsigned char piece[PIECE_SIZE];
	int result = 0;

	do {
		gzip->stream.next_out = piece;
		gzip->stream.avail_out = sizeof(piece);
		deflate(&gzip->stream, flush);
		result = buffer_take(gzip->out, piece, sizeof(piece) - gzip->stream.avail_out);
	} while (result == 0 && gzip->stream.avail_out == 0);
	return result;
}

int gzip_take(void *argument, const void *data, size_t size)
{
	struct gzip *gzip = argument;

	gzip->stream.next_in = (void *)data;
	gzip->stream.avail_in = (unsigned int)size;
	return pack(gzip, Z_NO_FLUSH);
}

int gzip_finish(struct gzip *gzip)
{
	gzip->stream.avail_in = 0;
	return pack(gzip, Z_FINISH);
}
