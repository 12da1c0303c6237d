// SPDX-License-Identifier: MIT
/*
 * gzip-piece.h - a gzip file in pieces that are compressed apart from each other, and so by several
 * threads.
 *
 *     the head, GZIP_HEAD_SIZE bytes
 *     a piece for each part of the text, in order
 *     the end, GZIP_END_SIZE bytes
 *
 * is one member of RFC 1952: nobody who reads it sees the seams. A piece refers to the text right
 * before its own, which has to be there, but not to have been compressed. The same parts always
 * become the same bytes.
 */
#ifndef SONDE_TOOL_GZIP_PIECE_H
#define SONDE_TOOL_GZIP_PIECE_H

#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

enum {
	GZIP_HEAD_SIZE = 10,
	GZIP_END_SIZE = 10,
	GZIP_WINDOW = 32768, /* what a piece may refer to */
};

extern const unsigned char gzip_head[GZIP_HEAD_SIZE];

/* A stream makes pieces one after another, on one thread at a time, without allocating. 0 or
 * -ENOMEM. */
int gzip_stream_init(z_stream *stream);
void gzip_stream_deinit(z_stream *stream);

/* How much room the piece of so much text needs at most. */
size_t gzip_piece_room(size_t text_size);

/* A part of the text; `before` is what stands before it, GZIP_WINDOW bytes or all there is. */
struct gzip_part {
	const char *text;
	size_t size;
	const char *before;
	size_t before_size;
};

/* Compresses a part into that much room. The size of its piece; 0: it is not to be had. */
size_t gzip_piece_make(z_stream *stream, const struct gzip_part *part, unsigned char *piece,
		       size_t room);

/* The end of a file whose text has this CRC and size. */
void gzip_end_make(uint32_t crc, uint64_t text_size, unsigned char ret_end[GZIP_END_SIZE]);

#endif
