// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/region-list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/process-state.h"
#include "record/region.h"

static bool is_region_name(const char *name)
{
	size_t len = strlen(name);
	size_t suffix_len = strlen(REGION_SUFFIX);

	return len > suffix_len && strcmp(name + len - suffix_len, REGION_SUFFIX) == 0;
}

/* Nothing here is trusted but for deciding when to look: the region reader checks it all again. */
static void read_header(int dirfd, struct region_entry *entry)
{
	struct region_header header;
	int fd = openat(dirfd, entry->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return;
	ssize_t size = pread(fd, &header, sizeof(header), 0);

	close(fd);
	if (size != sizeof(header) ||
	    memcmp(header.magic, REGION_MAGIC, sizeof(header.magic)) != 0 ||
	    header.version != REGION_VERSION)
		return;
	entry->has_header = true;
	entry->pid = header.pid;
	entry->is_foreign = header.flags & REGION_FOREIGN_NAMESPACE;
	entry->is_executed = header.state == REGION_EXECUTED;
	entry->started_ns = header.started_ns;
}

static int add_entry(struct region_list *list, int dirfd, const char *name)
{
	/* Room grows in steps of powers of two. */
	if ((list->n_entries & (list->n_entries - 1)) == 0) {
		size_t room = list->n_entries ? list->n_entries * 2 : 16;
		struct region_entry *entries = realloc(list->entries, room * sizeof(*entries));

		if (!entries)
			return -ENOMEM;
		list->entries = entries;
	}
	struct region_entry *entry = &list->entries[list->n_entries++];

	*entry = (struct region_entry){.pid = atoi(name)};
	snprintf(entry->name, sizeof(entry->name), "%s", name);
	read_header(dirfd, entry);
	return 0;
}

static bool is_same_process(const struct region_entry *a, const struct region_entry *b)
{
	return a->is_foreign == b->is_foreign && a->pid == b->pid;
}

static int compare_entries(const void *left, const void *right)
{
	const struct region_entry *a = left;
	const struct region_entry *b = right;

	if (a->is_foreign != b->is_foreign)
		return a->is_foreign - b->is_foreign;
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	return (a->started_ns > b->started_ns) - (a->started_ns < b->started_ns);
}

static void order(struct region_list *list)
{
	if (list->n_entries)
		qsort(list->entries, list->n_entries, sizeof(*list->entries), compare_entries);
	for (size_t i = 0; i < list->n_entries; i++)
		list->entries[i].is_newest =
			i + 1 == list->n_entries ||
			!is_same_process(&list->entries[i], &list->entries[i + 1]);
}

int region_list_read(int dirfd, struct region_list *ret_list)
{
	struct region_list list = {0};
	/* A descriptor of its own: the position of a directory's descriptor is shared with its
	 * copies. */
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *found;
	int result = directory ? 0 : -errno;

	if (!directory) {
		if (fd >= 0)
			close(fd);
		return result;
	}
	while (result == 0 && (found = readdir(directory)))
		if (is_region_name(found->d_name))
			result = add_entry(&list, dirfd, found->d_name);
	closedir(directory);
	if (result < 0) {
		region_list_deinit(&list);
		return result;
	}
	order(&list);
	*ret_list = list;
	return 0;
}

void region_list_deinit(struct region_list *list)
{
	free(list->entries);
	*list = (struct region_list){0};
}

bool region_entry_is_running(const struct region_entry *entry)
{
	if (!entry->has_header || entry->is_foreign)
		return true;
	if (entry->is_executed && !entry->is_newest)
		return false;
	return !process_has_ended(entry->pid, entry->started_ns);
}
