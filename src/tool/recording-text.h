// SPDX-License-Identifier: MIT
/*
 * recording-text.h - a recording's document, made once for all the files that it goes to, and
 * compressed while it is being made.
 */
#ifndef SONDE_TOOL_RECORDING_TEXT_H
#define SONDE_TOOL_RECORDING_TEXT_H

#include <stdbool.h>

#include "format/snapshot-format.h"
#include "model/recording.h"

struct text_chunk;

/* All zero: none. */
struct recording_text {
	struct text_chunk *first;
	bool is_compressed; /* too: it can be had both ways */
};

/*
 * Makes the document; compressed, too, where that is wanted: by a thread of its own, which has
 * ended when this returns, and where none can be had without it. 0 or -ENOMEM; to be deinited in
 * any case.
 */
int recording_text_init(struct recording_text *text, const struct recording *recording,
			bool is_compressed);
void recording_text_deinit(struct recording_text *text);

/* Hands it out, as it is or as a gzip file. 0; -EINVAL: it was not to be compressed; or what the
 * sink failed with. */
int recording_text_write(const struct recording_text *text, const struct format_sink *sink);
int recording_text_write_compressed(const struct recording_text *text,
				    const struct format_sink *sink);

#endif
