// SPDX-License-Identifier: MIT
/*
 * Programs that make it hard: early and late calls, closed descriptors, small limits, small stacks.
 */
#include "config.h"

#include "truth.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Made by tests/truth/early.c, whose constructor runs before the preload's. */
extern int early_reads(void);
extern int early_seeks(void);

static void seek(int n_seeks)
{
	for (int i = 0; i < n_seeks; i++)
		lseek(-1, 0, SEEK_SET);
}

static void seek_at_exit(void)
{
	seek(6);
}

/* Set by the case; a destructor runs after all handlers of atexit(). */
static int n_late_seeks;

__attribute__((destructor)) static void seek_in_destructor(void)
{
	seek(n_late_seeks);
}

static int run_early_and_late(char **arguments)
{
	(void)arguments;
	atexit(seek_at_exit);
	n_late_seeks = 5;
	truth_count("read", (uint64_t)early_reads());
	truth_error("read", "EBADF", (uint64_t)early_reads());
	truth_count("lseek", (uint64_t)early_seeks() + 6 + 5);
	return 0;
}

static int run_close_all(char **arguments)
{
	char byte;
	int fd;

	(void)arguments;
	for (int round = 0; round < 50; round++) {
		for (int i = 3; i < 100; i++)
			close(i);
		closefrom(3);
		fd = open("/dev/zero", O_RDONLY);
		if (fd != 3 || read(fd, &byte, 1) != 1)
			return 1;
	}
	truth_count("open", 50);
	truth_count("read", 50);
	truth_count("close", 50 * 97);
	truth_count("closefrom", 50);
	return 0;
}

static int run_no_environment(char **arguments)
{
	(void)arguments;
	environ = NULL;
	pid_t pid = fork();

	if (pid == 0) {
		seek(10);
		execl(truth_program, "truth", "child", "13", NULL);
		_exit(1);
	}
	int status;

	if (waitpid(pid, &status, 0) != pid || status != 0)
		return 1;
	truth_count("lseek", 10);
	return 0;
}

static void *seek_on_small_stack(void *unused)
{
	seek(100);
	return unused;
}

static int run_small_stacks(char **arguments)
{
	pthread_attr_t attributes;

	(void)arguments;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN);
	for (int i = 0; i < 20; i++) {
		pthread_t thread;

		if (pthread_create(&thread, &attributes, seek_on_small_stack, NULL) ||
		    pthread_join(thread, NULL))
			return 1;
	}
	truth_count("lseek", 2000);
	return 0;
}

static void seek_in_handler(int signal)
{
	(void)signal;
	seek(9);
}

static int run_alternate_stack(char **arguments)
{
	static char memory[16384];
	stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};
	struct sigaction action = {.sa_handler = seek_in_handler, .sa_flags = SA_ONSTACK};

	(void)arguments;
	sigaltstack(&stack, NULL);
	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < 10; i++)
		raise(SIGUSR1);
	truth_count("lseek", 90);
	return 0;
}

/* A forked child makes a region of its own, for which it needs one descriptor for a moment. */
static int run_few_descriptors(char **arguments)
{
	struct rlimit few = {4, 4};
	int status;

	(void)arguments;
	closefrom(3);
	setrlimit(RLIMIT_NOFILE, &few);
	seek(33);
	pid_t pid = fork();

	if (pid == 0) {
		seek(44);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		return 1;
	truth_count("lseek", 77);
	return 0;
}

static int run_chroot(char **arguments)
{
	char byte;
	int fd = open("/dev/zero", O_RDONLY);

	(void)arguments;
	if (raw_syscall(SYS_chroot, (long)"/proc", 0, 0, 0, 0, 0) < 0)
		return 0; /* not root: nothing to see */
	seek(25);
	for (int i = 0; i < 12; i++)
		if (read(fd, &byte, 1) != 1)
			return 1;
	truth_count("lseek", 25);
	truth_count("read", 12);
	return 0;
}

/* What ps shows is the program's to write to, and to point elsewhere. */
static int run_lost_arguments(char **arguments)
{
	char *gone = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status;

	munmap(gone, 4096);
	arguments[-1] = gone;
	environ[0] = NULL;
	pid_t pid = fork();

	if (pid == 0) {
		seek(14);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		return 1;
	truth_count("lseek", 14);
	return 0;
}

const struct truth_case truth_hostile_cases[] = {
	{"early-and-late", "calls before our constructor and after our destructor count",
	 run_early_and_late, 0},
	{"close-all", "a program that closes all descriptors finds none of ours", run_close_all, 0},
	{"no-environment", "a program without an environment keeps its children in the session",
	 run_no_environment, 0},
	{"small-stacks", "calls on the smallest stacks count", run_small_stacks, 0},
	{"alternate-stack", "calls in a handler on an alternate stack count", run_alternate_stack, 0},
	{"few-descriptors", "calls count where one descriptor is free", run_few_descriptors, 0},
	{"lost-arguments", "children of a program whose arguments are no longer there count",
	 run_lost_arguments, 0},
	{"chroot", "calls count after a chroot", run_chroot, 0},
	{0},
};
