// SPDX-License-Identifier: MIT
/*
 * region-list.h - the regions of a session.
 */
#ifndef SONDE_HOST_REGION_LIST_H
#define SONDE_HOST_REGION_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct region_entry {
	uint64_t offset;  /* in the session's file */
	int pid;
	bool has_header;  /* false: just being made, or damaged; then only the offset is known */
	bool is_lent;     /* its place may not be taken by others: somebody may still write there */
	bool is_foreign;  /* pid is not a number of the session's pid namespace */
	bool is_executed; /* the process went on as another program */
	bool is_newest;	  /* no later region has the same pid */
	int64_t started_ns; /* CLOCK_BOOTTIME */
	uint64_t size;	    /* bytes that it says it has; at most its room */
};

struct region_list {
	struct region_entry *entries;
	size_t n_entries;
};

/*
 * Lists the regions in an open session file, each with room for `capacity` bytes, the images of one process in
 * their order. Those in the places `without` are not looked at, which costs nothing; NULL for none. 0, -EPROTO for an
 * impossible capacity, or another negative errno.
 */
struct place_set;
int region_list_read(int fd, uint64_t capacity, const struct place_set *without, struct region_list *ret_list);
void region_list_deinit(struct region_list *list);

/*
 * Reads a listed region: region_read(). -ENODATA also if its place belongs to another process by now: who found that
 * it has two regions, because a signal handler made one while the first was being made, gives one of them back. The
 * entry then says what the region says: it may have been lent since it was listed.
 */
struct region_image;
struct message;
int region_entry_read(struct region_entry *entry, int fd, uint64_t capacity,
		      struct region_image **ret_image, struct message *ret_message);

/* Gives back the memory of a region; it is not counted any more. Tells whether its place is empty now. */
bool region_entry_remove(const struct region_entry *entry, int fd, uint64_t capacity);

/* Whether more may be recorded in the region. One whose pid means nothing to us counts as running.
 */
bool region_entry_is_running(const struct region_entry *entry);

#endif
