// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/region-list.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/place-set.h"
#include "host/process-state.h"
#include "model/region-reader.h"
#include "record/region.h"
#include "record/session.h"

static void read_state(struct region_entry *entry, const struct region_header *header, uint64_t capacity)
{
	entry->size = header->committed < capacity ? header->committed : capacity;
	entry->is_foreign = header->flags & REGION_FOREIGN_NAMESPACE;
	entry->is_lent = header->flags & REGION_LENT;
	entry->is_executed = header->state == REGION_EXECUTED;
}

/* Nothing here is trusted but for deciding when to look: the region reader checks it all again. */
static void read_header(int fd, uint64_t capacity, struct region_entry *entry)
{
	struct region_header header;
	ssize_t size = pread(fd, &header, sizeof(header), (off_t)entry->offset);

	if (size != sizeof(header) ||
	    memcmp(header.magic, REGION_MAGIC, sizeof(header.magic)) != 0 ||
	    header.version != REGION_VERSION)
		return;
	entry->has_header = true;
	entry->pid = header.pid;
	read_state(entry, &header, capacity);
	entry->started_ns = header.started_ns;
}

static int add_entry(struct region_list *list, int fd, uint64_t capacity, uint64_t offset)
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

	*entry = (struct region_entry){.offset = offset};
	read_header(fd, capacity, entry);
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

/* The first place at or behind an offset that is not one of `without`. */
static off_t pass_over(const struct place_set *without, uint64_t capacity, off_t from)
{
	while (without && place_set_has(without, session_place((uint64_t)from, capacity)))
		from += (off_t)capacity;
	return from;
}

/* The place of the first region at or behind an offset that has memory. -ENXIO: there is none. */
static off_t next_region(int fd, uint64_t capacity, const struct place_set *without, off_t from)
{
	for (;;) {
		from = pass_over(without, capacity, from);
		off_t data = lseek(fd, from, SEEK_DATA);

		if (data < 0)
			return -errno;
		from = data - (data - SESSION_HEAD_SIZE) % (off_t)capacity;
		if (pass_over(without, capacity, from) == from)
			return from;
	}
}

int region_list_read(int fd, uint64_t capacity, const struct place_set *without, struct region_list *ret_list)
{
	struct region_list list = {0};
	int result = session_is_region_capacity(capacity) ? 0 : -EPROTO;
	off_t offset = SESSION_HEAD_SIZE;

	while (result == 0) {
		offset = next_region(fd, capacity, without, offset);
		result = offset < 0 ? (int)offset : add_entry(&list, fd, capacity, (uint64_t)offset);
		offset += (off_t)capacity;
	}
	if (result != -ENXIO) {
		region_list_deinit(&list);
		return result;
	}
	order(&list);
	*ret_list = list;
	return 0;
}

static bool is_of(const struct region_header *header, const struct region_entry *entry)
{
	return header->pid == entry->pid && header->started_ns == entry->started_ns;
}

int region_entry_read(struct region_entry *entry, int fd, uint64_t capacity,
		      struct region_image **ret_image, struct message *ret_message)
{
	char name[64];

	snprintf(name, sizeof(name), "region at %" PRIu64, entry->offset);
	int result = region_read(fd, entry->offset, capacity, name, ret_image, ret_message);

	if (result < 0)
		return result;
	if (!entry->has_header || is_of((*ret_image)->header, entry)) {
		read_state(entry, (*ret_image)->header, capacity);
		return 0;
	}
	message_set(ret_message, "%s: now of process %d, no longer of %d", name, (*ret_image)->header->pid, entry->pid);
	region_image_free(*ret_image);
	*ret_image = NULL;
	return -ENODATA;
}

bool region_entry_remove(const struct region_entry *entry, int fd, uint64_t capacity)
{
	static const struct region_header nothing;

	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)entry->offset,
		      (off_t)capacity) == 0)
		return true;
	/* A filesystem without holes: its header is emptied, so that it is not counted again. */
	ssize_t size = pwrite(fd, &nothing, sizeof(nothing), (off_t)entry->offset);

	(void)size;
	return false;
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
