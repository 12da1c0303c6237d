// SPDX-License-Identifier: MIT
/*
 * gzip.h - packs a text while it is written, so that it is never there as a whole.
 *
 *     gzip_init(&gzip, &buffer) -> gzip_take... -> gzip_finish -> gzip_deinit
 */
#ifndef SONDE_PLUGINS_SHARED_GZIP_H
#define SONDE_PLUGINS_SHARED_GZIP_H

#include <zlib.h>

#include "shared/buffer.h"

struct gzip {
	struct buffer *out;
	z_stream stream;
};

/* What is packed is appended to the buffer. 0 or -ENOMEM; then nothing is to be deinitialised. */
int gzip_init(struct gzip *gzip, struct buffer *out);
void gzip_deinit(struct gzip *gzip);

/* A sonde_write_function. 0 or -ENOMEM. */
int gzip_take(void *gzip, const void *data, size_t size);

/* Writes what was kept back, and the end. 0 or -ENOMEM. */
int gzip_finish(struct gzip *gzip);

#endif
