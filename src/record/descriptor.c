// SPDX-License-Identifier: MIT
/*
 * A thread that asks the kernel writes a mark of its own first, and puts the answer in its place only if it is
 * still there: who closed the descriptor meanwhile has removed it, and the answer is about what was.
 */
#include "config.h"

#include "record/descriptor.h"

#include "base/compiler.h"
#include "base/raw.h"
#include "record/filter.h"
#include "record/startup.h"

#include <stdbool.h>
#include <sys/sysmacros.h>

enum {
	DESCRIPTORS = DESCRIPTORS_NEAR + DESCRIPTORS_FAR,
	MARK = 0x80, /* more than any kind; the other bits tell one who asks from the next */
};

static KEPT bool may_not_ask;

void descriptor_may_ask(bool may_ask)
{
	may_not_ask = !may_ask;
}

bool descriptor_may_be_asked(void)
{
	return !may_not_ask;
}

bool descriptor_may_be_asked_of_memory(void)
{
	return !may_not_ask && !startup_is_simulated();
}

/* NULL: there is no room for a note about it. */
static uint8_t *note_of(int fd)
{
	if ((unsigned int)fd < DESCRIPTORS_NEAR)
		return &process.descriptors[fd];
	if ((unsigned int)fd < DESCRIPTORS)
		return &process.far_descriptors[fd - DESCRIPTORS_NEAR];
	return NULL;
}

static bool is_terminal(unsigned int major_number)
{
	enum { TTY = 4, TTY_AUX = 5, PTY_FIRST = 128, PTY_LAST = 143 };

	return major_number == TTY || major_number == TTY_AUX ||
	       (major_number >= PTY_FIRST && major_number <= PTY_LAST);
}

static enum descriptor_kind kind_of_status(const struct stat *status)
{
	switch (status->st_mode & S_IFMT) {
	case S_IFREG:
		return DESCRIPTOR_FILE;
	case S_IFSOCK:
		return DESCRIPTOR_SOCKET;
	case S_IFIFO:
		return DESCRIPTOR_PIPE;
	case S_IFCHR:
		return is_terminal(major(status->st_rdev)) ? DESCRIPTOR_TERMINAL : DESCRIPTOR_DEVICE;
	case S_IFBLK:
		return DESCRIPTOR_DEVICE;
	default:
		return DESCRIPTOR_OTHER;
	}
}

/* UNKNOWN: it is not open. */
static enum descriptor_kind ask_kernel(int fd)
{
	struct stat status;

	return raw_fstat(fd, &status) < 0 ? DESCRIPTOR_UNKNOWN : kind_of_status(&status);
}

bool descriptor_is_ours(void)
{
	struct region_header *region = recorder_region();

	return !process.lends_memory || (region && region->pid == process_number());
}

/* What lies above the end was never noted, and needs neither to be forgotten nor to be touched. */
static bool is_above_end(int fd)
{
	return (uint32_t)fd >= __atomic_load_n(&process.far_end, __ATOMIC_RELAXED);
}

static void grow_far_end(int fd)
{
	uint32_t end = __atomic_load_n(&process.far_end, __ATOMIC_RELAXED);

	while ((uint32_t)fd >= end &&
	       !__atomic_compare_exchange_n(&process.far_end, &end, (uint32_t)fd + 1, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		continue;
}

/* Asks, and keeps the answer if it is still about the same descriptor when it comes. */
static enum descriptor_kind learn(int fd, uint8_t *note, uint8_t seen)
{
	uint8_t mark = MARK | __atomic_add_fetch(&process.last_mark, 1, __ATOMIC_RELAXED);

	if (!__atomic_compare_exchange_n(note, &seen, mark, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return ask_kernel(fd);
	enum descriptor_kind kind = ask_kernel(fd);

	/* The mark is taken away also where there is no answer to keep. */
	__atomic_compare_exchange_n(note, &mark, (uint8_t)kind, false, __ATOMIC_ACQ_REL,
				    __ATOMIC_RELAXED);
	return kind;
}

enum descriptor_kind descriptor_find(int fd)
{
	uint8_t *note = note_of(fd);
	uint8_t seen = note ? __atomic_load_n(note, __ATOMIC_RELAXED) : 0;

	if (seen && seen < DESCRIPTOR_KINDS)
		return seen;
	if (!note || may_not_ask)
		return DESCRIPTOR_UNKNOWN;
	if (!descriptor_is_ours())
		return ask_kernel(fd);
	if (fd >= DESCRIPTORS_NEAR)
		grow_far_end(fd);
	return learn(fd, note, seen);
}

void descriptor_note_far(int fd, enum descriptor_kind kind)
{
	uint8_t *note = note_of(fd);

	if (!note || (kind == DESCRIPTOR_UNKNOWN && is_above_end(fd)))
		return;
	grow_far_end(fd);
	__atomic_store_n(note, (uint8_t)kind, __ATOMIC_RELAXED);
}

void descriptor_opened_pair(const int pair[2], enum descriptor_kind kind)
{
	if (!filter_lets_read(pair, 2 * sizeof(*pair)))
		return;
	descriptor_opened(pair[0], kind);
	descriptor_opened(pair[1], kind);
}

void descriptor_closed_range(int first, int last)
{
	for (int fd = first; fd >= 0 && (last < 0 || fd <= last); fd++) {
		if (fd >= DESCRIPTORS_NEAR && is_above_end(fd))
			break;
		descriptor_closed(fd);
	}
	object_forget_range(first, last);
}
