// SPDX-License-Identifier: MIT
/*
 * Processes: made in every way, among threads, and in surroundings that change under them.
 */
#include "config.h"

#include "hazard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

static char *child_arguments[] = {"truth", "child", "13", NULL};

static int run_child(char **arguments)
{
	uint64_t n_seeks = (uint64_t)atoi(arguments[0]);

	seek(n_seeks);
	truth_count("lseek", n_seeks);
	return 0;
}

/* -- H19: other users -------------------------------------------------------------------------------- */

static void seek_as_nobody(void)
{
	REQUIRE(setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0);
	seek(10);
	pid_t pid = fork();

	if (pid == 0) {
		seek(20);
		_exit(0);
	}
	_exit(status_of(pid));
}

/*
 * What a process records goes on when it becomes another user. Its child cannot make a file where only the
 * session's owner may: that it is missing is reported, and the program does not notice.
 */
static int run_give_up_rights(char **arguments)
{
	pid_t pid = fork();

	(void)arguments;
	if (pid == 0) {
		seek(10);
		if (is_root())
			seek_as_nobody();
		_exit(0);
	}
	REQUIRE(status_of(pid) == 0);
	truth_count("lseek", is_root() ? 20 : 10);
	truth_unwatched(is_root() ? 1 : 0);
	return 0;
}

/* -- H22: fork among threads ------------------------------------------------------------------------- */

enum { WORKERS = 8 };

static struct work {
	int n_ready;
	int is_over;
	uint64_t n_rounds;
} work;

/* Is within malloc, stdio and a wrapper whenever somebody else forks. */
static void *work_on(void *unused)
{
	FILE *file = fopen("/dev/null", "w");

	REQUIRE(file);
	__atomic_fetch_add(&work.n_ready, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&work.is_over, __ATOMIC_ACQUIRE)) {
		void *volatile block = malloc(2000);

		fprintf(file, "%p\n", block);
		lseek(-1, 0, SEEK_SET);
		free(block);
		__atomic_fetch_add(&work.n_rounds, 1, __ATOMIC_RELAXED);
	}
	fclose(file);
	return unused;
}

/* Begins WORKERS threads, does something among them, and states what they did. */
static void among_workers(void (*act)(void))
{
	pthread_t threads[WORKERS];

	for (int i = 0; i < WORKERS; i++)
		REQUIRE(pthread_create(&threads[i], NULL, work_on, NULL) == 0);
	await(&work.n_ready, WORKERS);
	act();
	__atomic_store_n(&work.is_over, 1, __ATOMIC_RELEASE);
	for (int i = 0; i < WORKERS; i++)
		REQUIRE(pthread_join(threads[i], NULL) == 0);
	truth_count("lseek", work.n_rounds);
	truth_count("fprintf", work.n_rounds);
}

static void *fork_ten_times(void *unused)
{
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			free(malloc(3000));
			seek(11);
			_exit(0);
		}
		REQUIRE(status_of(pid) == 0);
	}
	return unused;
}

static void fork_in_threads(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		REQUIRE(pthread_create(&threads[i], NULL, fork_ten_times, NULL) == 0);
	fork_ten_times(NULL);
	for (int i = 0; i < 4; i++)
		REQUIRE(pthread_join(threads[i], NULL) == 0);
}

static int run_fork_among_threads(char **arguments)
{
	(void)arguments;
	among_workers(fork_in_threads);
	truth_count("fork", 50);
	truth_count("lseek", 50 * 11);
	return 0;
}

static void exec_in_children(void)
{
	for (int i = 0; i < 20; i++) {
		pid_t pid = i % 2 ? fork() : vfork();

		if (pid == 0) {
			execv(truth_program, child_arguments);
			_exit(1);
		}
		REQUIRE(status_of(pid) == 0);
	}
}

static int run_exec_among_threads(char **arguments)
{
	(void)arguments;
	among_workers(exec_in_children);
	truth_count("execv", 20);
	return 0;
}

static void *execute(void *unused)
{
	execv(truth_program, child_arguments);
	return unused;
}

/* Another thread than the first one executes: the kernel ends all others and it gets the first one's number. */
static int run_exec_in_thread(char **arguments)
{
	(void)arguments;
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			pthread_t thread;

			seek(5);
			REQUIRE(pthread_create(&thread, NULL, execute, NULL) == 0);
			pthread_join(thread, NULL);
			_exit(1);
		}
		REQUIRE(status_of(pid) == 0);
	}
	truth_count("lseek", 50);
	truth_count("execv", 10);
	return 0;
}

/* -- H22: a region made by many at once --------------------------------------------------------------- */

static int n_timers_run;

static void seek_at_timer(union sigval unused)
{
	(void)unused;
	seek(6);
	__atomic_fetch_add(&n_timers_run, 1, __ATOMIC_RELEASE);
}

/* libc makes the timers' threads within itself: their first call is the first one of the process. */
static void begin_with_timers(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = seek_at_timer};
	struct itimerspec soon = {.it_value.tv_nsec = 100000};
	timer_t timers[WORKERS];

	for (int i = 0; i < WORKERS; i++)
		REQUIRE(timer_create(CLOCK_MONOTONIC, &event, &timers[i]) == 0);
	for (int i = 0; i < WORKERS; i++)
		REQUIRE(timer_settime(timers[i], 0, &soon, NULL) == 0);
	while (__atomic_load_n(&n_timers_run, __ATOMIC_ACQUIRE) == 0)
		;
	pid_t pid = fork();

	if (pid == 0) {
		seek(9);
		raw_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
	}
	REQUIRE(status_of(pid) == 0);
	await(&n_timers_run, WORKERS);
	raw_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
}

static int run_first_calls_at_once(char **arguments)
{
	(void)arguments;
	for (int i = 0; i < 50; i++) {
		pid_t pid = fork();

		if (pid == 0)
			begin_with_timers();
		REQUIRE(status_of(pid) == 0);
	}
	truth_count("fork", 100);
	truth_count("lseek", 50 * (WORKERS * 6 + 9));
	return 0;
}

/* Sixteen at a time, so that a machine with a few processors is done in a few seconds. */
static int run_short_children(char **arguments)
{
	enum { CHILDREN = 5000, AT_ONCE = 16 };
	int status;

	(void)arguments;
	for (int n_started = 0; n_started < CHILDREN;) {
		int n_batch = 0;

		for (; n_batch < AT_ONCE && n_started < CHILDREN; n_batch++, n_started++) {
			pid_t pid = fork();

			REQUIRE(pid >= 0);
			if (pid == 0) {
				seek(1);
				_exit(0);
			}
		}
		while (n_batch--)
			REQUIRE(wait(&status) > 0 && status == 0);
	}
	truth_count("fork", CHILDREN);
	truth_count("lseek", CHILDREN);
	truth_count("_exit", CHILDREN);
	return 0;
}

/* -- H23: shared memory ------------------------------------------------------------------------------- */

static int run_failing_vfork(char **arguments)
{
	char *nothing[] = {NULL};

	(void)arguments;
	for (int i = 0; i < 500; i++) {
		pid_t pid = vfork();

		if (pid == 0) {
			dup2(-1, 7);
			execve("/there/is/no/such/program", child_arguments, nothing);
			execvp("no-such-program-anywhere", child_arguments);
			_exit(errno == ENOENT ? 33 : 1);
		}
		REQUIRE(status_of(pid) == 33 << 8);
	}
	seek(9);
	truth_count("vfork", 500);
	truth_count("dup2", 500);
	truth_error("dup2", "EBADF", 500);
	truth_count("execve", 500);
	truth_error("execve", "ENOENT", 500);
	truth_count("execvp", 500);
	truth_error("execvp", "ENOENT", 500);
	truth_count("_exit", 500);
	truth_count("lseek", 9);
	return 0;
}

static void *vfork_ten_times(void *unused)
{
	char *nothing[] = {NULL};

	for (int i = 0; i < 10; i++) {
		pid_t pid = vfork();

		if (pid == 0) {
			lseek(-1, 0, SEEK_SET);
			execve(truth_program, child_arguments, nothing);
			_exit(1);
		}
		REQUIRE(status_of(pid) == 0);
	}
	return unused;
}

static int run_vfork_in_threads(char **arguments)
{
	pthread_t threads[4];

	(void)arguments;
	for (int i = 0; i < 4; i++)
		REQUIRE(pthread_create(&threads[i], NULL, vfork_ten_times, NULL) == 0);
	for (int i = 0; i < 4; i++)
		REQUIRE(pthread_join(threads[i], NULL) == 0);
	truth_count("vfork", 40);
	truth_count("lseek", 40);
	truth_count("execve", 40);
	return 0;
}

static pid_t clone3(uint64_t flags)
{
	struct clone_args request = {.flags = flags, .exit_signal = SIGCHLD};

	return (pid_t)syscall(SYS_clone3, &request, sizeof(request));
}

/* A fork that libc knows nothing of: its child is as good as any. */
static int run_clone3(char **arguments)
{
	(void)arguments;
	for (int i = 0; i < 10; i++) {
		pid_t pid = clone3(0);

		if (pid == -1 && errno == ENOSYS)
			break;
		if (pid == 0) {
			seek(12);
			if (i % 2)
				execv(truth_program, child_arguments);
			_exit(0);
		}
		REQUIRE(status_of(pid) == 0);
		truth_count("lseek", 12);
	}
	seek(2);
	truth_count("lseek", 2);
	return 0;
}

/* -- H24: environments -------------------------------------------------------------------------------- */

enum { VARIABLES = 20000 };

static int run_large_environment(char **arguments)
{
	static char *large[VARIABLES + 1];

	(void)arguments;
	for (int i = 0; i < VARIABLES; i++)
		REQUIRE(asprintf(&large[i], "VARIABLE_%d=%d", i, i) > 0);
	for (int i = 0; i < 6; i++) {
		pid_t pid = i % 2 ? vfork() : fork();

		if (pid == 0) {
			execve(truth_program, child_arguments, large);
			_exit(1);
		}
		REQUIRE(status_of(pid) == 0);
	}
	REQUIRE(posix_spawn(&(pid_t){0}, truth_program, NULL, NULL, child_arguments, large) == 0);
	REQUIRE(wait(NULL) > 0);
	truth_count("execve", 6);
	truth_count("posix_spawn", 1);
	return 0;
}

/* Neither a name nor an environment; the kernel makes the name "" of it. */
static int run_no_name(char **arguments)
{
	char *nothing[] = {NULL};
	pid_t pid = fork();

	(void)arguments;
	if (pid == 0) {
		execve("/bin/true", nothing, nothing);
		_exit(98);
	}
	REQUIRE(status_of(pid) == 0);
	environ = NULL;
	seek(4);
	truth_count("lseek", 4);
	return 0;
}

/* -- H25: closed descriptors -------------------------------------------------------------------------- */

static int close_range_over;

/* Whatever is open beyond the standard streams is closed, in three ways, every ten milliseconds. */
static void *close_everything(void *unused)
{
	struct timespec pause = {.tv_nsec = 10000000};

	for (int round = 0; round < 20; round++) {
		if (round % 3 == 0)
			close_range(3, ~0U, 0);
		else if (round % 3 == 1)
			closefrom(3);
		else
			for (int fd = 3; fd < 64; fd++)
				close(fd);
		raw_syscall(SYS_nanosleep, (long)&pause, 0, 0, 0, 0, 0);
	}
	__atomic_store_n(&close_range_over, 1, __ATOMIC_RELEASE);
	return unused;
}

/* Opens, and counts what it opened: that it is closed by somebody else is what this is about. */
static void *open_and_seek(void *ret_n_rounds)
{
	uint64_t n_rounds = 0;
	char byte;

	for (; !__atomic_load_n(&close_range_over, __ATOMIC_ACQUIRE); n_rounds++) {
		int fd = open("/dev/zero", O_RDONLY);

		REQUIRE(fd >= 3);
		if (read(fd, &byte, 1) < 0)
			REQUIRE(errno == EBADF);
		seek(1);
		/* The number may be another thread's file by now, or nobody's. */
		close(fd);
	}
	*(uint64_t *)ret_n_rounds = n_rounds;
	return NULL;
}

static int run_close_often(char **arguments)
{
	uint64_t n_rounds[4], n_forks = 0;
	pthread_t closer, openers[4];

	(void)arguments;
	REQUIRE(pthread_create(&closer, NULL, close_everything, NULL) == 0);
	for (int i = 0; i < 4; i++)
		REQUIRE(pthread_create(&openers[i], NULL, open_and_seek, &n_rounds[i]) == 0);
	for (; !__atomic_load_n(&close_range_over, __ATOMIC_ACQUIRE); n_forks++) {
		pid_t pid = fork();

		if (pid == 0) {
			closefrom(3);
			seek(2);
			/* What is open is the standard streams, and nothing of ours. */
			REQUIRE(open("/dev/null", O_RDONLY) == 3);
			_exit(0);
		}
		REQUIRE(status_of(pid) == 0);
	}
	REQUIRE(pthread_join(closer, NULL) == 0);
	for (int i = 0; i < 4; i++) {
		REQUIRE(pthread_join(openers[i], NULL) == 0);
		truth_count("lseek", n_rounds[i]);
		truth_count("open", n_rounds[i]);
		truth_count("read", n_rounds[i]);
		truth_count("close", n_rounds[i]);
	}
	truth_count("close", 6 * 61);
	truth_count("close_range", 7);
	truth_count("closefrom", 7 + n_forks);
	truth_count("open", n_forks);
	truth_count("lseek", 2 * n_forks);
	return 0;
}

/* -- H26: orphans ------------------------------------------------------------------------------------- */

static int run_double_fork(char **arguments)
{
	int *n_done = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)arguments;
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			REQUIRE(setsid() > 0);
			if (fork() != 0)
				_exit(0);
			seek(15);
			__atomic_fetch_add(n_done, 1, __ATOMIC_RELEASE);
			raw_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
		}
		REQUIRE(status_of(pid) == 0);
	}
	await(n_done, 10);
	truth_count("fork", 20);
	truth_count("lseek", 150);
	truth_count("_exit", 10);
	return 0;
}

/* -- H27: an end that another thread makes -------------------------------------------------------------- */

static void *end_process(void *is_reading)
{
	await(is_reading, 1);
	raw_syscall(SYS_exit_group, 44, 0, 0, 0, 0, 0);
	return NULL;
}

static int run_end_during_read(char **arguments)
{
	static int is_reading;
	pthread_t thread;
	int ends[2];
	char byte;

	(void)arguments;
	REQUIRE(pipe(ends) == 0 && pthread_create(&thread, NULL, end_process, &is_reading) == 0);
	seek(70);
	truth_count("lseek", 70);
	truth_between("read", 0, 1);
	__atomic_store_n(&is_reading, 1, __ATOMIC_RELEASE);
	return (int)read(ends[0], &byte, 1);
}

/* -- H28: other worlds ---------------------------------------------------------------------------------- */

static void seek_with_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		seek(18);
		_exit(0);
	}
	seek(3);
	_exit(status_of(pid));
}

/* A process whose number is 1, and its child, whose number is 2, in a namespace of their own. */
static int run_first_process(char **arguments)
{
	(void)arguments;
	for (int i = 0; i < 3; i++) {
		pid_t pid = (pid_t)raw_syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0, 0);

		if (pid == -EPERM) {
			seek(21);
		} else {
			if (pid == 0) {
				REQUIRE(raw_getpid() == 1);
				seek_with_child();
			}
			REQUIRE(status_of(pid) == 0);
		}
		truth_count("lseek", 21);
	}
	return 0;
}

/* In a user namespace without a single mapped user. */
static int run_nobody_known(char **arguments)
{
	pid_t pid = fork();

	(void)arguments;
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
			REQUIRE(errno == EPERM || errno == ENOSPC || errno == EINVAL);
		seek_with_child();
	}
	REQUIRE(status_of(pid) == 0);
	truth_count("lseek", 21);
	return 0;
}

/* -- H33: full, and small ---------------------------------------------------------------------------------- */

/* RLIMIT_NOFILE=8 and files of no size: neither a signal nor a failure of ours may reach the program. */
static int run_small_limits(char **arguments)
{
	struct rlimit few = {8, 8}, none = {0, 0};

	(void)arguments;
	REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
	for (int fd = 3; fd < 8; fd++)
		REQUIRE(open("/dev/null", O_RDONLY) == fd);
	REQUIRE(open("/dev/null", O_RDONLY) == -1 && errno == EMFILE);
	seek(16);
	REQUIRE(close(7) == 0);
	pid_t pid = fork();

	if (pid == 0) {
		seek(4);
		REQUIRE(open("/dev/null", O_RDONLY) == 7);
		_exit(0);
	}
	REQUIRE(status_of(pid) == 0);
	truth_count("lseek", 20);
	pid = fork();
	if (pid == 0) {
		REQUIRE(setrlimit(RLIMIT_FSIZE, &none) == 0);
		seek(4);
		pid = fork();
		if (pid == 0)
			_exit(0);
		_exit(status_of(pid));
	}
	REQUIRE(status_of(pid) == 0);
	truth_count("lseek", 4);
	/* The last child has its figures in the session's file, which is there and not of its making. */
	truth_count("_exit", 3);
	return 0;
}

const struct truth_case hazard_process_cases[] = {
	{"give-up-rights", "H19 a process that becomes another user goes on, and so do its children",
	 run_give_up_rights, 0},
	{"fork-among-threads", "H22 forks in threads, among threads that hold libc's locks, lose nothing",
	 run_fork_among_threads, 0},
	{"exec-among-threads", "H22 children of a program of many threads execute others",
	 run_exec_among_threads, 0},
	{"exec-in-thread", "H22 an exec in another thread than the first loses nothing",
	 run_exec_in_thread, 0},
	{"first-calls-at-once", "H22 a fork while other threads make the region loses nothing",
	 run_first_calls_at_once, 0},
	{"short-children", "H22 5,000 short children lose no call", run_short_children, 0},
	{"failing-vfork", "H23 vfork children that fail to execute leave their parent's figures right",
	 run_failing_vfork, 0},
	{"vfork-in-threads", "H23 vforks in several threads at once count each for its parent's thread",
	 run_vfork_in_threads, 0},
	{"clone3", "H23 children made by the system call clone3 count", run_clone3, 0},
	{"large-environment", "H24 children with 20,000 variables are watched", run_large_environment, 0},
	{"no-name", "H24 a program without arguments and environment runs", run_no_name, 0},
	{"close-often", "H25 a program that closes all descriptors every 10 ms loses nothing",
	 run_close_often, 0},
	{"double-fork", "H26 orphans by double fork count", run_double_fork, 0},
	{"end-during-read", "H27 a process that another thread ends loses nothing", run_end_during_read,
	 44 << 8},
	{"first-process", "H28 processes of a new process namespace count", run_first_process, 0},
	{"nobody-known", "H28 processes of a namespace without users count", run_nobody_known, 0},
	{"small-limits", "H33 eight descriptors and files of no size do no harm", run_small_limits, 0},
	{"child", NULL, run_child, 0},
	{0},
};
