// SPDX-License-Identifier: MIT
/*
 * region-check.h - makes the copy of a region file safe to walk; for region-reader.c.
 */
#ifndef SONDE_MODEL_REGION_CHECK_H
#define SONDE_MODEL_REGION_CHECK_H

#include "model/region-reader.h"

/*
 * Cuts off every reference of the image that does not lead to a whole record of its own, ends
 * strings, and notes what was wrong. The image has a header at least; `name` stands for the file in
 * messages. 0 or -ENOMEM.
 */
int region_check(struct region_image *image, const char *name);

#endif
