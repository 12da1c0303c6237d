// SPDX-License-Identifier: MIT
/*
 * Processes in every way that libc has to make them. Each child makes a known number of reads, and the
 * report must have them all.
 */
#include "config.h"

#include "children.h"
#include "truth.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern pid_t _Fork(void);

/* What a child program does: so many reads, told by its first argument. */
static int run_child(char **arguments)
{
	int n_reads = atoi(arguments[0]);

	truth_count("read", (uint64_t)n_reads);
	truth_bytes("read", 10 * (uint64_t)n_reads);
	return read_zeros(n_reads);
}

static char *child_arguments[] = {"truth", "child", "13", NULL};

static int run_fork(char **arguments)
{
	(void)arguments;
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();

		if (pid == 0)
			exit(read_zeros(50 + i));
		if (wait_for(pid))
			return 1;
		truth_count("read", 50 + (uint64_t)i);
	}
	if (read_zeros(5))
		return 1;
	truth_count("read", 5);
	truth_count("fork", 20);
	truth_count("exit", 20);
	return 0;
}

static int run_nested_fork(char **arguments)
{
	pid_t pid = fork();

	(void)arguments;
	if (pid == 0) {
		pid_t grandchild = fork();

		if (grandchild == 0)
			_exit(read_zeros(30));
		_exit(read_zeros(20) || wait_for(grandchild));
	}
	if (wait_for(pid))
		return 1;
	truth_count("read", 50);
	truth_count("fork", 2);
	truth_count("_exit", 2);
	return 0;
}

/* _Fork() runs no handlers, and a clone by system call is seen by nobody but the kernel. */
static int run_unannounced_fork(char **arguments)
{
	pid_t pid = _Fork();

	(void)arguments;
	if (pid == 0)
		_exit(read_zeros(30));
	if (wait_for(pid))
		return 1;
	pid = (pid_t)raw_syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
	if (pid == 0)
		_exit(read_zeros(21));
	if (wait_for(pid))
		return 1;
	truth_count("_Fork", 1);
	truth_count("read", 51);
	return 0;
}

static int vfork_child(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		/* In the parent's memory: counts for the parent. */
		lseek(-1, 0, SEEK_SET);
		execv(truth_program, child_arguments);
		_exit(127);
	}
	return wait_for(pid);
}

static int run_vfork(char **arguments)
{
	(void)arguments;
	for (int i = 0; i < 15; i++)
		if (vfork_child())
			return 1;
	truth_count("vfork", 15);
	truth_count("execv", 15);
	truth_count("lseek", 15);
	truth_error("lseek", "EBADF", 15);
	truth_count("waitpid", 15);
	return 0;
}

static int run_spawn(char **arguments)
{
	pid_t pid;

	(void)arguments;
	for (int i = 0; i < 15; i++)
		if (posix_spawn(&pid, truth_program, NULL, NULL, child_arguments, environ) ||
		    wait_for(pid))
			return 1;
	if (posix_spawnp(&pid, "/there/is/no/such/program", NULL, NULL, child_arguments, environ) !=
	    ENOENT)
		return 1;
	truth_count("posix_spawn", 15);
	truth_count("posix_spawnp", 1);
	truth_error("posix_spawnp", "ENOENT", 1);
	return 0;
}

static int clone_child(void *unused)
{
	(void)unused;
	_exit(read_zeros(9));
}

static int run_clone(char **arguments)
{
	static char stack[256 * 1024] __attribute__((aligned(16)));
	pid_t pid = clone(clone_child, stack + sizeof(stack), SIGCHLD, NULL);

	(void)arguments;
	if (wait_for(pid))
		return 1;
	pid = clone(clone_child, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
	if (wait_for(pid))
		return 1;
	truth_count("clone", 2);
	truth_count("read", 18);
	return 0;
}

/* -- exec -------------------------------------------------------------------------------------------- */

typedef int execute_child(void);

static int execute_with_empty_environment(void)
{
	char *nothing[] = {NULL};

	return execve(truth_program, child_arguments, nothing);
}

static int execute_without_environment(void)
{
	return execve(truth_program, child_arguments, NULL);
}

static int execute_list(void)
{
	return execl(truth_program, "truth", "child", "13", NULL);
}

static int execute_list_with_environment(void)
{
	char *own[] = {"A=b", "LD_PRELOAD=", NULL};

	return execle(truth_program, "truth", "child", "13", NULL, own);
}

static int execute_searched_list(void)
{
	return execlp(truth_program, "truth", "child", "13", NULL);
}

static int execute_searched(void)
{
	return execvp(truth_program, child_arguments);
}

static int execute_searched_with_environment(void)
{
	char *nothing[] = {NULL};

	return execvpe(truth_program, child_arguments, nothing);
}

static int execute_descriptor(void)
{
	return fexecve(open(truth_program, O_RDONLY), child_arguments, environ);
}

static int execute_at(void)
{
	char *nothing[] = {NULL};

	return execveat(open(truth_program, O_RDONLY), "", child_arguments, nothing, AT_EMPTY_PATH);
}

static int execute_after_clearenv(void)
{
	clearenv();
	return execv(truth_program, child_arguments);
}

static int run_exec(char **arguments)
{
	static execute_child *const ways[] = {
		execute_with_empty_environment, execute_without_environment,
		execute_list, execute_list_with_environment, execute_searched_list,
		execute_searched, execute_searched_with_environment, execute_descriptor, execute_at,
		execute_after_clearenv,
	};

	(void)arguments;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		pid_t pid = fork();

		if (pid == 0) {
			ways[i]();
			_exit(1);
		}
		if (wait_for(pid))
			return 1 + (int)i;
	}
	truth_count("execve", 2);
	truth_count("execl", 1);
	truth_count("execle", 1);
	truth_count("execlp", 1);
	truth_count("execvp", 1);
	truth_count("execvpe", 1);
	truth_count("fexecve", 1);
	truth_count("execveat", 1);
	truth_count("execv", 1);
	return 0;
}

/* A process that executes itself again and again is one process, and loses nothing. */
static int run_exec_chain(char **arguments)
{
	int left = arguments[0] ? atoi(arguments[0]) : 10;
	char next[12];

	if (read_zeros(7))
		return 1;
	truth_count("read", 7);
	if (left == 0)
		return 0;
	truth_count("execl", 1);
	snprintf(next, sizeof(next), "%d", left - 1);
	execl(truth_program, "truth", "exec-chain", next, NULL);
	return 1;
}

/* system() and popen() take the process's own environment, which may have been cleared. */
static int run_shell(char **arguments)
{
	char command[512];

	(void)arguments;
	snprintf(command, sizeof(command), "%s child 17 && %s child 4", truth_program, truth_program);
	clearenv();
	setenv("KEPT", "yes", 1);
	if (system(command) != 0)
		return 1;
	FILE *pipe = popen(command, "r");

	/* The child's statements come through the pipe; they are handed on. */
	for (int c; (c = fgetc(pipe)) != EOF;) {
		char byte = (char)c;
		raw_write(1, &byte, 1);
	}
	if (pclose(pipe) != 0 || getenv("LD_PRELOAD") || !getenv("KEPT"))
		return 1;
	truth_count("system", 1);
	truth_count("popen", 1);
	return 0;
}

static int run_daemon(char **arguments)
{
	int *is_done = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork();

	(void)arguments;
	if (pid == 0) {
		if (daemon(1, 1) < 0)
			_exit(1);
		int result = read_zeros(40);

		__atomic_store_n(is_done, 1 + result, __ATOMIC_RELEASE);
		_exit(0);
	}
	if (wait_for(pid))
		return 1;
	while (!__atomic_load_n(is_done, __ATOMIC_ACQUIRE))
		raw_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
	truth_count("daemon", 1);
	truth_count("read", 40);
	return *is_done != 1;
}

/* -- fork in places that are not easy ---------------------------------------------------------------- */

static void fork_in_handler(int signal)
{
	pid_t pid = fork();

	(void)signal;
	if (pid == 0)
		_exit(read_zeros(8));
	wait_for(pid);
}

static int run_fork_in_handler(char **arguments)
{
	signal(SIGUSR1, fork_in_handler);
	(void)arguments;
	for (int i = 0; i < 10; i++)
		if (raise(SIGUSR1))
			return 1;
	truth_count("fork", 10);
	truth_count("read", 80);
	truth_count("raise", 10);
	return 0;
}

static pid_t handler_child;

static void fork_and_return(int signal)
{
	struct timespec some = {.tv_nsec = 3000000};

	(void)signal;
	handler_child = fork();
	if (handler_child == 0) {
		read_zeros(5);
		raw_syscall(SYS_nanosleep, (long)&some, 0, 0, 0, 0, 0);
	}
}

static void do_nothing(int signal)
{
	(void)signal;
}

/* The child ends a raise() that its parent began, in a time that no raise() of the parent took. */
static int run_return_in_child(char **arguments)
{
	(void)arguments;
	signal(SIGUSR1, fork_and_return);
	signal(SIGUSR2, do_nothing);
	for (int i = 0; i < 10; i++) {
		raise(SIGUSR1);
		if (handler_child == 0)
			_exit(0);
		if (wait_for(handler_child))
			return 1;
	}
	signal(SIGUSR1, SIG_IGN);
	for (int i = 0; i < 200; i++)
		raise(SIGUSR2);
	truth_count("read", 50);
	truth_count("raise", 210);
	return 0;
}

static volatile uint64_t n_alarms;

static void seek_at_alarm(int signal)
{
	(void)signal;
	n_alarms++;
	lseek(-1, 0, SEEK_SET);
}

/* The first alarm comes while the first call is being recorded, a little later in every child. */
static int seek_among_alarms(int n_children)
{
	struct itimerval often = {.it_interval = {0, 60}, .it_value = {0, 20 + n_children}};
	sigset_t alarm;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < 100; i++)
		lseek(-1, 0, SEEK_SET);
	sigprocmask(SIG_BLOCK, &alarm, NULL);
	truth_count("lseek", 100 + n_alarms);
	raw_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
	return 1;
}

static int run_alarmed_children(char **arguments)
{
	struct sigaction action = {.sa_handler = seek_at_alarm, .sa_flags = SA_RESTART};

	(void)arguments;
	sigaction(SIGALRM, &action, NULL);
	for (int i = 0; i < 150; i++) {
		pid_t pid = fork();

		if (pid == 0)
			return seek_among_alarms(i);
		if (wait_for(pid))
			return 1;
	}
	truth_count("fork", 150);
	return 0;
}

static volatile int n_names_made;
static volatile bool may_end;
static char names_folder[] = "/tmp/sonde-truth-XXXXXX";

static int touch_name(int number)
{
	char name[PATH_MAX / 16];

	/* Long, so that descriptions of files fill pages of the region. */
	snprintf(name, sizeof(name), "%s/%0150d", names_folder, number);
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	return fd < 0 || write(fd, "abcd", 4) != 4 || close(fd) ? 1 : 0;
}

static void *touch_names(void *nothing)
{
	while (!may_end)
		n_names_made += !touch_name(n_names_made);
	return nothing;
}

/* From here to the fork, the other thread goes on with new names. */
static void let_other_thread_work(void)
{
	int seen = n_names_made;

	while (n_names_made < seen + 20)
		sched_yield();
}

/* What the child inherits of its parent's names lies behind what the parent knew when it came to fork. */
static int run_fork_beside_names(char **arguments)
{
	enum { CHILDREN = 40, NAMES = 30 };
	pthread_t thread;
	int failures = 0;

	(void)arguments;
	if (!mkdtemp(names_folder) || pthread_atfork(let_other_thread_work, NULL, NULL) ||
	    pthread_create(&thread, NULL, touch_names, NULL))
		return 1;
	for (int i = 0; i < CHILDREN; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			for (int number = n_names_made - NAMES; number < n_names_made; number++)
				failures += touch_name(number < 0 ? 0 : number);
			_exit(failures);
		}
		failures += wait_for(pid);
	}
	may_end = true;
	pthread_join(thread, NULL);
	truth_count("fork", CHILDREN);
	truth_count("open", CHILDREN * NAMES + (uint64_t)n_names_made);
	truth_bytes("write", 4 * (CHILDREN * NAMES + (uint64_t)n_names_made));
	for (int number = 0; number <= n_names_made; number++) {
		char name[PATH_MAX / 16];

		snprintf(name, sizeof(name), "%s/%0150d", names_folder, number);
		unlink(name);
	}
	return failures || rmdir(names_folder);
}

/* Each forks the next one. */
static int read_and_fork(int n_generations)
{
	if (read_zeros(3))
		return 1;
	if (n_generations == 0)
		return 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(read_and_fork(n_generations - 1));
	return wait_for(pid);
}

static int run_generations(char **arguments)
{
	(void)arguments;
	truth_count("fork", 100);
	truth_count("read", 303);
	return read_and_fork(100);
}

/* Each third is forked by libc, the others by a system call; each fourth makes no call before it forks. */
static int fork_by_turns(int n_generations)
{
	if (n_generations % 4 && read_zeros(n_generations % 4))
		return 1;
	if (n_generations == 0)
		return 0;
	pid_t pid = n_generations % 3 ? (pid_t)raw_syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0) : fork();

	if (pid == 0)
		_exit(fork_by_turns(n_generations - 1));
	return wait_for(pid);
}

static int run_mixed_generations(char **arguments)
{
	(void)arguments;
	truth_count("fork", 20);
	truth_count("read", 90);
	truth_count("open", 45);
	return fork_by_turns(60);
}

static int run_many_children(char **arguments)
{
	int n_children = arguments[0] ? atoi(arguments[0]) : 300;

	for (int i = 0; i < n_children; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(read_zeros(3));
		if (wait_for(pid))
			return 1;
	}
	truth_count("fork", (uint64_t)n_children);
	truth_count("read", 3 * (uint64_t)n_children);
	return 0;
}

const struct truth_case truth_process_cases[] = {
	{"fork", "calls of forked children count, each in its own process", run_fork, 0},
	{"nested-fork", "calls of a child's child count", run_nested_fork, 0},
	{"unannounced-fork", "a fork that no hook sees is noticed", run_unannounced_fork, 0},
	{"vfork", "a vfork child counts for its parent until it executes", run_vfork, 0},
	{"spawn", "spawned children count", run_spawn, 0},
	{"clone", "cloned children count, with shared memory and without", run_clone, 0},
	{"exec", "every exec keeps its program in the session", run_exec, 0},
	{"exec-chain", "a process that executes itself ten times loses no call", run_exec_chain, 0},
	{"shell", "shells of system() and popen() are watched in a cleared environment", run_shell, 0},
	{"daemon", "a daemon's calls count after it has left its parent", run_daemon, 0},
	{"fork-in-handler", "children forked in a signal handler count", run_fork_in_handler, 0},
	{"return-in-child", "a child that returns from its parent's call leaves its parent's records alone",
	 run_return_in_child, 0},
	{"fork-beside-names", "children that are forked while a thread uses new files lose no call, nor their region",
	 run_fork_beside_names, 0},
	{"generations", "a hundred processes, each forked by the one before, lose no call", run_generations, 0},
	{"mixed-generations", "sixty processes, two of three forked by a system call of the program's own, lose no call",
	 run_mixed_generations, 0},
	{"alarmed-children", "a signal during a child's first call loses nothing", run_alarmed_children,
	 0},
	{"many-children", "hundreds of short children lose no call", run_many_children, 0},
	{"child", NULL, run_child, 0},
	{0},
};
