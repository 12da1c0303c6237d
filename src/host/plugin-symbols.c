// SPDX-License-Identifier: MIT
/*
 * The section of dynamic symbols is found by the table of sections, which strip(1) leaves for it.
 * Every offset and size is of somebody else's making and is checked against the file's length.
 */
#include "config.h"

#include "host/plugin-symbols.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sonde/plugin.h"

#define ENTRY_PREFIX "sonde_plugin_v"

#if defined(__x86_64__)
enum { MACHINE = EM_X86_64 };
#elif defined(__aarch64__)
enum { MACHINE = EM_AARCH64 };
#endif

struct file {
	const char *bytes;
	size_t size;
};

/* A piece of the file, or NULL when the file does not have all of it. */
static const void *file_at(const struct file *file, uint64_t offset, uint64_t size)
{
	if (offset > file->size || size > file->size - offset)
		return NULL;
	return file->bytes + offset;
}

/* A table of structs, which are aligned in a sound file. */
static const void *table_at(const struct file *file, uint64_t offset, uint64_t size)
{
	return offset % _Alignof(Elf64_Shdr) == 0 ? file_at(file, offset, size) : NULL;
}

static int file_map(const char *path, struct file *ret_file)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	int result = 0;
	void *bytes = MAP_FAILED;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) < 0)
		result = -errno;
	else if (!S_ISREG(status.st_mode) || (size_t)status.st_size < sizeof(Elf64_Ehdr))
		result = -ENOEXEC;
	else
		bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (result == 0 && bytes == MAP_FAILED)
		result = -errno;
	close(fd);
	if (result == 0)
		*ret_file = (struct file){bytes, (size_t)status.st_size};
	return result;
}

static bool is_object(const Elf64_Ehdr *header)
{
	return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
	       header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_type == ET_DYN &&
	       header->e_machine == MACHINE && header->e_shentsize == sizeof(Elf64_Shdr);
}

/* The section of dynamic symbols, and the one with their names. 0 or -ENOEXEC. */
static int find_sections(const struct file *file, const Elf64_Shdr **ret_symbols,
			 const Elf64_Shdr **ret_names)
{
	const Elf64_Ehdr *header = (const void *)file->bytes;
	size_t n_sections = is_object(header) ? header->e_shnum : 0;
	const Elf64_Shdr *sections =
		table_at(file, header->e_shoff, n_sections * sizeof(*sections));

	for (size_t i = 0; sections && i < n_sections; i++) {
		if (sections[i].sh_type != SHT_DYNSYM || sections[i].sh_link >= n_sections)
			continue;
		*ret_symbols = &sections[i];
		*ret_names = &sections[sections[i].sh_link];
		return 0;
	}
	return -ENOEXEC;
}

/* Names that linkers export from every object. */
static bool is_linkers(const char *name)
{
	static const char *const names[] = {"_init", "_fini", "_edata", "_end", "__bss_start"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static int take_entry(struct plugin_symbols *symbols, const char *number)
{
	int major = atoi(number);

	if (symbols->abi_major != SONDE_ABI_MAJOR &&
	    (major == SONDE_ABI_MAJOR || major > symbols->abi_major))
		symbols->abi_major = major;
	return 0;
}

static int take_leak(struct plugin_symbols *symbols, const char *name)
{
	char **larger = reallocarray(symbols->leaked, symbols->n_leaked + 1, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	symbols->leaked = larger;
	larger[symbols->n_leaked] = strdup(name);
	return larger[symbols->n_leaked++] ? 0 : -ENOMEM;
}

static int take_name(struct plugin_symbols *symbols, const char *name)
{
	if (strncmp(name, ENTRY_PREFIX, strlen(ENTRY_PREFIX)) == 0)
		return take_entry(symbols, name + strlen(ENTRY_PREFIX));
	return is_linkers(name) ? 0 : take_leak(symbols, name);
}

/* Those of C++ that are weak are made wherever a template is used: nobody means to export them. */
static bool is_exported(const Elf64_Sym *symbol)
{
	unsigned char visibility = ELF64_ST_VISIBILITY(symbol->st_other);

	return symbol->st_shndx != SHN_UNDEF && ELF64_ST_BIND(symbol->st_info) == STB_GLOBAL &&
	       (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

static int take_symbols(struct plugin_symbols *symbols, const Elf64_Sym *table, size_t n_rows,
			const char *names, size_t names_size)
{
	for (size_t i = 0; i < n_rows; i++) {
		int result = table[i].st_name >= names_size ? -ENOEXEC : 0;

		if (result == 0 && is_exported(&table[i]))
			result = take_name(symbols, names + table[i].st_name);
		if (result < 0)
			return result;
	}
	return 0;
}

static int read_symbols(const struct file *file, struct plugin_symbols *symbols)
{
	const Elf64_Shdr *rows;
	const Elf64_Shdr *names;

	if (find_sections(file, &rows, &names) < 0)
		return -ENOEXEC;
	const Elf64_Sym *table = table_at(file, rows->sh_offset, rows->sh_size);
	const char *text = file_at(file, names->sh_offset, names->sh_size);

	if (!table || !text || names->sh_size == 0 || text[names->sh_size - 1] != '\0')
		return -ENOEXEC;
	return take_symbols(symbols, table, rows->sh_size / sizeof(*table), text, names->sh_size);
}

int plugin_symbols_read(const char *path, struct plugin_symbols *ret_symbols,
			struct message *ret_message)
{
	struct plugin_symbols symbols = {0};
	struct file file = {0};
	int result = file_map(path, &file);

	if (result == 0) {
		result = read_symbols(&file, &symbols);
		munmap((void *)file.bytes, file.size);
	}
	if (result == 0) {
		*ret_symbols = symbols;
		return 0;
	}
	plugin_symbols_deinit(&symbols);
	message_set(ret_message, "%s: %s", path,
		    result == -ENOEXEC ? "not a shared object for this machine"
				       : strerror(-result));
	return result;
}

void plugin_symbols_deinit(struct plugin_symbols *symbols)
{
	for (size_t i = 0; i < symbols->n_leaked; i++)
		free(symbols->leaked[i]);
	free(symbols->leaked);
	*symbols = (struct plugin_symbols){0};
}
