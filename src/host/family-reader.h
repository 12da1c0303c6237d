// SPDX-License-Identifier: MIT
/*
 * family-reader.h - makes the images that a session's file has regions of known to a family.
 */
#ifndef SONDE_HOST_FAMILY_READER_H
#define SONDE_HOST_FAMILY_READER_H

#include "host/region-list.h"
#include "model/family.h"

#include <stdint.h>

/*
 * Of all regions in an open session file, or at least those of `list`, which was read from it. A region that was not
 * there yet when the list was read, but whose child's was, is found all the same. 0 or a negative errno.
 */
int family_read(struct family *family, int fd, uint64_t capacity, const struct region_list *list);

#endif
