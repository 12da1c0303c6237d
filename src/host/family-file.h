// SPDX-License-Identifier: MIT
/*
 * family-file.h - a family in a file (host/session-totals.h), so that who takes a session over knows what the processes
 * came from whose regions are gone:
 *
 *     PID STARTED ENDED FLAGS HARNESS STARTED_BY TEST LABELS PYTEST
 *     ...
 *
 * for each image, the last three being lengths, -1 for none; the texts themselves follow, one after another, and a
 * newline.
 */
#ifndef SONDE_HOST_FAMILY_FILE_H
#define SONDE_HOST_FAMILY_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "model/family.h"

/* How many images family_file_write() will write. */
size_t family_file_count(const struct family *family);
void family_file_write(const struct family *family, FILE *file);

/* Makes so many images known. 0, -EBADMSG or -ENOMEM. */
int family_file_read(FILE *file, size_t n_images, struct family *family);

#endif
