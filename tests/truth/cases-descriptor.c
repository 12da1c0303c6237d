// SPDX-License-Identifier: MIT
/*
 * What a descriptor is, told apart: these cases know how many bytes they moved through files, sockets,
 * pipes, terminals, devices and the rest, also where one number was several of these in turn.
 */
#include "config.h"

#include "truth.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Sends n bytes from one descriptor to another, or to itself; what came of it is stated by kind. */
static bool move(int from, int to, size_t n, const char *kind)
{
	char buf[4096] = {0};
	char name[32];
	struct text text = text_init(name, sizeof(name));

	if (write(to, buf, n) != (ssize_t)n || read(from, buf, n) != (ssize_t)n)
		return false;
	text_add(&text, "write/");
	text_add(&text, kind);
	truth_count(name, 1);
	truth_bytes(name, n);
	text = text_init(name, sizeof(name));
	text_add(&text, "read/");
	text_add(&text, kind);
	truth_count(name, 1);
	truth_bytes(name, n);
	return true;
}

/* A nameless file, read back from its start by pread(). */
static int make_file(void)
{
	char path[] = "/tmp/sonde-truth-file-XXXXXX";
	int fd = mkstemp(path);

	unlink(path);
	return fd;
}

static bool move_through_file(int fd, size_t n)
{
	char buf[4096] = {0};

	if (pwrite(fd, buf, n, 0) != (ssize_t)n || pread(fd, buf, n, 0) != (ssize_t)n)
		return false;
	truth_count("pwrite/file", 1);
	truth_bytes("pwrite/file", n);
	truth_bytes("pread/file", n);
	return true;
}

/* Formatted text goes the same ways. */
static bool print_into(int fd, const char *name)
{
	if (dprintf(fd, "%s", "seven\n!") != 7)
		return false;
	truth_count(name, 1);
	truth_bytes(name, 7);
	return true;
}

static bool move_through_pipe(size_t n)
{
	int ends[2];
	bool is_moved = pipe(ends) == 0 && move(ends[0], ends[1], n, "pipe") &&
			print_into(ends[1], "dprintf/pipe");

	return close(ends[0]) == 0 && close(ends[1]) == 0 && is_moved;
}

static bool move_through_sockets(size_t n)
{
	int ends[2];
	bool is_moved = socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 &&
			move(ends[0], ends[1], n, "socket");

	return close(ends[0]) == 0 && close(ends[1]) == 0 && is_moved;
}

static bool move_through_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	int slave;
	char line[64];

	if (master < 0 || grantpt(master) || unlockpt(master))
		return false;
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	/* What is typed is echoed; the line is there when it is complete. */
	if (slave < 0 || write(master, "typed\n", 6) != 6 || read(slave, line, sizeof(line)) != 6)
		return false;
	truth_bytes("write/terminal", 6);
	truth_bytes("read/terminal", 6);
	return close(master) == 0 && close(slave) == 0;
}

static bool move_through_devices(void)
{
	char buf[100];
	int null = open("/dev/null", O_WRONLY);
	int zero = open("/dev/zero", O_RDONLY);

	if (write(null, buf, 70) != 70 || read(zero, buf, 90) != 90)
		return false;
	truth_bytes("write/device", 70);
	truth_bytes("read/device", 90);
	return close(null) == 0 && close(zero) == 0;
}

static bool move_through_others(void)
{
	uint64_t number;
	struct itimerspec soon = {.it_value = {0, 1}};
	int event = eventfd(0, 0);
	int timer = timerfd_create(CLOCK_MONOTONIC, 0);

	/* A count of 0 would make the read wait. */
	if (eventfd_write(event, 1) || !move(event, event, 8, "other"))
		return false;
	if (timerfd_settime(timer, 0, &soon, NULL) || read(timer, &number, 8) != 8)
		return false;
	truth_count("read/other", 1);
	truth_bytes("read/other", 8);
	return close(event) == 0 && close(timer) == 0;
}

static int run_kinds(char **arguments)
{
	int file = make_file();

	(void)arguments;
	if (!move_through_file(file, 1000) || !move_through_pipe(200) || !move_through_sockets(30) ||
	    !move_through_terminal() || !move_through_devices() || !move_through_others())
		return 1;
	truth_count("read/unknown", 0);
	truth_count("write/unknown", 0);
	return 0;
}

static int run_vectors_by_kind(char **arguments)
{
	char a[10], b[20];
	struct iovec parts[2] = {{a, sizeof(a)}, {b, sizeof(b)}};
	int file = make_file();
	int ends[2];

	(void)arguments;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) || writev(ends[0], parts, 2) != 30 ||
	    readv(ends[1], parts, 2) != 30 || pwritev(file, parts, 2, 0) != 30 ||
	    preadv(file, parts, 1, 0) != 10)
		return 1;
	truth_bytes("writev/socket", 30);
	truth_bytes("readv/socket", 30);
	truth_bytes("pwritev/file", 30);
	truth_bytes("preadv/file", 10);
	return 0;
}

/* Each of these gives the number to something of another kind. */
static int run_reuse(char **arguments)
{
	(void)arguments;
	for (size_t i = 1; i <= 50; i++) {
		int file = make_file();

		if (!move_through_file(file, i) || close(file))
			return 1;
		if (!move_through_pipe(i) || !move_through_sockets(i))
			return 1;
	}
	return 0;
}

/* Makes a descriptor a pipe's by one of the calls that put one in another's place. */
static bool replace(int how, int pipe_end, int fd)
{
	if (how == 0)
		return dup2(pipe_end, fd) == fd;
	if (how == 1)
		return dup3(pipe_end, fd, O_CLOEXEC) == fd;
	if (how == 2)
		return close(fd) == 0 && fcntl(pipe_end, F_DUPFD, fd) == fd;
	if (how == 3)
		return close_range((unsigned int)fd, (unsigned int)fd, 0) == 0 &&
		       fcntl(pipe_end, F_DUPFD, fd) == fd;
	if (how == 4)
		return syscall(SYS_dup3, pipe_end, fd, 0) == fd;
	return syscall(SYS_close, fd) == 0 && syscall(SYS_fcntl, pipe_end, F_DUPFD, fd) == fd;
}

static int run_replacement(char **arguments)
{
	(void)arguments;
	for (int how = 0; how < 6; how++)
		for (int fd = 20; fd <= 500; fd += 480) {
			int file = make_file();
			int ends[2];

			if (pipe(ends) || dup2(file, fd) != fd || !move_through_file(fd, 100))
				return 1;
			if (!replace(how, ends[1], fd) || !move(ends[0], fd, 7, "pipe"))
				return 1;
			close(fd), close(file), close(ends[0]), close(ends[1]);
		}
	return 0;
}

/* Closing a stream closes a descriptor that nobody names. */
static int run_streams(char **arguments)
{
	int ends[2];

	(void)arguments;
	for (int i = 0; i < 10; i++) {
		int file = make_file();
		FILE *stream = fdopen(file, "w");

		if (!move_through_file(file, 100) || !stream || fclose(stream))
			return 1;
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) || ends[0] != file ||
		    !move(ends[0], ends[1], 9, "socket"))
			return 1;
		close(ends[0]), close(ends[1]);

		DIR *directory = opendir("/");
		char byte;

		if (!directory || dirfd(directory) != file || read(file, &byte, 1) >= 0 ||
		    closedir(directory))
			return 1;
		truth_count("read/other", 1);
		truth_error("read/other", "EISDIR", 1);
		if (!move_through_pipe(3))
			return 1;
	}
	return 0;
}

/* The highest numbers have a place too, and those above them are told as what they are: not known. */
static int run_high_numbers(char **arguments)
{
	struct rlimit limit;
	int ends[2];

	(void)arguments;
	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_max < 4096 || pipe(ends))
		return 1;
	limit.rlim_cur = limit.rlim_max < 70000 ? limit.rlim_max : 70000;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		return 1;
	for (int fd = 127; fd <= 4095; fd += 124)
		if (dup2(ends[0], fd) != fd || !move(fd, ends[1], 5, "pipe"))
			return 1;
	if (limit.rlim_cur < 70000)
		return 0;
	if (dup2(ends[0], 65535) != 65535 || !move(65535, ends[1], 11, "pipe") ||
	    dup2(ends[0], 65536) != 65536)
		return 1;
	char buf[4] = "abc";

	if (write(ends[1], buf, 4) != 4 || read(65536, buf, 4) != 4)
		return 1;
	truth_bytes("write/pipe", 4);
	truth_bytes("read/unknown", 4);
	return 0;
}

static int run_fork(char **arguments)
{
	int file = make_file();
	int status;

	(void)arguments;
	if (!move_through_file(file, 100))
		return 1;
	pid_t child = fork();

	if (child == 0) {
		/* The number is a file in the parent, and is here something else. */
		close(file);
		bool is_moved = move_through_sockets(40) && move_through_pipe(50);

		_exit(!is_moved);
	}
	if (waitpid(child, &status, 0) != child || status || !move_through_file(file, 100))
		return 1;
	return 0;
}

/*
 * A vfork child has descriptors of its own but our memory: what it closes and opens must not change what
 * we say of ours.
 */
static int run_vfork(char **arguments)
{
	int file = make_file();
	int ends[2];
	int status;

	(void)arguments;
	if (pipe(ends) || !move_through_file(file, 100))
		return 1;
	for (int i = 0; i < 10; i++) {
		pid_t child = vfork();

		if (child == 0) {
			close(file);
			dup2(ends[1], file);
			if (write(file, "child", 5) != 5)
				_exit(1);
			close(ends[0]);
			if (socket(AF_UNIX, SOCK_STREAM, 0) != ends[0])
				_exit(2);
			_exit(0);
		}
		if (waitpid(child, &status, 0) != child || status || !move_through_file(file, 100))
			return 1;
		char buf[5];

		if (read(ends[0], buf, 5) != 5)
			return 1;
		truth_bytes("write/pipe", 5);
		truth_bytes("read/pipe", 5);
	}
	return 0;
}

static int run_not_open(char **arguments)
{
	char byte;

	(void)arguments;
	for (int i = 0; i < 8; i++)
		if (read(200, &byte, 1) >= 0 || read(-1, &byte, 1) >= 0)
			return 1;
	truth_count("read/unknown", 16);
	truth_error("read/unknown", "EBADF", 16);
	return 0;
}

/* From now on fstat() kills. */
static bool confine(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fstat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* What a confined process knew of its descriptors it still tells. */
static int run_confined(char **arguments)
{
	int known[2];
	int unknown[2];
	char byte = 0;

	(void)arguments;
	if (pipe(known) || raw_syscall(SYS_pipe2, (long)unknown, 0, 0, 0, 0, 0))
		return 1;
	truth_bytes("write/pipe", 1);
	truth_bytes("read/pipe", 1);
	truth_bytes("write/unknown", 1);
	truth_bytes("read/unknown", 1);
	return !confine() || write(known[1], &byte, 1) != 1 || read(known[0], &byte, 1) != 1 ||
	       write(unknown[1], &byte, 1) != 1 || read(unknown[0], &byte, 1) != 1;
}

/* -- Threads ---------------------------------------------------------------------------------------- */

enum { ROUNDS = 300, CROWD = 8 };

/* All use one number for a while: what one closes the other opens at once as something else. */
static void *churn(void *is_file)
{
	for (int i = 0; i < ROUNDS; i++)
		if (!(is_file ? move_through_sockets(10) : move_through_pipe(10)))
			return "failed";
	return NULL;
}

static int run_churn(char **arguments)
{
	pthread_t threads[CROWD];
	void *result = NULL;
	int n_failed = 0;

	(void)arguments;
	for (uintptr_t i = 0; i < CROWD; i++)
		n_failed += pthread_create(&threads[i], NULL, churn, (void *)(i % 2)) != 0;
	for (int i = 0; i < CROWD; i++)
		n_failed += pthread_join(threads[i], &result) != 0 || result;
	return n_failed;
}

const struct truth_case truth_descriptor_cases[] = {
	{"kinds", "each kind of descriptor has its own calls and bytes", run_kinds, 0},
	{"kinds-vectors", "vectored transfers are told apart too", run_vectors_by_kind, 0},
	{"kinds-reuse", "a number that is used again is told as what it is now", run_reuse, 0},
	{"kinds-replaced", "a descriptor put in another's place is told as what it is now",
	 run_replacement, 0},
	{"kinds-streams", "a descriptor closed with its stream is forgotten", run_streams, 0},
	{"kinds-high", "descriptors of high numbers are told apart", run_high_numbers, 0},
	{"kinds-fork", "a forked child's descriptors are told as its own", run_fork, 0},
	{"kinds-vfork", "a vfork child's descriptors do not change what is known of its parent's",
	 run_vfork, 0},
	{"kinds-not-open", "calls on what is not open are of no known kind", run_not_open, 0},
	{"kinds-confined", "a process that has confined itself is asked nothing", run_confined, 0},
	{"kinds-threads", "threads that reuse each other's numbers are told apart", run_churn, 0},
	{0},
};
