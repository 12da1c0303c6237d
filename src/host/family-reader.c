// SPDX-License-Identifier: MIT
/*
 * A list of regions is read from the file's beginning to its end. While that goes on, a process may make its region
 * in a place that was passed already, and its child one in a place to come: the list has the child without the parent.
 * A second list, read afterwards, has both, as the parent's region is there before the child. So who has no parent
 * in the second list has none that we can know.
 */
#include "config.h"

#include "host/family-reader.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "record/region.h"

/* Header and marks are in the first page of a region. */
union page {
	struct region_header header;
	char bytes[REGION_COMMIT_FIRST];
};

static int compare_starts(const void *left, const void *right)
{
	const struct region_entry *a = *(const struct region_entry *const *)left;
	const struct region_entry *b = *(const struct region_entry *const *)right;

	return (a->started_ns > b->started_ns) - (a->started_ns < b->started_ns);
}

/* Those that are not known yet, the earliest first; NULL without memory. */
static const struct region_entry **find_new(const struct family *family, const struct region_list *list, size_t *ret_n)
{
	const struct region_entry **entries = calloc(list->n_entries + 1, sizeof(*entries));

	*ret_n = 0;
	for (size_t i = 0; entries && i < list->n_entries; i++) {
		const struct region_entry *entry = &list->entries[i];

		if (entry->has_header && !family_find(family, entry->pid, entry->started_ns))
			entries[(*ret_n)++] = entry;
	}
	if (entries)
		qsort(entries, *ret_n, sizeof(*entries), compare_starts);
	return entries;
}

static int add(struct family *family, int fd, const struct region_entry *entry, bool may_be_orphan)
{
	union page page;
	ssize_t size = pread(fd, page.bytes, sizeof(page.bytes), (off_t)entry->offset);

	/* Another one has the place by now, or none. */
	if (size < (ssize_t)sizeof(page.header) || page.header.pid != entry->pid ||
	    page.header.started_ns != entry->started_ns)
		return 0;
	page.header.command[REGION_COMMAND_SIZE - 1] = '\0';
	return family_add(family, &page.header, (size_t)size, may_be_orphan);
}

/* 0; FAMILY_ORPHAN: of some the parent is not known; or -ENOMEM. */
static int add_new(struct family *family, int fd, const struct region_list *list, bool may_be_orphans)
{
	size_t n_entries;
	const struct region_entry **entries = find_new(family, list, &n_entries);
	int result = entries ? 0 : -ENOMEM;

	for (size_t i = 0; result >= 0 && i < n_entries; i++) {
		int added = add(family, fd, entries[i], may_be_orphans);

		if (added)
			result = added;
	}
	free(entries);
	return result;
}

int family_read(struct family *family, int fd, uint64_t capacity, const struct region_list *list)
{
	int result = add_new(family, fd, list, false);

	if (result != FAMILY_ORPHAN)
		return result;
	struct region_list again;

	result = region_list_read(fd, capacity, NULL, &again);
	if (result < 0)
		return result;
	result = add_new(family, fd, &again, true);
	region_list_deinit(&again);
	return result < 0 ? result : 0;
}
