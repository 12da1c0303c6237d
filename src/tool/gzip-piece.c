// SPDX-License-Identifier: MIT
/*
 * A piece is deflate blocks and an empty stored one behind them, which ends at a byte
 * (Z_SYNC_FLUSH): so pieces can be put one behind the other. None of their blocks is the last of
 * the file, that is an empty one in the end. What a compressor that goes on would still have in its
 * window is given to each anew. pigz does the same.
 */
#include "config.h"

#include "tool/gzip-piece.h"

#include <errno.h>
#include <string.h>

enum {
	LEVEL = 2, /* of 9: the default takes four times as long, for two thirds of the bytes */
	RAW_WINDOW_BITS = -15,
	MEMORY_LEVEL = 8,
	FLUSH_ROOM = 16, /* the empty block, and a byte more: a full output may not be all */
};

/* Deflate; no flags, no time, nothing special about the level; Unix: as gzopen() writes it. */
const unsigned char gzip_head[GZIP_HEAD_SIZE] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};

int gzip_stream_init(z_stream *stream)
{
	*stream = (z_stream){0};
	return deflateInit2(stream, LEVEL, Z_DEFLATED, RAW_WINDOW_BITS, MEMORY_LEVEL,
			    Z_DEFAULT_STRATEGY) == Z_OK
		       ? 0
		       : -ENOMEM;
}

void gzip_stream_deinit(z_stream *stream)
{
	deflateEnd(stream);
}

size_t gzip_piece_room(size_t text_size)
{
	return compressBound(text_size) + FLUSH_ROOM;
}

size_t gzip_piece_make(z_stream *stream, const struct gzip_part *part, unsigned char *piece,
		       size_t room)
{
	if (deflateReset(stream) != Z_OK ||
	    (part->before_size && deflateSetDictionary(stream, (const Bytef *)part->before,
						       (uInt)part->before_size) != Z_OK))
		return 0;
	stream->next_in = (z_const Bytef *)part->text;
	stream->avail_in = (uInt)part->size;
	stream->next_out = piece;
	stream->avail_out = (uInt)room;
	/* It is complete only when there is room left. */
	if (deflate(stream, Z_SYNC_FLUSH) != Z_OK || stream->avail_in || !stream->avail_out)
		return 0;
	return room - stream->avail_out;
}

static void put_number(unsigned char *place, uint32_t number)
{
	for (unsigned int i = 0; i < 4; i++)
		place[i] = (unsigned char)(number >> 8 * i);
}

void gzip_end_make(uint32_t crc, uint64_t text_size, unsigned char ret_end[GZIP_END_SIZE])
{
	static const unsigned char last_block[] = {3, 0};

	memcpy(ret_end, last_block, sizeof(last_block));
	put_number(ret_end + 2, crc);
	put_number(ret_end + 6, (uint32_t)text_size);
}
