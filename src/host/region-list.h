// SPDX-License-Identifier: MIT
/*
 * region-list.h - the region files of a session's directory.
 */
#ifndef SONDE_HOST_REGION_LIST_H
#define SONDE_HOST_REGION_LIST_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct region_entry {
	char name[NAME_MAX + 1];
	int pid;
	bool has_header;  /* false: just being made, or damaged; then only name and pid are known */
	bool is_foreign;  /* pid is not a number of the session's pid namespace */
	bool is_executed; /* the process went on as another program */
	bool is_newest;	  /* no later region has the same pid */
	int64_t started_ns; /* CLOCK_BOOTTIME */
};

struct region_list {
	struct region_entry *entries;
	size_t n_entries;
};

/* Lists the regions in a directory, the images of one process in their order. 0 or a negative
 * errno. */
int region_list_read(int dirfd, struct region_list *ret_list);
void region_list_deinit(struct region_list *list);

/* Whether more may be recorded in the region. One whose pid means nothing to us counts as running.
 */
bool region_entry_is_running(const struct region_entry *entry);

#endif
