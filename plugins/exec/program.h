// SPDX-License-Identifier: MIT
/*
 * program.h - a program that reads what it is given from its standard input.
 */
#ifndef SONDE_PLUGINS_EXEC_PROGRAM_H
#define SONDE_PLUGINS_EXEC_PROGRAM_H

#include <sonde/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct program {
	const struct sonde_host *host;
	pid_t pid;     /* 0: it does not run */
	int input;     /* our end of its standard input; -1: closed */
	int status;    /* of wait(2), when it has ended by itself */
	size_t n_torn; /* bytes of the last text that it was given, when that was a part of it only
			*/
	size_t n_unread; /* bytes that it had left in its input when it ended, without these */
};

void program_init(struct program *program, const struct sonde_host *host);

/*
 * Starts it, found in PATH, with signals as any program expects them, in a process group of its
 * own. Its standard output leads nowhere, its standard error is ours. 0 or a negative errno.
 */
int program_start(struct program *program, const struct sonde_list *command);

/* Whether it runs; notices its end, and keeps its status. */
bool program_is_running(struct program *program);

/*
 * Writes all of a text, until an instant of host->now_mono_ns(). 0; -EPIPE: it reads no more;
 * -ETIMEDOUT; or another negative errno. After an error, a part of the text may have been read.
 */
int program_write(struct program *program, const char *text, size_t size, int64_t deadline_ns);

/* How much of what it was given whole it has not read yet, or had not when it ended. */
size_t program_unread(struct program *program);

/*
 * Ends it: closes its input and waits until an instant for it to end by itself; then kills it and
 * what it has started. Returns whether it had to be killed.
 */
bool program_end(struct program *program, int64_t deadline_ns);

#endif
