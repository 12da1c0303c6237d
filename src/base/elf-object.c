// SPDX-License-Identifier: MIT
/*
 * A GNU hash table is a Bloom filter, an array of buckets and one of hash values: a bucket names the
 * first symbol of a chain, and the values of the chain lie one after the other, the last one marked by
 * its lowest bit. Most objects lack most names, and the filter says so with one load.
 */
#include "config.h"

#include "base/elf-object.h"

#include "base/text.h"

#include <stddef.h>

enum {
	VERSION_INDEX = 0x7fff,
	VERSION_HIDDEN = 0x8000, /* not the default version of its name */
};

/* The loader has relocated these addresses in place for most objects, but not for the vDSO. */
static const void *dynamic_address(uintptr_t base, ElfW(Addr) value)
{
	return (const void *)(value < base ? base + value : value);
}

bool elf_object_init(struct elf_object *object, uintptr_t base, const ElfW(Dyn) *dynamic)
{
	*object = (struct elf_object){.base = base};
	if (!dynamic)
		return false;
	for (; dynamic->d_tag != DT_NULL; dynamic++) {
		const void *address = dynamic_address(base, dynamic->d_un.d_ptr);

		switch (dynamic->d_tag) {
		case DT_SYMTAB:
			object->symbols = address;
			break;
		case DT_STRTAB:
			object->strings = address;
			break;
		case DT_GNU_HASH:
			object->gnu_hash = address;
			break;
		case DT_VERSYM:
			object->versions = address;
			break;
		case DT_VERDEF:
			object->definitions = address;
			break;
		}
	}
	return object->symbols && object->strings && object->gnu_hash;
}

uint32_t elf_name_hash(const char *name)
{
	uint32_t hash = 5381;

	for (; *name && *name != '@'; name++)
		hash = hash * 33 + (unsigned char)*name;
	return hash;
}

/* The name of a version by its index; NULL: the index stands for no version. */
static const char *version_name(const struct elf_object *object, unsigned int index)
{
	const ElfW(Verdef) *definition = object->definitions;

	while (definition) {
		const char *here = (const char *)definition;

		if (definition->vd_ndx == index && !(definition->vd_flags & VER_FLG_BASE))
			return object->strings +
			       ((const ElfW(Verdaux) *)(here + definition->vd_aux))->vda_name;
		definition = definition->vd_next ? (const void *)(here + definition->vd_next) : NULL;
	}
	return NULL;
}

/* `version` is the sought one as in "@GLIBC_2.2.5", or "" for the default one. */
static bool version_matches(const struct elf_object *object, uint32_t index, const char *version)
{
	if (!object->versions)
		return true;
	bool is_default = !(object->versions[index] & VERSION_HIDDEN);

	if (!*version)
		return is_default;
	const char *name = version_name(object, object->versions[index] & VERSION_INDEX);

	return name ? text_equals(name, version + 1) : is_default;
}

static bool symbol_matches(const struct elf_object *object, uint32_t index, const char *name)
{
	const ElfW(Sym) *symbol = &object->symbols[index];
	const char *candidate = object->strings + symbol->st_name;

	if (symbol->st_shndx == SHN_UNDEF || symbol->st_value == 0)
		return false;
	for (; *candidate && *candidate == *name; candidate++)
		name++;
	return !*candidate && (!*name || *name == '@') && version_matches(object, index, name);
}

static void *symbol_address(const struct elf_object *object, const ElfW(Sym) *symbol)
{
	uintptr_t address = object->base + symbol->st_value;

	if (ELF64_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC)
		return ((void *(*)(void))address)();
	return (void *)address;
}

void *elf_object_find(const struct elf_object *object, const char *name, uint32_t hash)
{
	const uint32_t *header = object->gnu_hash;
	uint32_t n_buckets = header[0], first_symbol = header[1], n_bloom = header[2];
	const ElfW(Addr) *bloom = (const ElfW(Addr) *)(header + 4);
	const uint32_t *buckets = (const uint32_t *)(bloom + n_bloom);
	const uint32_t *values = buckets + n_buckets;
	unsigned int word_bits = 8 * sizeof(*bloom);

	if (n_buckets == 0 || n_bloom == 0)
		return NULL;
	ElfW(Addr) word = bloom[hash / word_bits % n_bloom];

	if (!(word >> hash % word_bits & word >> (hash >> header[3]) % word_bits & 1))
		return NULL;
	uint32_t index = buckets[hash % n_buckets];

	if (index < first_symbol)
		return NULL;
	for (;; index++) {
		uint32_t value = values[index - first_symbol];

		if ((value | 1) == (hash | 1) && symbol_matches(object, index, name))
			return symbol_address(object, &object->symbols[index]);
		if (value & 1)
			return NULL;
	}
}
