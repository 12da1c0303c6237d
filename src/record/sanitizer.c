// SPDX-License-Identifier: MIT
/*
 * The program names what it is linked with in its dynamic section, as offsets into a table of strings; where that
 * lies in the file follows from the segments. Nothing in the file is trusted: what is read lands in small buffers.
 */
#include "config.h"

#include "record/sanitizer.h"

#include "base/raw.h"
#include "base/text.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>

enum {
	SEGMENTS = 64,   /* looked at */
	ENTRIES = 128,   /* of the dynamic section, looked at */
	AT_A_TIME = 8,   /* entries read at once */
};

struct image {
	int fd;
	ElfW(Ehdr) header;
};

/* A part of the dynamic section, and where in the file it continues. */
struct entries {
	long next;
	long end;
	int n_left; /* that may still be looked at */
	int n;
	int i;
	ElfW(Dyn) part[AT_A_TIME];
};

bool sanitizer_is_runtime(const char *name)
{
	return text_starts_with(name, "libasan.so") || text_starts_with(name, "libtsan.so") ||
	       text_starts_with(name, "libclang_rt.asan") || text_starts_with(name, "libclang_rt.tsan");
}

static bool read_segment(const struct image *image, int i, ElfW(Phdr) *ret_segment)
{
	long offset = (long)(image->header.e_phoff + (size_t)i * image->header.e_phentsize);

	return i < image->header.e_phnum && i < SEGMENTS &&
	       raw_pread(image->fd, ret_segment, sizeof(*ret_segment), offset) == sizeof(*ret_segment);
}

/* Where in the file an address of the program lies; -1: nowhere. */
static long file_offset(const struct image *image, uint64_t address)
{
	ElfW(Phdr) segment;

	for (int i = 0; read_segment(image, i, &segment); i++)
		if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
		    address - segment.p_vaddr < segment.p_filesz)
			return (long)(address - segment.p_vaddr + segment.p_offset);
	return -1;
}

static struct entries dynamic_entries(const struct image *image)
{
	struct entries entries = {.n_left = ENTRIES};
	ElfW(Phdr) segment;

	for (int i = 0; read_segment(image, i, &segment); i++)
		if (segment.p_type == PT_DYNAMIC) {
			entries.next = (long)segment.p_offset;
			entries.end = (long)(segment.p_offset + segment.p_filesz);
		}
	return entries;
}

/* NULL: there is no further one. */
static const ElfW(Dyn) *next_entry(const struct image *image, struct entries *entries)
{
	if (entries->i == entries->n) {
		if (entries->next >= entries->end)
			return NULL;
		long size = raw_pread(image->fd, entries->part, sizeof(entries->part), entries->next);

		entries->n = size > 0 ? (int)((size_t)size / sizeof(entries->part[0])) : 0;
		entries->i = 0;
		entries->next += (long)sizeof(entries->part);
	}
	if (entries->i == entries->n || entries->n_left-- == 0)
		return NULL;
	const ElfW(Dyn) *entry = &entries->part[entries->i++];

	return entry->d_tag == DT_NULL ? NULL : entry;
}

static long find_strings(const struct image *image)
{
	struct entries entries = dynamic_entries(image);
	const ElfW(Dyn) *entry;

	while ((entry = next_entry(image, &entries)))
		if (entry->d_tag == DT_STRTAB)
			return file_offset(image, entry->d_un.d_ptr);
	return -1;
}

static void find_needed(const struct image *image, char ret_name[SANITIZER_NAME_SIZE])
{
	long strings = find_strings(image);
	struct entries entries = dynamic_entries(image);
	const ElfW(Dyn) *entry;

	while (strings >= 0 && (entry = next_entry(image, &entries))) {
		if (entry->d_tag != DT_NEEDED)
			continue;
		long len = raw_pread(image->fd, ret_name, SANITIZER_NAME_SIZE - 1,
				     strings + (long)entry->d_un.d_val);

		ret_name[len > 0 ? len : 0] = '\0';
		if (sanitizer_is_runtime(ret_name))
			return;
	}
	ret_name[0] = '\0';
}

void sanitizer_find(int fd, char ret_name[SANITIZER_NAME_SIZE])
{
	struct image image = {.fd = fd};

	ret_name[0] = '\0';
	if (raw_pread(fd, &image.header, sizeof(image.header), 0) == sizeof(image.header))
		find_needed(&image, ret_name);
}
