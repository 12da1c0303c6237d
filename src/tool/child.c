// SPDX-License-Identifier: MIT
/*
 * Who sent a signal decides what becomes of it. The terminal sends to its whole foreground group
 * (SI_KERNEL): the command has it already. A process that knows only our number (SI_USER and
 * others) meant the command, unless it is a plugin's. One that sent to the whole group looks the same as that: the command
 * gets such a signal twice. Timers and limits that we inherited were set for the command.
 */
#include "config.h"

#include "tool/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/process-io.h"

enum { BINARY_LINE = 80 }; /* of a first line, as much as is looked at */

/* Those that a fault of our own raises, and those that stop a background group, keep their effect.
 */
static void fill_mask(sigset_t *mask)
{
	static const int kept[] = {
		SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGTTIN, SIGTTOU,
	};

	sigfillset(mask);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		sigdelset(mask, kept[i]);
}

/* Waiting needs SIGCHLD to be anything but ignored; the command shall find it as we did. */
static int take_signals(struct child *child)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t mask;

	fill_mask(&mask);
	sigprocmask(SIG_BLOCK, &mask, &child->old_mask);
	sigaction(SIGCHLD, &action, &child->old_sigchld);
	child->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return child->signals < 0 ? -errno : 0;
}

/* As the shells tell, by a NUL in what would be a script's first line. */
static bool is_binary(const char *program)
{
	char start[BINARY_LINE];
	int fd = open(program, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t size = fd < 0 ? 0 : read(fd, start, sizeof(start));

	if (fd >= 0)
		close(fd);
	for (ssize_t i = 0; i < size && start[i] != '\n'; i++)
		if (!start[i])
			return true;
	return false;
}

static _Noreturn void execute(struct child *child, const char *program, char **command, char **environment,
			      int report_fd)
{
	sigaction(SIGCHLD, &child->old_sigchld, NULL);
	sigprocmask(SIG_SETMASK, &child->old_mask, NULL);
	limits_restore(&child->limits);
	/* That would have a shell run, as a script, what the kernel does not know. */
	if (is_binary(program))
		execve(program, command, environment);
	else
		execvpe(command[0], command, environment);
	int reason = errno;

	/* A pipe takes so few bytes at once or not at all; if it does not, there is nobody to tell.
	 */
	if (write(report_fd, &reason, sizeof(reason)) < 0)
		_exit(126);
	_exit(127);
}

/* The other end of the pipe closes when exec succeeds. */
static int read_exec_error(int fd)
{
	int reason = 0;
	ssize_t size;

	do
		size = read(fd, &reason, sizeof(reason));
	while (size < 0 && errno == EINTR);
	return size == sizeof(reason) ? reason : 0;
}

int child_start(struct child *child, const struct limits *limits, const char *program, char **command,
		char **environment)
{
	int report[2];

	*child = (struct child){.signals = -1, .limits = *limits};
	int result = take_signals(child);

	if (result < 0)
		return result;
	if (pipe2(report, O_CLOEXEC) < 0)
		return -errno;
	child->pid = fork();
	if (child->pid == 0)
		execute(child, program, command, environment, report[1]);
	result = child->pid < 0 ? -errno : 0;
	close(report[1]);
	if (result == 0)
		result = read_exec_error(report[0]);
	close(report[0]);
	if (result > 0)
		waitpid(child->pid, NULL, 0);
	return result;
}

/* Stops this process as the command was stopped, so that the shell sees the job stop; goes on with
 * it. */
static void stop_as(int signal)
{
	struct sigaction by_default = {.sa_handler = SIG_DFL};
	struct sigaction before;
	sigset_t mask;
	sigset_t old_mask;

	sigaction(signal, &by_default, &before);
	sigemptyset(&mask);
	sigaddset(&mask, signal);
	raise(signal);
	sigprocmask(SIG_UNBLOCK, &mask, &old_mask); /* here it stops, and here it goes on */
	sigprocmask(SIG_SETMASK, &old_mask, NULL);
	sigaction(signal, &before, NULL);
}

/*
 * A command that was stopped by SIGSTOP, sent to it alone, is waited for as it is: whoever sent it
 * will continue it and may not know us. Programs that tidy up on Ctrl-Z stop themselves so, too.
 */
static void command_stopped(struct child *child, int signal)
{
	bool is_job_control = signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;

	child->was_stopped_with = is_job_control || child->was_asked_to_stop;
	if (child->was_stopped_with)
		stop_as(is_job_control ? signal : SIGTSTP);
	child->was_asked_to_stop = false;
}

/* What the kernel counted of a process that has ended is there until it is waited for. */
static void read_io_at_end(struct child *child)
{
	siginfo_t info = {0};

	if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid == child->pid)
		process_io_read(child->pid, &child->io);
}

static void collect(struct child *child)
{
	int status;

	if (!child->has_ended)
		read_io_at_end(child);
	while (!child->has_ended &&
	       wait4(child->pid, &status, WNOHANG | WUNTRACED | WCONTINUED, &child->usage) > 0) {
		if (WIFSTOPPED(status)) {
			child->was_continued = false;
			command_stopped(child, WSTOPSIG(status));
		} else if (WIFCONTINUED(status)) {
			child->was_continued = true;
		} else {
			child->has_ended = true;
			child->status = status;
		}
	}
}

/*
 * What the shell continued with us needs no second SIGCONT: it would go on although it was stopped again meanwhile.
 * SIGCHLD may have come before.
 */
static bool was_continued_with_us(struct child *child)
{
	bool was_continued = child->was_continued;

	child->was_continued = child->was_stopped_with = false;
	return was_continued;
}

/* Who was continued alone some time ago hears of a SIGCONT that comes now. */
static void forget_continued(struct child *child)
{
	child->was_continued &= child->was_stopped_with;
}

static bool is_meant_for_command(const struct child *child, const struct signalfd_siginfo *info)
{
	switch (info->ssi_signo) {
	case SIGALRM:
	case SIGVTALRM:
	case SIGPROF:
	case SIGXCPU:
		return true;
	case SIGPIPE:
		return info->ssi_pid != (uint32_t)getpid() && info->ssi_code <= 0;
	default:
		/* The command's own signal to its group has reached it. */
		return info->ssi_code <= 0 && info->ssi_pid != (uint32_t)child->pid;
	}
}

static bool is_stray(const struct child *child, const struct signalfd_siginfo *info)
{
	return info->ssi_code <= 0 && child->is_stray &&
	       child->is_stray(child->argument, (int)info->ssi_pid, (int)info->ssi_signo);
}

static void hand_on(const struct child *child, const struct signalfd_siginfo *info)
{
	union sigval value = {.sival_ptr = (void *)(uintptr_t)info->ssi_ptr};

	if (info->ssi_code == SI_QUEUE)
		sigqueue(child->pid, (int)info->ssi_signo, value);
	else
		kill(child->pid, (int)info->ssi_signo);
}

static void take_signal(struct child *child, const struct signalfd_siginfo *info)
{
	if (info->ssi_signo == SIGCHLD || info->ssi_signo == SIGCONT)
		collect(child);
	if (info->ssi_signo == SIGCHLD || child->has_ended)
		return;
	if (info->ssi_signo == SIGCONT && was_continued_with_us(child))
		return;
	if (info->ssi_signo == SIGTSTP && info->ssi_code > 0)
		child->was_asked_to_stop = true;
	if (!is_meant_for_command(child, info) || is_stray(child, info))
		return;
	child->has_hung_up |= info->ssi_signo == SIGHUP;
	hand_on(child, info);
}

void child_work(struct child *child)
{
	struct signalfd_siginfo info;

	forget_continued(child);
	while (read(child->signals, &info, sizeof(info)) == sizeof(info))
		take_signal(child, &info);
	collect(child);
}

void child_deinit(struct child *child)
{
	struct signalfd_siginfo info;

	/* What came with the signal that ended the command is not for us. */
	while (child->signals >= 0 && read(child->signals, &info, sizeof(info)) == sizeof(info))
		;
	if (child->signals >= 0)
		close(child->signals);
	child->signals = -1;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigprocmask(SIG_SETMASK, &child->old_mask, NULL);
}

_Noreturn void die_of_signal(int signal_number)
{
	struct rlimit no_core = {0};
	sigset_t mask;

	/* The command has left its core file, if any; ours would be in its way. */
	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_DUMPABLE, 0);
	signal(signal_number, SIG_DFL);
	sigemptyset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	raise(signal_number);
	_exit(128 + signal_number);
}
