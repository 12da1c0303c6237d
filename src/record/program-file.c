// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/program-file.h"

#include "base/raw.h"

#include <elf.h>

#if defined(__x86_64__)
#define OUR_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OUR_MACHINE EM_AARCH64
#endif

/* The window begins a little before what is asked for: names are looked up in no order. */
enum { WINDOW_STEP = 256 };

void program_file_init(struct program_file *file, int fd)
{
	__builtin_memset(file, 0, offsetof(struct program_file, window));
	file->fd = fd;
}

static bool is_in_window(const struct program_file *file, long offset, size_t size)
{
	return offset >= file->start && (size_t)(offset - file->start) + size <= file->size;
}

static void move_window(struct program_file *file, long offset)
{
	long size = raw_pread(file->fd, file->window, sizeof(file->window), offset & ~(long)(WINDOW_STEP - 1));

	file->start = offset & ~(long)(WINDOW_STEP - 1);
	file->size = size > 0 ? (size_t)size : 0;
}

size_t program_file_read(struct program_file *file, long offset, void *buf, size_t size)
{
	if (offset < 0)
		return 0;
	if (!is_in_window(file, offset, size))
		move_window(file, offset);
	size_t before = (size_t)(offset - file->start);
	size_t n = before < file->size ? file->size - before : 0;

	n = n < size ? n : size;
	__builtin_memcpy(buf, file->window + before, n);
	return n;
}

static void note_segment(struct program_file *file, const ElfW(Phdr) *header)
{
	struct program_segment segment = {
		.offset = (long)header->p_offset,
		.size = header->p_filesz,
		.address = header->p_vaddr,
	};

	if (header->p_type == PT_INTERP && !file->interpreter.size)
		file->interpreter = segment;
	else if (header->p_type == PT_DYNAMIC)
		file->dynamic = segment;
	else if (header->p_type == PT_LOAD && file->n_loaded < PROGRAM_LOADED)
		file->loaded[file->n_loaded++] = segment;
}

bool program_file_find_segments(struct program_file *file)
{
	ElfW(Ehdr) header;
	ElfW(Phdr) segment;

	if (program_file_read(file, 0, &header, sizeof(header)) != sizeof(header) ||
	    header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != OUR_MACHINE)
		return false;
	for (int i = 0; i < header.e_phnum && i < PROGRAM_SEGMENTS; i++) {
		long offset = (long)(header.e_phoff + (size_t)i * header.e_phentsize);

		if (program_file_read(file, offset, &segment, sizeof(segment)) != sizeof(segment))
			break;
		note_segment(file, &segment);
	}
	return true;
}

bool program_file_read_dynamic(struct program_file *file, int i, ElfW(Dyn) *ret_entry)
{
	size_t offset = (size_t)i * sizeof(*ret_entry);

	return i < PROGRAM_DYNAMIC && offset + sizeof(*ret_entry) <= file->dynamic.size &&
	       program_file_read(file, file->dynamic.offset + (long)offset, ret_entry, sizeof(*ret_entry)) ==
		       sizeof(*ret_entry) &&
	       ret_entry->d_tag != DT_NULL;
}

long program_file_find_strings(struct program_file *file)
{
	ElfW(Dyn) entry;

	for (int i = 0; program_file_read_dynamic(file, i, &entry); i++)
		if (entry.d_tag == DT_STRTAB)
			return program_file_offset(file, entry.d_un.d_ptr);
	return -1;
}

long program_file_offset(const struct program_file *file, ElfW(Addr) address)
{
	for (int i = 0; i < file->n_loaded; i++) {
		const struct program_segment *segment = &file->loaded[i];

		if (address >= segment->address && address - segment->address < segment->size)
			return (long)(address - segment->address) + segment->offset;
	}
	return -1;
}
