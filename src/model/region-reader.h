// SPDX-License-Identifier: MIT
/*
 * region-reader.h - a region as memory that can be trusted.
 *
 * A region is written by another process, perhaps at this moment, perhaps by one that crashed,
 * perhaps by one that means harm. The reader therefore works on a private copy of the part that has
 * been committed (a file that somebody shortens cannot hurt it), and checks every reference in that
 * copy once: it must be aligned, lie inside the copy with its whole record, and overlap no other
 * record. References that fail are cut off (set to 0, "none") and counted as damage; strings are
 * ended. After that, whoever has the image follows its references with relative_get() and needs no
 * check of his own:
 *
 *     struct thread_block *thread = relative_get(&image->header->threads);
 *     for (; thread; thread = relative_get(&thread->next))
 *             ...
 *
 * Because no two records overlap, the walk ends, and no counter is seen twice. What an image holds
 * is safe to read, not necessarily true: numbers are the writer's, and any 64-bit value may stand
 * there.
 */
#ifndef SONDE_MODEL_REGION_READER_H
#define SONDE_MODEL_REGION_READER_H

#include "model/message.h"
#include "record/region.h"

#include <stddef.h>
#include <stdint.h>

struct region_image {
	struct region_header *header; /* the start of the copy */
	size_t size;		      /* bytes of the copy */
	uint64_t n_damaged;	      /* references cut off, and values out of range put right */
	struct message damage;	      /* the first of them; empty when there is none */
};

/*
 * Reads the region that lies at `offset` of an open file and has room for `capacity` bytes; `name` is what
 * messages call it. The image is the caller's, to be freed with region_image_free(). A region that is being
 * written is read again a few times before what looks like damage is believed.
 *
 * 0; or, with ret_message (may be NULL) set:
 *   -EPROTO  not a region, or of another version
 *   -ENODATA there is no header: while its process runs, it has recorded nothing yet; or it has been removed
 *   -ENOMEM, and what fstat and pread give
 */
int region_read(int fd, uint64_t offset, uint64_t capacity, const char *name,
		struct region_image **ret_image, struct message *ret_message);

/*
 * The same of a region of our own process, which has it mapped. 0 or -ENOMEM.
 */
int region_copy(const struct region_header *region, struct region_image **ret_image);

/*
 * The arguments in a header, as a list that is ended by NULL: list and words are the caller's, to be freed. NULL:
 * no memory.
 */
char **region_command_words(const struct region_header *header);

/* Frees an image; NULL is fine. Returns NULL. */
struct region_image *region_image_free(struct region_image *image);

#endif
