// SPDX-License-Identifier: MIT
/*
 * subject - a program to be watched, which does what its arguments say.
 *
 *     subject exit N         exits with N
 *     subject die N          dies of signal N
 *     subject await          blocks all signals, prints "ready", then each signal that arrives, its value
 *                            and how it was sent; exits after SIGTERM
 *     subject signals        prints which signals it found blocked and which ignored
 *     subject descriptors    prints its open descriptors
 *     subject preload        prints LD_PRELOAD and whether SONDE_SESSION is set
 *     subject fork N         forks N children, one after the other; each reads 10 bytes from /dev/zero
 *     subject crowd N        forks N children that are alive at once; each reads 10 bytes from /dev/zero
 *     subject chain N        reads 10 bytes from /dev/zero, then forks a child that executes "subject chain N-1"
 *     subject vfork          executes true in a vfork child, which makes its first call of the group io
 *     subject obey           does what the lines of its standard input say, and prints "done" after each:
 *                            "access N" and "posix_memalign N" call it N times, "fork N" forks a child that
 *                            calls access N times
 *     subject heir           leaves a grandchild behind, which makes no call before its parent has ended; then it calls
 *                            access, and executes true; subject waits for its end
 *     subject orphan         leaves a child behind that lives until it can read from descriptor 9
 */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/raw.h"

static int do_exit(const char *argument)
{
	return atoi(argument);
}

static int do_die(const char *argument)
{
	raise(atoi(argument));
	return 1;
}

static int do_await(const char *argument)
{
	siginfo_t info;
	sigset_t all;

	(void)argument;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	puts("ready");
	fflush(stdout);
	do {
		if (sigwaitinfo(&all, &info) < 0)
			continue;
		printf("%s %d\n", sigabbrev_np(info.si_signo) ? sigabbrev_np(info.si_signo) : "RT",
		       info.si_code == SI_QUEUE ? info.si_value.sival_int : 0);
		fflush(stdout);
	} while (info.si_signo != SIGTERM);
	return 0;
}

static int do_signals(const char *argument)
{
	struct sigaction action;
	sigset_t mask;

	(void)argument;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (int i = 1; i < SIGRTMAX; i++) {
		if (sigismember(&mask, i))
			printf("blocked %d\n", i);
		if (sigaction(i, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			printf("ignored %d\n", i);
	}
	return 0;
}

static int do_descriptors(const char *argument)
{
	(void)argument;
	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("%d\n", fd);
	return 0;
}

static int do_preload(const char *argument)
{
	const char *preload = getenv("LD_PRELOAD");

	(void)argument;
	printf("%s\n%s\n", preload ? preload : "", getenv("SONDE_SESSION") ? "session" : "");
	return 0;
}

static bool read_zeros(void)
{
	char buf[10];
	int fd = open("/dev/zero", O_RDONLY);

	return read(fd, buf, sizeof(buf)) == sizeof(buf);
}

static int read_and_exit(void)
{
	_exit(read_zeros() ? 0 : 1);
}

/* Says that it is there, and goes when `stay` is closed. */
static void read_and_stay(int here, const int stay[2])
{
	char c = 0;

	close(stay[1]);
	_exit(read_zeros() && write(here, &c, 1) == 1 && read(stay[0], &c, 1) == 0 ? 0 : 1);
}

static int wait_for_all(void)
{
	int result = 0;
	int status;

	while (wait(&status) > 0)
		result |= status != 0;
	return result;
}

static int do_crowd(const char *argument)
{
	int here[2];
	int stay[2];
	char c;

	if (pipe(here) < 0 || pipe(stay) < 0)
		return 1;
	for (int i = atoi(argument); i > 0; i--)
		if (fork() == 0)
			read_and_stay(here[1], stay);
	for (int i = atoi(argument); i > 0; i--)
		if (read(here[0], &c, 1) != 1)
			return 1;
	close(stay[1]);
	return wait_for_all();
}

static int do_chain(const char *argument)
{
	int n_left = atoi(argument);
	char next[16];

	if (!read_zeros())
		return 1;
	snprintf(next, sizeof(next), "%d", n_left - 1);
	if (n_left > 1 && fork() == 0) {
		execl("/proc/self/exe", "subject", "chain", next, NULL);
		_exit(1);
	}
	return wait_for_all();
}

static int do_fork(const char *argument)
{
	int n_children = atoi(argument);
	int status = 0;

	for (int i = 0; i < n_children && status == 0; i++) {
		pid_t child = fork();

		if (child == 0)
			read_and_exit();
		waitpid(child, &status, 0);
	}
	return status != 0;
}

static int do_vfork(const char *argument)
{
	int status;
	pid_t child = vfork();

	(void)argument;
	if (child == 0) {
		dup2(1, 2);
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	return waitpid(child, &status, 0) != child || status != 0;
}

static void call_access(int n_calls)
{
	for (int i = 0; i < n_calls; i++)
		if (access("/", F_OK) < 0)
			_exit(1);
}

static void call_posix_memalign(int n_calls)
{
	for (int i = 0; i < n_calls; i++) {
		void *memory;

		if (posix_memalign(&memory, 64, 64) != 0)
			_exit(1);
		free(memory);
	}
}

static void call_in_child(int n_calls)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		call_access(n_calls);
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child || status != 0)
		_exit(1);
}

static int do_obey(const char *argument)
{
	static const struct {
		const char *name;
		void (*run)(int n_calls);
	} orders[] = {
		{"access", call_access},
		{"posix_memalign", call_posix_memalign},
		{"fork", call_in_child},
	};
	char name[32];
	int n_calls;

	(void)argument;
	while (scanf("%31s %d", name, &n_calls) == 2) {
		for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
			if (strcmp(orders[i].name, name) == 0)
				orders[i].run(n_calls);
		puts("done");
		fflush(stdout);
	}
	return 0;
}

static void inherit(int parent_pid)
{
	/* By itself, so that nothing of it is recorded. */
	while (raw_getppid() == parent_pid)
		raw_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
	access("/", F_OK);
	execl("/bin/true", "true", NULL);
	_exit(1);
}

static int do_heir(const char *argument)
{
	int alive[2];
	char c;

	(void)argument;
	if (pipe(alive) < 0)
		return 1;
	pid_t parent = fork();

	if (parent == 0) {
		int pid = raw_getpid();

		if (fork() == 0)
			inherit(pid);
		_exit(0);
	}
	close(alive[1]);
	/* Both have the other end open until they end. */
	return waitpid(parent, NULL, 0) != parent || read(alive[0], &c, 1) != 0;
}

static int do_orphan(const char *argument)
{
	int alive[2];
	char c;

	(void)argument;
	if (pipe(alive) < 0)
		return 1;
	if (fork() == 0) {
		close(alive[1]);
		_exit(read(9, &c, 1) < 0);
	}
	close(alive[1]);
	/* Hangs up when the child has closed its end, too: it runs, and its calls are recorded. */
	struct pollfd child = {.fd = alive[0]};

	return poll(&child, 1, -1) != 1;
}

static const struct action {
	const char *name;
	int (*run)(const char *argument);
} actions[] = {
	{"exit", do_exit},		 {"die", do_die},	  {"await", do_await},
	{"signals", do_signals},	 {"preload", do_preload}, {"fork", do_fork},
	{"descriptors", do_descriptors}, {"orphan", do_orphan},	  {"vfork", do_vfork},
	{"heir", do_heir},
	{"obey", do_obey},		 {"crowd", do_crowd},	  {"chain", do_chain},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(argv[1], actions[i].name) == 0)
			return actions[i].run(argc > 2 ? argv[2] : "");
	return 2;
}
