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

#include <elf.h>
#include <unistd.h>

#if defined(__x86_64__)
#define LOADER_NAME "ld-linux-x86-64.so.2"
#elif defined(__aarch64__)
#define LOADER_NAME "ld-linux-aarch64.so.1"
#endif

enum {
	SCRIPT_DEPTH = 4,  /* interpreters of interpreters that the kernel follows */
	SCRIPT_LINE = 256, /* of a first line, as much as the kernel reads */
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

/* Whether the loader that the program names is ours. */
static bool names_our_loader(struct program_file *file)
{
	char name[SCRIPT_LINE];
	size_t len = file->interpreter.size < sizeof(name)
			     ? program_file_read(file, file->interpreter.offset, name, file->interpreter.size)
			     : 0;

	name[len] = '\0';
	return text_equals(text_file_name(name), LOADER_NAME);
}

/* Our loader, run as a program, preloads into what it is told to run. Nobody loads it, but it has a name as a library. */
static bool is_our_loader(struct program_file *file)
{
	char name[sizeof(LOADER_NAME)] = "";
	long strings = program_file_find_strings(file);
	ElfW(Dyn) entry;

	for (int i = 0; strings >= 0 && program_file_read_dynamic(file, i, &entry); i++)
		if (entry.d_tag == DT_SONAME)
			return program_file_read(file, strings + (long)entry.d_un.d_val, name, sizeof(name)) ==
				       sizeof(name) &&
			       !name[sizeof(name) - 1] && text_equals(name, LOADER_NAME);
	return false;
}

static enum note_reason inspect_elf(struct program_file *file)
{
	if (!program_file_find_segments(file))
		return NOTE_ARCHITECTURE;
	if (!file->interpreter.size)
		return is_our_loader(file) ? NOTE_NONE : NOTE_STATIC;
	return names_our_loader(file) ? NOTE_NONE : NOTE_ARCHITECTURE;
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
static bool inspect_file(const char *path, struct program_file *file, char *ret_interpreter,
			 enum note_reason *ret_reason, char *ret_runtime)
{
	char start[SCRIPT_LINE];
	struct stat status;
	int fd = raw_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	bool is_script = false;

	*ret_reason = NOTE_NONE;
	if (fd < 0)
		return false;
	program_file_init(file, fd);
	size_t len = raw_fstat(fd, &status) == 0 && S_ISREG(status.st_mode)
			     ? program_file_read(file, 0, start, sizeof(start))
			     : 0;

	if (len >= 4 && text_starts_with(start, ELFMAG)) {
		*ret_reason = inspect_elf(file);
		if (*ret_reason == NOTE_NONE && gains_rights(path, &status))
			*ret_reason = NOTE_SETUID;
		if (*ret_reason == NOTE_NONE)
			sanitizer_find(file, ret_runtime);
	} else if (len >= 2 && start[0] == '#' && start[1] == '!') {
		read_interpreter(start, len, ret_interpreter);
		is_script = true;
	}
	raw_close(fd);
	return is_script;
}

enum note_reason executable_inspect(const char *path, struct program_file *file,
				    char ret_runtime[SANITIZER_NAME_SIZE])
{
	char interpreter[2][SCRIPT_LINE];
	enum note_reason reason = NOTE_NONE;

	*ret_runtime = '\0';
	for (int depth = 0; depth <= SCRIPT_DEPTH; depth++) {
		if (!inspect_file(path, file, interpreter[depth % 2], &reason, ret_runtime))
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
