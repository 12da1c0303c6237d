// SPDX-License-Identifier: MIT
/*
 * child.h - a command that runs as if it had been started directly.
 *
 * While it runs, this process takes signals from a descriptor and hands on those that were meant
 * for the command. Those of the terminal reach the command by themselves: it is in our process
 * group.
 */
#ifndef SONDE_TOOL_CHILD_H
#define SONDE_TOOL_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "model/recording.h"
#include "tool/limits.h"

struct child {
	pid_t pid;
	int signals; /* a signalfd */
	sigset_t old_mask;
	struct sigaction old_sigchld;
	struct limits limits; /* the command's */
	bool has_ended;
	int status;		/* of wait(2), once it has ended */
	struct rusage usage;	/* of it and all whom it waited for */
	struct kernel_io io;	/* likewise */
	bool has_hung_up;	/* a process has sent SIGHUP, which the command got; for others to reset */
	/* Whether a signal that a process has sent is nobody's wish; NULL: none is. For others to set. */
	bool (*is_stray)(void *argument, int sender, int signal);
	void *argument;
	bool was_asked_to_stop; /* by the terminal, since it last continued */
	bool was_continued;     /* and our own SIGCONT, if it came with that, was not taken yet */
	bool was_stopped_with;  /* we were, as it was, and have not taken our SIGCONT yet */
};

/*
 * Starts a command with an environment; `program` is what its first word was found to be. From then on until child_deinit() signals are blocked here.
 * 0; positive: the errno of exec; negative: another's, then sonde is to blame. The child is to be
 * deinitialised in any case.
 */
int child_start(struct child *child, const struct limits *limits, const char *program, char **command,
		char **environment);

/* Takes all signals that have arrived, and notices the command's end. Call when `signals` is
 * readable. */
void child_work(struct child *child);

/*
 * Lets signals through again; those that trouble with writing would raise (SIGPIPE, SIGXFSZ) are
 * ignored from then on.
 */
void child_deinit(struct child *child);

/* Dies of a signal, without a core file. */
_Noreturn void die_of_signal(int signal);

#endif
