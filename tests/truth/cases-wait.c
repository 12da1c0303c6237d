// SPDX-License-Identifier: MIT
/*
 * What the main thread waits for. How long it does at least is certain, and so is that it does not wait for
 * something at all.
 */
#include "config.h"

#include "truth.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MS = 1000000, SPAN = 40 * MS };

static void sleep_unseen(long ns)
{
	struct timespec span = {0, ns};

	raw_syscall(SYS_nanosleep, (long)&span, 0, 0, 0, 0, 0);
}

static void state_wait(const char *what, uint64_t at_least_ns)
{
	truth_state("wait", what, NULL, at_least_ns);
}

/* A child that ends, or answers, no sooner than it should. */
static pid_t start_child(int answers_to)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	sleep_unseen(SPAN);
	if (answers_to >= 0)
		raw_write(answers_to, "x", 1);
	raw_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
	return -1;
}

/* The child begins when it is made, which may be well before we come to wait for it. */
static uint64_t now_ns(void)
{
	struct timespec now;

	raw_syscall(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0, 0, 0, 0);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t left_of_span(uint64_t begun_ns)
{
	uint64_t gone = now_ns() - begun_ns;

	return gone < SPAN ? SPAN - gone : 0;
}

/* One byte through a pair of descriptors, from a child; returns for how long it could not be there. */
static uint64_t await_byte(const int *ends)
{
	uint64_t begun = now_ns();
	pid_t child = start_child(ends[1]);
	uint64_t ns = left_of_span(begun);
	char byte;

	if (read(ends[0], &byte, 1) != 1)
		return UINT64_MAX;
	raw_syscall(SYS_wait4, child, 0, 0, 0, 0, 0);
	return ns;
}

static int run_waits(char **arguments)
{
	struct timespec span = {0, SPAN};
	struct timespec past = {1, 0};
	int pipe_ends[2];
	int socket_ends[2];
	sem_t sem;

	(void)arguments;
	if (pipe(pipe_ends) || socketpair(AF_UNIX, SOCK_STREAM, 0, socket_ends))
		return 1;
	state_wait("io", await_byte(pipe_ends));
	state_wait("network", await_byte(socket_ends));

	uint64_t begun = now_ns();
	pid_t child = start_child(-1);

	state_wait("child", left_of_span(begun));
	if (waitpid(child, NULL, 0) != child || nanosleep(&span, NULL) || poll(NULL, 0, 50) ||
	    clock_gettime(CLOCK_REALTIME, &past))
		return 1;
	state_wait("sleep", SPAN);
	state_wait("events", 50 * MS);
	/* What fails has been waited for too. */
	past.tv_sec += past.tv_nsec >= 950 * MS;
	past.tv_nsec = past.tv_nsec >= 950 * MS ? 0 : past.tv_nsec + 50 * MS;
	sem_init(&sem, 0, 0);
	uint64_t until = (uint64_t)past.tv_sec * 1000000000 + (uint64_t)past.tv_nsec;
	struct timespec now;

	raw_syscall(SYS_clock_gettime, CLOCK_REALTIME, (long)&now, 0, 0, 0, 0);
	uint64_t at = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;

	if (sem_timedwait(&sem, &past) == 0)
		return 1;
	state_wait("lock", until > at ? until - at : 0);
	return 0;
}

static void *sleep_seen(void *unused)
{
	struct timespec span = {0, SPAN};

	nanosleep(&span, NULL);
	poll(NULL, 0, 1);
	return unused;
}

static int run_other_threads(char **arguments)
{
	pthread_t thread;
	uint64_t begun = now_ns();

	(void)arguments;
	for (int i = 0; i < 3; i++) {
		begun = now_ns();
		if (pthread_create(&thread, NULL, sleep_seen, NULL))
			return 1;
		state_wait("lock", left_of_span(begun));
		if (pthread_join(thread, NULL))
			return 1;
	}
	state_wait("sleep", 0);
	state_wait("events", 0);
	state_wait("child", 0);
	return 0;
}

/* Waits until the process's main thread sleeps, and then for a while. */
static void kill_when_asleep(int pid)
{
	while (!truth_is_asleep(pid, pid))
		raw_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
	sleep_unseen(2 * SPAN);
	raw_syscall(SYS_kill, pid, SIGKILL, 0, 0, 0, 0);
	raw_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
}

/* The wait that a process was killed in is the one that people ask for. */
static int run_killed(char **arguments)
{
	struct timespec span = {1000, 0};
	int pid = raw_getpid();

	(void)arguments;
	state_wait("sleep", 2 * SPAN);
	state_wait("io", 0);
	if (fork() == 0)
		kill_when_asleep(pid);
	nanosleep(&span, NULL);
	return 1;
}

const struct truth_case truth_wait_cases[] = {
	{"waits", "the main thread's waiting is reported by what it waits for", run_waits, 0},
	{"waits-threads", "other threads' waiting is not the main thread's", run_other_threads, 0},
	{"waits-killed", "the wait that a process was killed in is reported", run_killed, SIGKILL},
	{0},
};
