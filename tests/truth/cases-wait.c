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
#include <sys/mman.h>
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

/* The main thread of a case sleeps for nothing but what the case has it wait for; one that is dead is not waited for. */
static void await_sleep(int pid)
{
	while (!truth_is_asleep(pid, pid) && raw_syscall(SYS_kill, pid, 0, 0, 0, 0, 0) == 0)
		raw_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
}

/* A child that ends, or answers, a span after we have come to wait for it: how long it takes us is not ours to say. */
static pid_t start_child(int answers_to)
{
	int parent = raw_getpid();
	pid_t child = fork();

	if (child != 0)
		return child;
	await_sleep(parent);
	sleep_unseen(SPAN);
	if (answers_to >= 0)
		raw_write(answers_to, "x", 1);
	raw_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
	return -1;
}

/* One byte through a pair of descriptors, from a child. */
static bool await_byte(const int *ends)
{
	pid_t child = start_child(ends[1]);
	char byte;
	bool is_there = child > 0 && read(ends[0], &byte, 1) == 1;

	raw_syscall(SYS_wait4, child, 0, 0, 0, 0, 0);
	return is_there;
}

static uint64_t ns_of(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_nsec;
}

/* When another process saw our main thread asleep. */
struct lookout {
	uint64_t seen_ns; /* CLOCK_REALTIME; 0: it did not */
	uint32_t is_over; /* it need not look any longer */
};

static void look_out(struct lookout *lookout, int pid)
{
	struct timespec now;

	while (!truth_is_asleep(pid, pid))
		if (__atomic_load_n(&lookout->is_over, __ATOMIC_RELAXED) ||
		    raw_syscall(SYS_kill, pid, 0, 0, 0, 0, 0) != 0)
			raw_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
	raw_syscall(SYS_clock_gettime, CLOCK_REALTIME, (long)&now, 0, 0, 0, 0);
	__atomic_store_n(&lookout->seen_ns, ns_of(&now), __ATOMIC_RELAXED);
	raw_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
}

/* Waits in vain for a semaphore, until a time; returns for how long it was seen to. UINT64_MAX: it was not in vain. */
static uint64_t await_semaphore(const struct timespec *until)
{
	struct lookout *lookout =
		mmap(NULL, sizeof(*lookout), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int pid = raw_getpid();
	pid_t child = fork();
	sem_t sem;

	if (child == 0)
		look_out(lookout, pid);
	sem_init(&sem, 0, 0);
	if (sem_timedwait(&sem, until) == 0)
		return UINT64_MAX;
	__atomic_store_n(&lookout->is_over, 1, __ATOMIC_RELAXED);
	raw_syscall(SYS_wait4, child, 0, 0, 0, 0, 0);
	return lookout->seen_ns && lookout->seen_ns < ns_of(until) ? ns_of(until) - lookout->seen_ns : 0;
}

static int run_waits(char **arguments)
{
	struct timespec span = {0, SPAN};
	struct timespec past = {1, 0};
	int pipe_ends[2];
	int socket_ends[2];

	(void)arguments;
	if (pipe(pipe_ends) || socketpair(AF_UNIX, SOCK_STREAM, 0, socket_ends))
		return 1;
	if (!await_byte(pipe_ends) || !await_byte(socket_ends))
		return 1;
	state_wait("io", SPAN);
	state_wait("network", SPAN);

	pid_t child = start_child(-1);

	state_wait("child", SPAN);
	if (waitpid(child, NULL, 0) != child || nanosleep(&span, NULL) || poll(NULL, 0, 50) ||
	    clock_gettime(CLOCK_REALTIME, &past))
		return 1;
	state_wait("sleep", SPAN);
	state_wait("events", 50 * MS);
	/* What fails has been waited for too. */
	past.tv_sec += past.tv_nsec >= 950 * MS;
	past.tv_nsec = past.tv_nsec >= 950 * MS ? 0 : past.tv_nsec + 50 * MS;
	uint64_t ns = await_semaphore(&past);

	if (ns && ns != UINT64_MAX)
		state_wait("lock", ns);
	return ns == UINT64_MAX;
}

static void *sleep_seen(void *unused)
{
	struct timespec span = {0, SPAN};

	await_sleep(raw_getpid());
	nanosleep(&span, NULL);
	poll(NULL, 0, 1);
	return unused;
}

static int run_other_threads(char **arguments)
{
	pthread_t thread;

	(void)arguments;
	for (int i = 0; i < 3; i++)
		if (pthread_create(&thread, NULL, sleep_seen, NULL) || pthread_join(thread, NULL))
			return 1;
	state_wait("lock", 3 * (uint64_t)SPAN);
	state_wait("sleep", 0);
	state_wait("events", 0);
	state_wait("child", 0);
	return 0;
}

/* Waits until the process's main thread sleeps, and then for a while. */
static void kill_when_asleep(int pid)
{
	await_sleep(pid);
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
