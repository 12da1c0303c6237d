// SPDX-License-Identifier: MIT
/*
 * Every way to end, with one thread and with many: what was counted before stays counted.
 */
#include "config.h"

#include "truth.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READS = 250, CROWD = 64 };

static void *read_and_stay(void *n_ready)
{
	char byte;
	int fd = open("/dev/zero", O_RDONLY);

	for (int i = 0; i < READS; i++)
		if (read(fd, &byte, 1) != 1)
			return NULL;
	__atomic_fetch_add((int *)n_ready, 1, __ATOMIC_RELEASE);
	for (;;)
		raw_syscall(SYS_ppoll, 0, 0, 0, 0, 0, 0);
}

/* Reads in this thread and in `crowd` others, and states it. All have finished counting on return. */
static void live(char **arguments)
{
	int n_threads = arguments[0] ? atoi(arguments[0]) : 0;
	struct rlimit no_core = {0, 0};
	static int n_ready;
	pthread_t thread;
	char byte;
	int fd = open("/dev/zero", O_RDONLY);

	setrlimit(RLIMIT_CORE, &no_core);
	for (int i = 0; i < n_threads; i++)
		if (pthread_create(&thread, NULL, read_and_stay, &n_ready))
			abort();
	for (int i = 0; i < READS; i++)
		if (read(fd, &byte, 1) != 1)
			abort();
	while (__atomic_load_n(&n_ready, __ATOMIC_ACQUIRE) < n_threads)
		raw_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
	truth_count("read", READS * (uint64_t)(1 + n_threads));
	truth_bytes("read", READS * (uint64_t)(1 + n_threads));
}

static int die_by_return(char **arguments)
{
	live(arguments);
	return 0;
}

static int die_by_exit(char **arguments)
{
	live(arguments);
	truth_count("exit", 1);
	exit(3);
}

static int die_by__exit(char **arguments)
{
	live(arguments);
	truth_count("_exit", 1);
	_exit(4);
}

static int die_by_quick_exit(char **arguments)
{
	live(arguments);
	truth_count("quick_exit", 1);
	quick_exit(5);
}

static int die_by_abort(char **arguments)
{
	live(arguments);
	truth_count("abort", 1);
	abort();
}

static int die_by_kill(char **arguments)
{
	live(arguments);
	raw_syscall(SYS_kill, raw_getpid(), SIGKILL, 0, 0, 0, 0);
	return 0;
}

static int die_by_fault(char **arguments)
{
	int *volatile nowhere = NULL;

	live(arguments);
	*(volatile int *)nowhere = 1;
	return 0;
}

static int die_by_exec(char **arguments)
{
	live(arguments);
	truth_count("execl", 1);
	execl(truth_program, "truth", "child", "13", NULL);
	return 1;
}

static int die_by_exec_without_environment(char **arguments)
{
	char *nothing[] = {NULL};

	live(arguments);
	truth_count("execle", 1);
	execle(truth_program, "truth", "child", "13", NULL, nothing);
	return 1;
}

static void *exit_last(void *main_thread)
{
	pthread_join(*(pthread_t *)main_thread, NULL);
	exit(6);
}

/* The main thread ends; another one ends the process. */
static int die_by_pthread_exit(char **arguments)
{
	static pthread_t main_thread;
	pthread_t thread;

	live(arguments);
	truth_count("pthread_exit", 1);
	truth_count("exit", 1);
	main_thread = pthread_self();
	if (pthread_create(&thread, NULL, exit_last, &main_thread))
		return 1;
	pthread_exit(NULL);
}

/* What a victim and its killer share. */
struct victim {
	uint64_t n_begun;    /* reads that it has made or is about to make */
	uint32_t is_to_halt; /* before its next read ... */
	uint32_t has_halted; /* ... where it waits to be killed */
};

static void read_until_killed(struct victim *victim, int fd)
{
	char byte;

	for (;;) {
		__atomic_fetch_add(&victim->n_begun, 1, __ATOMIC_RELAXED);
		while (__atomic_load_n(&victim->is_to_halt, __ATOMIC_ACQUIRE))
			__atomic_store_n(&victim->has_halted, 1, __ATOMIC_RELEASE);
		if (read(fd, &byte, 1) != 1)
			_exit(1);
	}
}

/* Kills children at moments that nobody chose, but for that none is within a read. */
static int die_at_random(char **arguments)
{
	struct victim *victim = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int fd = open("/dev/zero", O_RDONLY);

	(void)arguments;
	for (uint64_t i = 0; i < 20; i++) {
		*victim = (struct victim){0};
		pid_t pid = fork();

		if (pid == 0)
			read_until_killed(victim, fd);
		while (__atomic_load_n(&victim->n_begun, __ATOMIC_RELAXED) < 100 + 37 * i)
			;
		__atomic_store_n(&victim->is_to_halt, 1, __ATOMIC_RELEASE);
		while (!__atomic_load_n(&victim->has_halted, __ATOMIC_ACQUIRE))
			;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		truth_count("read", victim->n_begun - 1);
		truth_bytes("read", victim->n_begun - 1);
	}
	return 0;
}

enum { EXITED_3 = 3 << 8, EXITED_4 = 4 << 8, EXITED_5 = 5 << 8, EXITED_6 = 6 << 8 };

const struct truth_case truth_death_cases[] = {
	{"return", "nothing is lost by a return from main", die_by_return, 0},
	{"exit", "nothing is lost by exit()", die_by_exit, EXITED_3},
	{"_exit", "nothing is lost by _exit()", die_by__exit, EXITED_4},
	{"quick_exit", "nothing is lost by quick_exit()", die_by_quick_exit, EXITED_5},
	{"abort", "nothing is lost by abort()", die_by_abort, SIGABRT},
	{"kill", "nothing is lost by SIGKILL", die_by_kill, SIGKILL},
	{"fault", "nothing is lost by SIGSEGV", die_by_fault, SIGSEGV},
	{"exec-away", "nothing is lost by an exec", die_by_exec, 0},
	{"exec-bare", "nothing is lost by an exec with an empty environment",
	 die_by_exec_without_environment, 0},
	{"main-pthread_exit", "nothing is lost when main's thread ends first", die_by_pthread_exit,
	 EXITED_6},
	{"random-kill", "nothing is lost by SIGKILL in the midst of counting", die_at_random, 0},
	{0},
};
