// SPDX-License-Identifier: MIT
/*
 * truth.h - for programs that know which calls they make.
 *
 * A case does something and states, with raw system calls that nobody counts, what a true report must
 * say about it. Statements go to standard output, one a line; the driver adds up those about one call or
 * one error, from all processes of the case, and demands equality.
 */
#ifndef SONDE_TESTS_TRUTH_H
#define SONDE_TESTS_TRUTH_H

#include "base/raw.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* One behaviour to be reported truly; `run` is given the command line behind the case's name. */
struct truth_case {
	const char *name;
	const char *sentence;
	int (*run)(char **arguments);
	int wait_status; /* how the program ends, as waitpid() tells; 0: exit status 0 */
};

/* Cases that belong together; with a crowd each is also run with the argument 64, for as many threads. */
struct truth_table {
	const struct truth_case *cases; /* ended by a case without a name */
	bool has_crowd;
};

/* Each program defines its own, ended by a table without cases. */
extern const struct truth_table truth_tables[];

/* The path of the running program, to execute it again. */
extern const char *truth_program;

/* Bytes of all statements so far. */
extern uint64_t truth_stated;

/* As main() found it. */
extern int truth_first_errno;

static inline void truth_state(const char *what, const char *call, const char *error, uint64_t number)
{
	char line[128];
	struct text text = text_init(line, sizeof(line));

	text_add(&text, what);
	text_add_char(&text, ' ');
	text_add(&text, call);
	text_add_char(&text, ' ');
	if (error) {
		text_add(&text, error);
		text_add_char(&text, ' ');
	}
	text_add_number(&text, number);
	text_add_char(&text, '\n');
	raw_write(1, line, text.len);
	__atomic_fetch_add(&truth_stated, text.len, __ATOMIC_RELAXED);
}

/* So many calls more were made, and so many bytes moved by them. */
static inline void truth_count(const char *call, uint64_t n_calls)
{
	truth_state("count", call, NULL, n_calls);
}

static inline void truth_bytes(const char *call, uint64_t bytes)
{
	truth_state("bytes", call, NULL, bytes);
}

/* So many calls of syscall() were for this system call. They are to be stated with truth_count() too. */
static inline void truth_raw(const char *name, uint64_t n_calls)
{
	truth_state("raw", name, NULL, n_calls);
}

/* So many processes more are under seccomp. */
static inline void truth_sandboxed(uint64_t n_processes)
{
	truth_state("sandboxed", "processes", NULL, n_processes);
}

/* So many bytes more were moved by calls that the kernel's figures are held against: "read" or "written". */
static inline void truth_accounted(const char *direction, uint64_t bytes)
{
	truth_state("calls", direction, NULL, bytes);
}

/*
 * The kernel counted so many bytes written, besides the statements. To be the last one, of a number with seven
 * digits.
 */
static inline void truth_written(uint64_t bytes)
{
	truth_state("kernel", "written", NULL, bytes + truth_stated + sizeof("kernel written 1234567"));
}

/* Between so many and so many calls more were made: for calls that race with the end of their process. */
static inline void truth_between(const char *call, uint64_t least, uint64_t most)
{
	truth_state("least", call, NULL, least);
	truth_state("most", call, NULL, most);
}

/* So many programs, of one name and for one reason each, cannot be watched. Where nothing is stated, none is. */
static inline void truth_unwatched(uint64_t n_programs)
{
	truth_state("unwatched", "programs", NULL, n_programs);
}

/* So many calls more failed with that errno. They are to be stated with truth_count() too. */
static inline void truth_error(const char *call, const char *error, uint64_t n_failures)
{
	truth_state("error", call, error, n_failures);
}

/* Whether a thread sleeps. Its state stands behind its name, which is in parentheses. */
static inline bool truth_is_asleep(int pid, int tid)
{
	char path[64];
	char status[256] = "";
	struct text text = text_init(path, sizeof(path));

	text_add(&text, "/proc/");
	text_add_number(&text, (uint64_t)pid);
	text_add(&text, "/task/");
	text_add_number(&text, (uint64_t)tid);
	text_add(&text, "/stat");
	int fd = raw_open(path, O_RDONLY, 0);
	long size = raw_pread(fd, status, sizeof(status) - 1, 0);

	raw_close(fd);
	const char *state = size > 0 ? strrchr(status, ')') : NULL;

	return state && state[2] == 'S';
}

#endif
