// SPDX-License-Identifier: MIT
/*
 * limits-subject - a program in hostile surroundings.
 *
 *     limits-subject start HOW PROGRAM [ARGUMENT]...   starts a program by execve, fexecve, vfork, posix_spawn,
 *                        posix_spawnp, system or popen; ends as that did
 *     limits-subject crowd N       makes N threads, all alive at once; each seeks, and when all have done so
 *                        makes the calls of make_calls(), one thread after the other
 *     limits-subject calls N       makes those calls N times
 *     limits-subject seek N        seeks N times, in vain
 *     limits-subject children N    N children, one after the other, seek once each
 *     limits-subject full COMMAND  uses up all descriptors, then does what the command says
 *     limits-subject heir FILE     fills up the filesystem of that file, has no memory for figures left, limits its address
 *                        space and forks a child, whose memory is to be as its parent's
 *     limits-subject limit N COMMAND   limits its own address space to N bytes, then does so
 *
 * Statements about itself are made with direct system calls, which nobody counts.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/raw.h"

static int run(char **arguments);

/* -- Starting programs ------------------------------------------------------------------------------- */

static int wait_for(pid_t child)
{
	int status;

	if (child <= 0 || waitpid(child, &status, 0) != child)
		return 99;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int start_fexecve(char **command)
{
	int fd = open(command[0], O_RDONLY | O_CLOEXEC);

	fexecve(fd, command, environ);
	return 98;
}

static int start_vfork(char **command)
{
	pid_t child = vfork();

	if (child == 0) {
		execve(command[0], command, environ);
		_exit(98);
	}
	return wait_for(child);
}

static int start_spawn(char **command)
{
	pid_t child;

	return posix_spawn(&child, command[0], NULL, NULL, command, environ) ? 98 : wait_for(child);
}

static int start_spawnp(char **command)
{
	pid_t child;

	return posix_spawnp(&child, command[0], NULL, NULL, command, environ) ? 98 : wait_for(child);
}

static int start_execve(char **command)
{
	execve(command[0], command, environ);
	return 98;
}

static int start_system(char **command)
{
	int status = system(command[0]);

	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static int start_popen(char **command)
{
	FILE *pipe = popen(command[0], "r");
	char line[256];

	while (pipe && fgets(line, sizeof(line), pipe))
		fputs(line, stdout);
	int status = pipe ? pclose(pipe) : -1;

	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static const struct manner {
	const char *name;
	int (*start)(char **command);
} manners[] = {
	{"execve", start_execve},     {"fexecve", start_fexecve},    {"vfork", start_vfork},
	{"posix_spawn", start_spawn}, {"posix_spawnp", start_spawnp}, {"system", start_system},
	{"popen", start_popen},
};

static int do_start(char **arguments)
{
	for (size_t i = 0; i < sizeof(manners) / sizeof(manners[0]); i++)
		if (strcmp(arguments[0], manners[i].name) == 0)
			return manners[i].start(arguments + 1);
	return 2;
}

/* -- Calls that fail, and need a record each --------------------------------------------------------- */

static void seek(void)
{
	lseek(-1, 0, SEEK_SET);
}

/* Two ends of a pipe, which cannot be seeked in, and one of /dev/null, which can. */
static int pipe_fd[2];
static int null_fd;

/* Up to three further records for a call that is known. */
static void seek_otherwise(int n_ways)
{
	if (n_ways > 0)
		lseek(pipe_fd[0], 0, SEEK_SET);
	if (n_ways > 1)
		lseek(null_fd, 0, 99);
	if (n_ways > 2)
		lseek(null_fd, 0, SEEK_SET);
}

static void make_calls(void)
{
	char byte = 0;

	if (read(-1, &byte, 1) + write(-1, &byte, 1) + pread(-1, &byte, 1, 0) +
		    pwrite(-1, &byte, 1, 0) + ftruncate(-1, 0) + fchown(-1, 0, 0) + fchdir(-1) ==
	    0)
		return;
	fsync(-1);
	fdatasync(-1);
	fchmod(-1, 0);
	flock(-1, LOCK_SH);
	listen(-1, 1);
	shutdown(-1, SHUT_RD);
	posix_fadvise(-1, 0, 0, 0);
	fallocate(-1, 0, 0, 1);
}

/* Nothing but raw calls to wait with: what the threads count is what they are here for. */
static int n_ready;
static int n_done;

static void wait_until(const int *number, int reached)
{
	while (__atomic_load_n(number, __ATOMIC_ACQUIRE) < reached)
		raw_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
}

static void *crowd_thread(void *argument)
{
	int number = (int)(intptr_t)argument;

	seek();
	__atomic_fetch_add(&n_ready, 1, __ATOMIC_RELEASE);
	wait_until(&n_done, number);
	/* Threads run out of memory in different places. */
	seek_otherwise(number % 4);
	make_calls();
	__atomic_fetch_add(&n_done, 1, __ATOMIC_RELEASE);
	wait_until(&n_done, INT_MAX);
	return NULL;
}

static int do_crowd(char **arguments)
{
	int n_threads = atoi(arguments[0]);
	pthread_t *threads = calloc((size_t)n_threads, sizeof(*threads));
	pthread_attr_t small;

	raw_syscall(SYS_pipe2, (long)pipe_fd, 0, 0, 0, 0, 0);
	null_fd = raw_open("/dev/null", O_RDONLY, 0);
	__atomic_store_n(&n_done, -1, __ATOMIC_RELEASE);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	for (int i = 0; i < n_threads; i++) {
		if (pthread_create(&threads[i], &small, crowd_thread, (void *)(intptr_t)i))
			return 1;
		wait_until(&n_ready, i + 1);
	}
	__atomic_store_n(&n_done, 0, __ATOMIC_RELEASE);
	wait_until(&n_done, n_threads);
	__atomic_store_n(&n_done, INT_MAX, __ATOMIC_RELEASE);
	for (int i = 0; i < n_threads; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

static int do_seek(char **arguments)
{
	for (int i = atoi(arguments[0]); i > 0; i--)
		seek();
	return 0;
}

static int do_calls(char **arguments)
{
	for (int i = atoi(arguments[0]); i > 0; i--)
		make_calls();
	return 0;
}

static int do_children(char **arguments)
{
	int status = 0;

	for (int i = atoi(arguments[0]); i > 0 && status == 0; i--) {
		pid_t child = fork();

		if (child == 0) {
			seek();
			_exit(0);
		}
		status = wait_for(child);
	}
	return status;
}

/* -- Limits ------------------------------------------------------------------------------------------ */

static int do_full(char **arguments)
{
	while (dup(1) >= 0)
		;
	return run(arguments);
}

static int do_limit(char **arguments)
{
	rlim_t size = (rlim_t)atol(arguments[0]);
	struct rlimit limit = {size, size};

	return setrlimit(RLIMIT_AS, &limit) ? 3 : run(arguments + 1);
}

/* Takes address space until so many KiB are left of what the limit allows. */
static int do_fill(char **arguments)
{
	size_t left = (size_t)atol(arguments[0]) * 1024;
	void *kept = mmap(NULL, left, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (kept == MAP_FAILED)
		return 3;
	for (size_t size = 1024 * 1024 * 1024; size >= 4096; size /= 2)
		while (mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED)
			;
	munmap(kept, left);
	return run(arguments + 1);
}

static void occupy(const char *path)
{
	static const char page[4096];
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	while (fd >= 0 && write(fd, page, sizeof(page)) > 0)
		continue;
	close(fd);
}

/* Needs memory for the description of each, and for figures of the thread, at every call again. */
static void *use_up_memory(void *nothing)
{
	for (int i = 0; i < 600; i++) {
		char name[160];

		snprintf(name, sizeof(name), "/nowhere/%0120d", i);
		close(open(name, O_RDONLY));
	}
	for (int i = 0; i < 12000; i++)
		lseek(-1, 0, SEEK_SET);
	return nothing;
}

static size_t count_changed(const unsigned char *memory, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i += 4096)
		n += memory[i] != 0x5a;
	return n;
}

/*
 * When figures have no memory left, and the address space is limited, memory that the program takes then is its own:
 * also in a child that it forks.
 */
static int do_heir(char **arguments)
{
	enum { PARTS = 40, PART_SIZE = 1024 * 1024 };
	struct rlimit limit = {.rlim_cur = 1 << 30, .rlim_max = RLIM_INFINITY};
	unsigned char *parts[PARTS];
	pthread_t thread;
	size_t n_changed = 0;
	int status = -1;

	occupy(arguments[0]);
	if (pthread_create(&thread, NULL, use_up_memory, NULL) || pthread_join(thread, NULL) ||
	    setrlimit(RLIMIT_AS, &limit))
		return 3;
	for (int i = 0; i < PARTS; i++) {
		parts[i] = mmap(NULL, PART_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (parts[i] == MAP_FAILED)
			return 4;
		memset(parts[i], 0x5a, PART_SIZE);
	}
	pid_t pid = fork();

	if (pid == 0) {
		for (int i = 0; i < PARTS; i++)
			n_changed += count_changed(parts[i], PART_SIZE);
		_exit(n_changed > 0);
	}
	waitpid(pid, &status, 0);
	unlink(arguments[0]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 5;
}

static const struct action {
	const char *name;
	int (*run)(char **arguments);
} actions[] = {
	{"start", do_start},	   {"crowd", do_crowd}, {"calls", do_calls}, {"seek", do_seek},
	{"children", do_children}, {"full", do_full},	{"limit", do_limit}, {"fill", do_fill},
	{"heir", do_heir},
};

static int run(char **arguments)
{
	for (size_t i = 0; arguments[0] && i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(arguments[0], actions[i].name) == 0)
			return actions[i].run(arguments + 1);
	return 2;
}

int main(int argc, char **argv)
{
	return argc > 2 ? run(argv + 1) : 2;
}
