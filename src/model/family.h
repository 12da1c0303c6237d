// SPDX-License-Identifier: MIT
/*
 * family.h - which process of a session came from which, and so to which test and labels it belongs.
 *
 * An image (a process between its fork or exec and the next exec or its end) is made known by its header, the
 * parent before the child. What it belongs to is decided then, and stays:
 *
 *   - labels: its own; where it has none, those of what it came from;
 *   - the test: a label `test`, a test of pytest, or a mark of its command line (model/test-rule.h) that is its own
 *     and not its parent's; else the test of what it came from.
 *
 * What it came from is the image that it was forked or executed by. A process that ran unwatched in between is a
 * gap, over which only labels go.
 *
 * Images that have ended are remembered for a while, as their children may come to be known later; FAMILY_ENDED of
 * them, so that memory follows the processes that live. Not safe for use by several threads at once.
 */
#ifndef SONDE_MODEL_FAMILY_H
#define SONDE_MODEL_FAMILY_H

#include "record/region.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FAMILY_ENDED = 4096 };

struct family;

/* What an image belongs to. */
struct membership {
	const char *test;   /* NULL: to none */
	const char *labels; /* as text, see model/labels.h; "" */
};

/* `test` is the one of what belongs to no other, or NULL. NULL without memory. */
struct family *family_new(const char *test);
struct family *family_free(struct family *family);

/*
 * Makes an image known, if it is not, by the first `size` bytes of its region, at least those of a header; they need
 * not have been checked, but its command ends with NUL. FAMILY_ORPHAN: nothing is known of what it came from, and unless `may_be_orphan` it is not
 * known now either. 0, FAMILY_ORPHAN or -ENOMEM.
 */
enum { FAMILY_ORPHAN = 1 };
int family_add(struct family *family, const struct region_header *header, size_t size, bool may_be_orphan);

/* Of an image that is known. NULL: it is not. It lives as long as the image is remembered. */
const struct membership *family_find(const struct family *family, int pid, int64_t started_ns);

/* The image has ended, and its region says no more. ended_ns 0: it went on as another program. */
void family_end(struct family *family, int pid, int64_t started_ns, int64_t ended_ns);

#endif
