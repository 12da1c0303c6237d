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

enum { AT_A_TIME = 16 }; /* names */

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

/* Some further names. */
static void read_needed(struct program_file *file, struct needed *needed)
{
	ElfW(Dyn) entry;

	for (needed->n = 0; needed->n < AT_A_TIME; needed->next++) {
		needed->has_more = program_file_read_dynamic(file, needed->next, &entry);
		if (!needed->has_more)
			return;
		if (entry.d_tag == DT_NEEDED)
			needed->names[needed->n++] = entry.d_un.d_val;
	}
}

void sanitizer_find(struct program_file *file, char ret_name[SANITIZER_NAME_SIZE])
{
	long strings = program_file_find_strings(file);
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
