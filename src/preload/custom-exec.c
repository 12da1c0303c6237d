// SPDX-License-Identifier: MIT
/*
 * Calls that execute programs. A successful exec does not return, so it is counted when it is made and
 * shows as unfinished. Forms with a list of arguments or with a search in
 * PATH go to the real execve() or execvpe() with the repaired environment: libc's own execl() and
 * execvp() would take the unrepaired one.
 */
#include "config.h"

#include "preload/wrapper.h"

#include "base/raw.h"
#include "base/text.h"
#include "preload/departure.h"
#include "preload/environment.h"
#include "record/recorder.h"
#include "record/region-writer.h"

#include <alloca.h>
#include <fcntl.h>
#include <paths.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wordexp.h>

/* -- exec ------------------------------------------------------------------------------------------- */

struct exec_request {
	const char *path;
	char *const *arguments;
	int fd;
	int flags;
};

static int run_execve(char *const *environment, const void *request)
{
	const struct exec_request *exec = request;

	return REAL(execve)(exec->path, exec->arguments, environment);
}

static int run_execvpe(char *const *environment, const void *request)
{
	const struct exec_request *exec = request;

	return REAL(execvpe)(exec->path, exec->arguments, environment);
}

static int run_fexecve(char *const *environment, const void *request)
{
	const struct exec_request *exec = request;

	return REAL(fexecve)(exec->fd, exec->arguments, environment);
}

static int run_execveat(char *const *environment, const void *request)
{
	const struct exec_request *exec = request;

	return REAL(execveat)(exec->fd, exec->path, exec->arguments, environment, exec->flags);
}

typedef int depart(const char *, char *const *, departure_run *, const void *);

/* `judged` is the file to look at, found as departure() or departure_searched() find it. */
static int execute(enum call call, depart *find, const char *judged, char *const *environment,
		   departure_run *run, const struct exec_request *request)
{
	struct probe probe = probe_begin(call);
	struct region_header *region = recorder_own_region();

	if (region)
		region_mark_end(region, REGION_EXECUTED);
	int result = find(judged, environment, run, request);
	int code = errno;

	if (region)
		region_unmark_end(region);
	probe_failed(&probe, code);
	return result;
}

EXPORT int execve(const char *path, char *const arguments[], char *const environment[])
{
	struct exec_request request = {.path = path, .arguments = arguments};

	return execute(CALL_execve, departure, path, environment, run_execve, &request);
}

EXPORT int execv(const char *path, char *const arguments[])
{
	struct exec_request request = {.path = path, .arguments = arguments};

	return execute(CALL_execv, departure, path, environ, run_execve, &request);
}

EXPORT int execvp(const char *file, char *const arguments[])
{
	struct exec_request request = {.path = file, .arguments = arguments};

	return execute(CALL_execvp, departure_searched, file, environ, run_execvpe, &request);
}

EXPORT int execvpe(const char *file, char *const arguments[], char *const environment[])
{
	struct exec_request request = {.path = file, .arguments = arguments};

	return execute(CALL_execvpe, departure_searched, file, environment, run_execvpe, &request);
}

/* "/proc/self/fd/7" or "/proc/self/fd/7/name" */
static const char *descriptor_path(int fd, const char *name, char *buf, size_t size)
{
	struct text path = text_init(buf, size);

	text_add(&path, "/proc/self/fd/");
	text_add_number(&path, (uint64_t)fd);
	if (*name) {
		text_add_char(&path, '/');
		text_add(&path, name);
	}
	return buf;
}

EXPORT int fexecve(int fd, char *const arguments[], char *const environment[])
{
	char path[64];
	struct exec_request request = {.fd = fd, .arguments = arguments};

	return execute(CALL_fexecve, departure, descriptor_path(fd, "", path, sizeof(path)),
		       environment, run_fexecve, &request);
}

EXPORT int execveat(int dirfd, const char *name, char *const arguments[], char *const environment[],
		    int flags)
{
	char path[512];

	/* The header tells the compiler that it is not NULL; the kernel answers EFAULT if it is. */
	__asm__("" : "+r"(name));
	struct exec_request request = {
		.fd = dirfd, .path = name, .arguments = arguments, .flags = flags};
	bool is_below_dirfd = name && *name != '/' && dirfd != AT_FDCWD;

	return execute(CALL_execveat, departure,
		       is_below_dirfd ? descriptor_path(dirfd, name, path, sizeof(path)) : name,
		       environment, run_execveat, &request);
}

/* -- exec with a list of arguments ------------------------------------------------------------------ */

/* How many pointers the list has, with the NULL at its end; the first argument is a named parameter. */
static size_t count_arguments(const char *first, va_list arguments)
{
	va_list rest;
	size_t n = 1;

	va_copy(rest, arguments);
	for (const char *argument = first; argument; n++)
		argument = va_arg(rest, const char *);
	va_end(rest);
	return n;
}

/* Fills `array` with the first and the listed arguments and NULL; the list then stands behind the NULL. */
static char *const *collect_arguments(char **array, const char *first, va_list *arguments)
{
	size_t n = 0;

	for (array[n++] = (char *)first; array[n - 1]; n++)
		array[n] = va_arg(*arguments, char *);
	return array;
}

EXPORT int execl(const char *path, const char *argument, ...)
{
	va_list list;

	va_start(list, argument);
	char **array = alloca(count_arguments(argument, list) * sizeof(char *));
	struct exec_request request = {.path = path,
				       .arguments = collect_arguments(array, argument, &list)};

	va_end(list);
	return execute(CALL_execl, departure, path, environ, run_execve, &request);
}

EXPORT int execlp(const char *file, const char *argument, ...)
{
	va_list list;

	va_start(list, argument);
	char **array = alloca(count_arguments(argument, list) * sizeof(char *));
	struct exec_request request = {.path = file,
				       .arguments = collect_arguments(array, argument, &list)};

	va_end(list);
	return execute(CALL_execlp, departure_searched, file, environ, run_execvpe, &request);
}

EXPORT int execle(const char *path, const char *argument, ...)
{
	va_list list;

	va_start(list, argument);
	char **array = alloca(count_arguments(argument, list) * sizeof(char *));
	struct exec_request request = {.path = path,
				       .arguments = collect_arguments(array, argument, &list)};
	char *const *environment = va_arg(list, char *const *);

	va_end(list);
	return execute(CALL_execle, departure, path, environment, run_execve, &request);
}

/* -- libc's own children ---------------------------------------------------------------------------- */

/*
 * system(), popen() and wordexp() hand the process's own environment to a shell. Where that is not what
 * the shell is to get, it is replaced by a changed copy for the time of the call. The copy is never
 * unmapped, for another thread may be reading it, but used again; only calls at the same time make more.
 */
static struct {
	void *memory;
	size_t size;
	int is_lent;
} kept_copy;

static void *map_copy(size_t size)
{
	long address = raw_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	return raw_failed(address) ? NULL : (void *)address;
}

/* Memory for a copy. NULL: there is none. ret_is_kept: the one that is used again. */
static void *take_copy(size_t size, bool *ret_is_kept)
{
	*ret_is_kept = !__atomic_exchange_n(&kept_copy.is_lent, 1, __ATOMIC_ACQUIRE);
	if (!*ret_is_kept)
		return map_copy(size);
	if (size > kept_copy.size) {
		kept_copy.memory = map_copy(2 * size);
		kept_copy.size = kept_copy.memory ? 2 * size : 0;
	}
	return kept_copy.memory;
}

/* What a copy is made of. */
struct copy_memory {
	struct program_file file;
	char preload[ENVIRONMENT_PRELOAD_SIZE];
	char *entries[];
};

struct lending {
	char **own;
	char **lent; /* the same if there is nothing to be changed */
	bool is_kept;
};

static struct lending lend_environment(void)
{
	struct lending lending = {.own = environ, .lent = environ};
	size_t room = environment_copy_room(environ);

	if (!departure_is_possible())
		return lending;
	struct copy_memory *memory = take_copy(sizeof(*memory) + room * sizeof(char *), &lending.is_kept);

	if (!memory)
		return lending;
	struct environment_copy copy = {.preload = memory->preload, .entries = memory->entries, .room = room};
	struct session_note *note;

	lending.lent = (char **)departure_prepare(_PATH_BSHELL, lending.own, &copy, &memory->file, &note);
	environ = lending.lent;
	return lending;
}

/* Gives the program its environment back, unless it has changed it meanwhile. */
static void return_environment(const struct lending *lending)
{
	if (environ == lending->lent)
		environ = lending->own;
	else if (lending->lent != lending->own)
		return; /* what the program made of the copy may still point into it */
	if (lending->is_kept)
		__atomic_store_n(&kept_copy.is_lent, 0, __ATOMIC_RELEASE);
}

EXPORT int system(const char *command)
{
	struct probe probe = probe_begin(CALL_system);
	struct lending lending = lend_environment();
	int result = REAL(system)(command);

	return_environment(&lending);
	if (result < 0)
		probe_failed(&probe, errno);
	else
		probe_succeeded(&probe, 0);
	return result;
}

EXPORT FILE *popen(const char *command, const char *type)
{
	struct probe probe = probe_begin(CALL_popen);
	struct lending lending = lend_environment();
	FILE *result = REAL(popen)(command, type);

	return_environment(&lending);
	if (!result)
		probe_failed(&probe, errno);
	else
		probe_succeeded(&probe, 0);
	return result;
}

ALIAS(_IO_popen, popen);

EXPORT int wordexp(const char *words, wordexp_t *expanded, int flags)
{
	struct probe probe = probe_begin(CALL_wordexp);
	struct lending lending = lend_environment();
	int result = REAL(wordexp)(words, expanded, flags);

	return_environment(&lending);
	/* Its codes are its own, WRDE_NOSPACE and four kinds of bad words. */
	if (result != 0)
		probe_failed(&probe, result == WRDE_NOSPACE ? ENOMEM : EINVAL);
	else
		probe_succeeded(&probe, 0);
	return result;
}
