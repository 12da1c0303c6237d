// SPDX-License-Identifier: MIT
/*
 * The program names what it is linked with in its dynamic section, as offsets into a table of strings. Some at a time
 * are looked at, so that the window of the file does not go to and fro between the two.
 */
#include "config.h"

#include "record/sanitizer.h"

#include "base/text.h"
#include "record/program-file.h"

#include <elf.h>
#include <stdint.h>

enum {
	ENTRIES = 128,  /* of the dynamic section, looked at */
	AT_A_TIME = 16, /* names */
};

struct needed {
	int next; /* entry of the dynamic section */
	bool has_more;
	int n;
	uint64_t names[AT_A_TIME]; /* where they begin in the table of strings */
};

bool sanitizer_is_runtime(const char *name)
{
	return text_starts_with(name, "libasan.so") || text_starts_with(name, "libtsan.so") ||
	       text_starts_with(name, "libclang_rt.asan") || text_starts_with(name, "libclang_rt.tsan");
}

/* False: there is none, or it is the end. */
static bool read_entry(struct program_file *file, int i, ElfW(Dyn) *ret_entry)
{
	size_t offset = (size_t)i * sizeof(*ret_entry);

	return i < ENTRIES && offset + sizeof(*ret_entry) <= file->dynamic.size &&
	       program_file_read(file, file->dynamic.offset + (long)offset, ret_entry, sizeof(*ret_entry)) ==
		       sizeof(*ret_entry) &&
	       ret_entry->d_tag != DT_NULL;
}

static long find_strings(struct program_file *file)
{
	ElfW(Dyn) entry;

	for (int i = 0; read_entry(file, i, &entry); i++)
		if (entry.d_tag == DT_STRTAB)
			return program_file_offset(file, entry.d_un.d_ptr);
	return -1;
}

/* Some further names. */
static void read_needed(struct program_file *file, struct needed *needed)
{
	ElfW(Dyn) entry;

	for (needed->n = 0; needed->n < AT_A_TIME; needed->next++) {
		needed->has_more = read_entry(file, needed->next, &entry);
		if (!needed->has_more)
			return;
		if (entry.d_tag == DT_NEEDED)
			needed->names[needed->n++] = entry.d_un.d_val;
	}
}

void sanitizer_find(struct program_file *file, char ret_name[SANITIZER_NAME_SIZE])
{
	long strings = find_strings(file);
	struct needed needed = {.has_more = strings >= 0};

	while (needed.has_more) {
		read_needed(file, &needed);
		for (int i = 0; i < needed.n; i++) {
			size_t len = program_file_read(file, strings + (long)needed.names[i], ret_name,
						       SANITIZER_NAME_SIZE - 1);

			ret_name[len] = '\0';
			if (sanitizer_is_runtime(ret_name))
				return;
		}
	}
	ret_name[0] = '\0';
}
