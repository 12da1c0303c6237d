// SPDX-License-Identifier: MIT
/*
 * A preload gets into a program when the kernel hands it to a dynamic loader (it has a PT_INTERP), when
 * that loader is ours (same machine, same libc), and when the kernel does not mark it as secure
 * (AT_SECURE: it runs with more rights than who started it).
 */
#include "config.h"

#include "record/executable.h"

#include "base/raw.h"
#include "base/text.h"
#include "record/sanitizer.h"

#include <elf.h>
#include <link.h>
#include <unistd.h>

#if defined(__x86_64__)
#define LOADER_NAME "ld-linux-x86-64.so.2"
#define LOADER_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define LOADER_NAME "ld-linux-aarch64.so.1"
#define LOADER_MACHINE EM_AARCH64
#endif

enum {
	SCRIPT_DEPTH = 4,     /* interpreters of interpreters that the kernel follows */
	SCRIPT_LINE = 256,    /* of a first line, as much as the kernel reads */
	PROGRAM_HEADERS = 64, /* looked at */
};

/* Whether the kernel would run it with rights that its caller lacks. */
static bool gains_rights(const char *path, const struct stat *status)
{
	unsigned int user = raw_getuid();
	unsigned int group = (unsigned int)raw_syscall(SYS_getgid, 0, 0, 0, 0, 0, 0);
	unsigned int new_user = raw_geteuid();
	unsigned int new_group = (unsigned int)raw_syscall(SYS_getegid, 0, 0, 0, 0, 0, 0);

	if (status->st_mode & S_ISUID)
		new_user = status->st_uid;
	if ((status->st_mode & S_ISGID) && (status->st_mode & S_IXGRP))
		new_group = status->st_gid;
	if (new_user != user || new_group != group)
		return true;
	return user != 0 && raw_syscall(SYS_getxattr, (long)path, (long)"security.capability", 0, 0,
					0, 0) > 0;
}

/* The loader that the program names; "" when it names none. */
static void read_loader_name(int fd, const ElfW(Ehdr) *header, char *ret_name, size_t size)
{
	*ret_name = '\0';
	for (int i = 0; i < header->e_phnum && i < PROGRAM_HEADERS; i++) {
		ElfW(Phdr) program;
		long offset = (long)(header->e_phoff + (size_t)i * header->e_phentsize);

		if (raw_pread(fd, &program, sizeof(program), offset) != sizeof(program))
			return;
		if (program.p_type != PT_INTERP || program.p_filesz >= size)
			continue;
		long len = raw_pread(fd, ret_name, program.p_filesz, (long)program.p_offset);

		ret_name[len > 0 ? len : 0] = '\0';
		return;
	}
}

static enum note_reason inspect_elf(int fd, const unsigned char *start, size_t size)
{
	const ElfW(Ehdr) *header = (const void *)start;
	char loader[SCRIPT_LINE];

	if (size < sizeof(*header) || header->e_ident[EI_CLASS] != ELFCLASS64 ||
	    header->e_machine != LOADER_MACHINE)
		return NOTE_ARCHITECTURE;
	read_loader_name(fd, header, loader, sizeof(loader));
	if (!*loader)
		return NOTE_STATIC;
	return text_equals(text_file_name(loader), LOADER_NAME) ? NOTE_NONE : NOTE_ARCHITECTURE;
}

/* "#! /bin/sh -e\n" -> "/bin/sh" */
static void read_interpreter(const char *line, size_t len, char *ret_path)
{
	struct text path = text_init(ret_path, SCRIPT_LINE);
	size_t i = 2;

	while (i < len && (line[i] == ' ' || line[i] == '\t'))
		i++;
	for (; i < len && line[i] != ' ' && line[i] != '\t' && line[i] != '\n' && line[i]; i++)
		text_add_char(&path, line[i]);
}

/*
 * One file: the answer, or true with the path of the interpreter that is to be judged in its place.
 */
static bool inspect_file(const char *path, char *ret_interpreter, enum note_reason *ret_reason,
			 char *ret_runtime)
{
	union {
		char line[SCRIPT_LINE];
		unsigned char elf[SCRIPT_LINE];
		ElfW(Ehdr) alignment;
	} start;
	struct stat status;
	int fd = raw_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	bool is_script = false;

	*ret_reason = NOTE_NONE;
	if (fd < 0)
		return false;
	long len = raw_fstat(fd, &status) == 0 && S_ISREG(status.st_mode)
			   ? raw_pread(fd, &start, sizeof(start), 0)
			   : 0;

	if (len >= 4 && text_starts_with(start.line, ELFMAG)) {
		*ret_reason = inspect_elf(fd, start.elf, (size_t)len);
		if (*ret_reason == NOTE_NONE && gains_rights(path, &status))
			*ret_reason = NOTE_SETUID;
		if (*ret_reason == NOTE_NONE)
			sanitizer_find(fd, ret_runtime);
	} else if (len >= 2 && start.line[0] == '#' && start.line[1] == '!') {
		read_interpreter(start.line, (size_t)len, ret_interpreter);
		is_script = true;
	}
	raw_close(fd);
	return is_script;
}

enum note_reason executable_inspect(const char *path, char ret_runtime[SANITIZER_NAME_SIZE])
{
	char interpreter[2][SCRIPT_LINE];
	enum note_reason reason = NOTE_NONE;

	*ret_runtime = '\0';
	for (int depth = 0; depth <= SCRIPT_DEPTH; depth++) {
		if (!inspect_file(path, interpreter[depth % 2], &reason, ret_runtime))
			return reason;
		path = interpreter[depth % 2];
	}
	return NOTE_NONE;
}

static bool is_program(const char *path)
{
	struct stat status;

	return raw_access(path, X_OK) == 0 && raw_stat(path, &status) == 0 &&
	       S_ISREG(status.st_mode);
}

const char *executable_search(const char *name, const char *search_path, char *buf, size_t size)
{
	for (const char *c = name; *c; c++)
		if (*c == '/')
			return name;
	if (!search_path)
		search_path = "/bin:/usr/bin";
	for (;;) {
		struct text path = text_init(buf, size);

		while (*search_path && *search_path != ':')
			text_add_char(&path, *search_path++);
		if (path.len)
			text_add_char(&path, '/');
		text_add(&path, name);
		if (!path.is_cut && is_program(buf))
			return buf;
		if (!*search_path++)
			return name;
	}
}
