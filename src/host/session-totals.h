// SPDX-License-Identifier: MIT
/*
 * session-totals.h - what a host has added up, kept beside the session's file.
 *
 * A host adds up the regions of processes that have ended and removes them. When it is killed, what it had in its
 * memory would be lost; so a region is removed only when the totals that it is in have been written:
 *
 *     /dev/shm/sonde-UID/ID/totals
 *
 *             sonde totals 2 N M
 *             OFFSET PID STARTED      N lines: regions that are in the totals and may be in the file, too
 *             ...                     M images that others may come from: host/family-file.h
 *             { ... }                 the recording (format/recording-json.h)
 *
 * The file is replaced as a whole. Whoever looks at a session adds to it the regions that it does not name.
 */
#ifndef SONDE_HOST_SESSION_TOTALS_H
#define SONDE_HOST_SESSION_TOTALS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "host/region-list.h"
#include "model/family.h"
#include "model/recording.h"

/* Regions that totals have. All zero: none. */
struct added_regions {
	struct region_entry *entries; /* of which place, process and start matter */
	size_t n_entries;
};

/* 0 or -ENOMEM. */
int added_regions_add(struct added_regions *added, const struct region_entry *entry);
bool added_regions_have(const struct added_regions *added, const struct region_entry *entry);
void added_regions_deinit(struct added_regions *added);

/*
 * Writes totals in place of those that are there, which takes room for both. How many bytes they have, or a negative
 * errno; the old ones are then there still.
 */
int64_t session_totals_write(const char *directory, const struct recording *totals,
			     const struct added_regions *added, const struct family *family);

/*
 * Reads them; both are the caller's, and the family learns what the host's knew. 0; or -ENOENT: there are none; or another negative errno, -EBADMSG for what
 * nobody of us wrote.
 */
int session_totals_read(const char *directory, struct recording *ret_totals,
			struct added_regions *ret_added, struct family *family);

/* Which totals are there now: to look whether they have been replaced meanwhile. All zero: none. */
struct totals_mark {
	ino_t inode;
	struct timespec written;
};
struct totals_mark session_totals_mark(const char *directory);
bool totals_mark_is(const struct totals_mark *a, const struct totals_mark *b);

void session_totals_remove(const char *directory);

#endif
