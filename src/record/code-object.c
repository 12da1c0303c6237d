// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/code-object.h"

#include "record/startup.h"

#include <elf.h>
#include <link.h>

/* glibc's struct dl_find_object, as it is on the machines that we know. */
struct found_object {
	unsigned long long flags;
	void *start;
	void *end;
	struct link_map *entry;
	void *unwind_header;
	unsigned long long reserved[7];
};

typedef int find_function(void *address, struct found_object *ret_object);

enum {
	FIRST_PAGE = 4096, /* is there for as long as the object is */
	BUILD_ID_MAX = 64,
};

#define NO_FUNCTION ((find_function *)1)

static find_function *known_function;

static find_function *find_find_object(void)
{
	find_function *function = __atomic_load_n(&known_function, __ATOMIC_RELAXED);

	if (function)
		return function;
	function = (find_function *)startup_find_symbol(NULL, "_dl_find_object", NULL);
	if (!function)
		function = NO_FUNCTION;
	__atomic_store_n(&known_function, function, __ATOMIC_RELAXED);
	return function;
}

bool code_object_are_known(void)
{
	return find_find_object() != NO_FUNCTION;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

/* Its name, and what its unwind tables are like: two objects that differ in little can be of one size. */
static uint64_t mark_without_id(const struct code_object *object)
{
	uint64_t words[2] = {0, 0};
	uint64_t hash = 0;

	for (const char *c = object->entry->l_name; *c; c++)
		hash = mix(hash, (unsigned char)*c);
	if (object->unwind_header)
		__builtin_memcpy(words, object->unwind_header + 4, sizeof(words));
	return mix(mix(hash, words[0]), words[1]);
}

/* The build id tells objects apart; where it is not near the object's start, what else is known. */
static uint64_t mark_of(const struct code_object *object)
{
	uint64_t words[2];
	size_t size;
	const uint8_t *id = code_object_build_id(object, &size);
	uint64_t hash;

	if (id && size >= sizeof(words)) {
		__builtin_memcpy(words, id, sizeof(words));
		hash = mix(words[0], words[1]);
	} else {
		hash = mark_without_id(object);
	}
	return mix(mix(hash, object->start), object->end);
}

bool code_object_find(uintptr_t address, struct code_object *ret_object)
{
	find_function *find = find_find_object();
	struct found_object found;

	if (find == NO_FUNCTION || find((void *)address, &found) != 0)
		return false;
	*ret_object = (struct code_object){
		.start = (uintptr_t)found.start,
		.end = (uintptr_t)found.end,
		.bias = found.entry->l_addr,
		.unwind_header = found.unwind_header,
		.entry = found.entry,
	};
	ret_object->mark = mark_of(ret_object);
	return true;
}

static const uint8_t *find_in_notes(const uint8_t *notes, const uint8_t *end, size_t *ret_size)
{
	while (end - notes > (long)sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *note = (const void *)notes;
		const uint8_t *name = notes + sizeof(*note);
		const uint8_t *id = name + (note->n_namesz + 3) / 4 * 4;

		if (note->n_namesz > FIRST_PAGE || note->n_descsz > FIRST_PAGE || id + note->n_descsz > end)
			return NULL;
		if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && !__builtin_memcmp(name, "GNU", 4)) {
			*ret_size = note->n_descsz < BUILD_ID_MAX ? note->n_descsz : BUILD_ID_MAX;
			return id;
		}
		notes = id + (note->n_descsz + 3) / 4 * 4;
	}
	return NULL;
}

const uint8_t *code_object_build_id(const struct code_object *object, size_t *ret_size)
{
	const ElfW(Ehdr) *header = (const void *)object->start;
	const uint8_t *page = (const uint8_t *)object->start;
	const ElfW(Phdr) *segments;

	if (__builtin_memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
	    header->e_phoff + header->e_phnum * sizeof(*segments) > FIRST_PAGE)
		return NULL;
	segments = (const void *)(page + header->e_phoff);
	for (int i = 0; i < header->e_phnum; i++) {
		uintptr_t place = object->bias + segments[i].p_vaddr - object->start;
		size_t size = segments[i].p_memsz;

		if (segments[i].p_type != PT_NOTE || place + size > FIRST_PAGE || place > FIRST_PAGE)
			continue;
		const uint8_t *id = find_in_notes(page + place, page + place + size, ret_size);

		if (id)
			return id;
	}
	return NULL;
}
