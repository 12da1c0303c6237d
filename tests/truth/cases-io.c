// SPDX-License-Identifier: MIT
#include "config.h"

#include "truth.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <setjmp.h>
#include <shadow.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int run_reads(char **arguments)
{
	char buf[512];
	int fd = open("/dev/zero", O_RDONLY);

	(void)arguments;
	for (int i = 0; i < 10000; i++)
		if (read(fd, buf, 100) != 100)
			return 1;
	for (int i = 0; i < 77; i++)
		if (pread(fd, buf, sizeof(buf), 0) != sizeof(buf))
			return 1;
	truth_count("open", 1);
	truth_count("read", 10000);
	truth_bytes("read", 1000000);
	truth_count("pread", 77);
	truth_bytes("pread", 77 * sizeof(buf));
	return 0;
}

static int run_vectors(char **arguments)
{
	char a[10], b[20];
	struct iovec parts[2] = {{a, sizeof(a)}, {b, sizeof(b)}};
	int fd = open("/dev/zero", O_RDWR);

	(void)arguments;
	for (int i = 0; i < 123; i++)
		if (readv(fd, parts, 2) != 30 || writev(fd, parts, 2) != 30)
			return 1;
	truth_count("readv", 123);
	truth_bytes("readv", 123 * 30);
	truth_count("writev", 123);
	truth_bytes("writev", 123 * 30);
	return 0;
}

static int run_failures(char **arguments)
{
	char byte;

	(void)arguments;
	for (int i = 0; i < 500; i++)
		if (open("/there/is/no/such/file", O_RDONLY) >= 0 || errno != ENOENT)
			return 1;
	for (int i = 0; i < 30; i++)
		if (open("/dev/null/file", O_RDONLY) >= 0 || errno != ENOTDIR)
			return 1;
	for (int i = 0; i < 44; i++)
		if (read(-1, &byte, 1) >= 0 || errno != EBADF)
			return 1;
	for (int i = 0; i < 9; i++)
		if (close(-1) == 0 || errno != EBADF)
			return 1;
	truth_count("open", 530);
	truth_error("open", "ENOENT", 500);
	truth_error("open", "ENOTDIR", 30);
	truth_count("read", 44);
	truth_error("read", "EBADF", 44);
	truth_bytes("read", 0);
	truth_count("close", 9);
	truth_error("close", "EBADF", 9);
	return 0;
}

/* Sampled calls are counted one and all. */
static int run_memory(char **arguments)
{
	size_t bytes = 0;

	(void)arguments;
	for (size_t i = 1; i <= 20000; i++) {
		void *volatile block = malloc(i % 1000 + 1);

		if (!block)
			return 1;
		bytes += i % 1000 + 1;
		free(block);
	}
	truth_count("malloc", 20000);
	truth_count("free", 20000);
	for (int i = 0; i < 10; i++) {
		void *volatile block = malloc((size_t)1 << 62);

		if (block || errno != ENOMEM)
			return 1;
	}
	truth_count("malloc", 10);
	truth_error("malloc", "ENOMEM", 10);
	return 0;
}

static int run_stdio(char **arguments)
{
	FILE *file = fopen("/dev/null", "w");
	char text[16] = "fifteen letters";

	(void)arguments;
	if (!file)
		return 1;
	for (int i = 0; i < 3000; i++)
		if (fwrite(text, 1, sizeof(text), file) != sizeof(text))
			return 1;
	for (int i = 0; i < 250; i++)
		if (fprintf(file, "%05d", i) != 5)
			return 1;
	fclose(file);
	truth_count("fopen", 1);
	truth_count("fwrite", 3000);
	truth_bytes("fwrite", 3000 * sizeof(text));
	truth_count("fprintf", 250);
	truth_bytes("fprintf", 1250);
	truth_count("fclose", 1);
	return 0;
}

static int run_raw_syscalls(char **arguments)
{
	(void)arguments;
	for (int i = 0; i < 321; i++)
		if (syscall(SYS_getpid) != getpid())
			return 1;
	if (syscall(SYS_close, -1) != -1 || errno != EBADF)
		return 1;
	truth_count("syscall", 322);
	return 0;
}

/* -- Handlers and jumps ----------------------------------------------------------------------------- */

static volatile uint64_t n_handler_seeks;

static void seek_in_handler(int signal)
{
	int saved = errno;

	(void)signal;
	lseek(-1, 0, SEEK_SET);
	n_handler_seeks++;
	errno = saved;
}

/* A timer hits the wrappers at every instruction, and none of the counts may be lost. */
static int run_handler_storm(char **arguments)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
	struct itimerspec fast = {{0, 20000}, {0, 20000}}, off = {0};
	struct sigaction action = {.sa_handler = seek_in_handler, .sa_flags = SA_RESTART};
	uint64_t n_seeks = 0;
	timer_t timer;

	(void)arguments;
	sigaction(SIGALRM, &action, NULL);
	timer_create(CLOCK_MONOTONIC, &event, &timer);
	timer_settime(timer, 0, &fast, NULL);
	while (n_handler_seeks < 5000) {
		lseek(-1, 0, SEEK_SET);
		n_seeks++;
		void *volatile block = malloc(10);
		free(block);
	}
	timer_settime(timer, 0, &off, NULL);
	timer_delete(timer);
	truth_count("lseek", n_seeks + n_handler_seeks);
	truth_error("lseek", "EBADF", n_seeks + n_handler_seeks);
	truth_count("malloc", n_seeks);
	truth_count("free", n_seeks);
	return 0;
}

static sigjmp_buf out_of_read;

static void jump_out(int signal)
{
	(void)signal;
	siglongjmp(out_of_read, 1);
}

/* Sends a signal each time that a process has gone to sleep again, which it does in read() alone. */
static void wake_each_time(int pid, const volatile int *n_reads)
{
	for (int i = 1; i <= 20; i++) {
		while ((*n_reads < i || !truth_is_asleep(pid, pid)) && raw_syscall(SYS_getppid, 0, 0, 0, 0, 0, 0) == pid)
			raw_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
		if (raw_syscall(SYS_getppid, 0, 0, 0, 0, 0, 0) == pid)
			raw_syscall(SYS_kill, pid, SIGALRM, 0, 0, 0, 0);
	}
	raw_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
}

static int run_longjmp(char **arguments)
{
	struct sigaction action = {.sa_handler = jump_out};
	volatile int *n_reads = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int pid = raw_getpid();
	int ends[2];
	char byte;

	(void)arguments;
	sigaction(SIGALRM, &action, NULL);
	if (n_reads == MAP_FAILED || pipe(ends) < 0)
		return 1;
	pid_t child = fork();

	if (child < 0)
		return 1;
	if (child == 0)
		wake_each_time(pid, n_reads);
	while (*n_reads < 20) {
		(*n_reads)++;
		if (sigsetjmp(out_of_read, 1) == 0 && read(ends[0], &byte, 1) >= 0)
			return 1;
	}
	/* After the jumps everything counts as before. */
	for (int i = 0; i < 15; i++)
		if (read(-1, &byte, 1) >= 0)
			return 1;
	truth_count("read", 35);
	truth_error("read", "EBADF", 15);
	return 0;
}

/* The mark of an error stays on a stream; only a new error is a failure. */
static int run_stream_errors(char **arguments)
{
	FILE *directory = fopen("/", "r");
	int ends[2];

	(void)arguments;
	if (!directory || fgetc(directory) != EOF || fgetc(directory) != EOF || pipe(ends) < 0)
		return 1;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	FILE *stream = fdopen(ends[0], "r");

	if (!stream || fgetc(stream) != EOF || errno != EAGAIN)
		return 1;
	close(ends[1]);
	for (int i = 0; i < 5; i++)
		if (fgetc(stream) != EOF || !ferror(stream) || errno != EAGAIN)
			return 1;
	truth_count("fgetc", 8);
	truth_error("fgetc", "EISDIR", 2);
	truth_error("fgetc", "EAGAIN", 1);
	return 0;
}

/* Where only errno tells, it is to be as without us: untouched at the end, set by a failure. */
static int run_directories(char **arguments)
{
	DIR *directory = opendir("/proc/self");
	uint64_t n_entries = 0;

	(void)arguments;
	if (!directory)
		return 1;
	errno = EBADF;
	while (readdir(directory))
		n_entries++;
	if (errno != EBADF)
		return 1;
	rewinddir(directory);
	close(dirfd(directory));
	errno = 0;
	if (readdir(directory) || errno != EBADF)
		return 1;
	truth_count("readdir", n_entries + 2);
	truth_error("readdir", "EBADF", 1);
	return 0;
}

/* What is only looked at is not moved, nor is what did not fit. */
static int run_peeks(char **arguments)
{
	char buf[10];
	struct iovec part = {buf, 4};
	struct mmsghdr messages[2] = {{.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}},
				      {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}}};
	int ends[2];

	(void)arguments;
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) < 0)
		return 1;
	for (int i = 0; i < 6; i++)
		if (send(ends[0], "0123456789abcdef", 16, 0) != 16)
			return 1;
	if (recv(ends[1], buf, 10, MSG_PEEK) != 10 || recv(ends[1], buf, 10, MSG_TRUNC) != 16 ||
	    recvfrom(ends[1], buf, 3, MSG_TRUNC, NULL, NULL) != 16 || recv(ends[1], buf, 10, 0) != 10)
		return 1;
	if (recvmsg(ends[1], &messages[0].msg_hdr, MSG_TRUNC) != 16 ||
	    recvmmsg(ends[1], messages, 2, MSG_TRUNC | MSG_WAITFORONE, NULL) != 2 ||
	    sendmmsg(ends[0], messages, 2, 0) != 2)
		return 1;
	truth_bytes("send", 6 * 16);
	truth_bytes("recv", 20);
	truth_bytes("recvfrom", 3);
	truth_bytes("recvmsg", 4);
	truth_bytes("recvmmsg", 8);
	truth_bytes("sendmmsg", 8);
	return 0;
}

/* What has a failure of its own, beside calls of the same family that have not. */
static int run_siblings(char **arguments)
{
	char *directory = get_current_dir_name();

	(void)arguments;
	if (!directory || sem_open("/sonde-no-such-lock", 0) != SEM_FAILED ||
	    semctl(-1, 0, GETVAL) != -1 || tcdrain(-1) != -1 || getspnam("no such user"))
		return 1;
	free(directory);
	truth_count("get_current_dir_name", 1);
	truth_count("sem_open", 1);
	truth_error("sem_open", "ENOENT", 1);
	truth_error("semctl", "EINVAL", 1);
	truth_error("tcdrain", "EBADF", 1);
	truth_count("getspnam", 1);
	return 0;
}

const struct truth_case truth_io_cases[] = {
	{"reads", "every read and every byte of it is reported", run_reads, 0},
	{"vectors", "vectored transfers report the bytes of all their parts", run_vectors, 0},
	{"failures", "every failure is reported under its errno", run_failures, 0},
	{"memory", "sampled calls are counted exactly", run_memory, 0},
	{"stdio", "stdio calls and their bytes are reported", run_stdio, 0},
	{"raw-syscalls", "calls through syscall() are counted and pass through", run_raw_syscalls, 0},
	{"handler-storm", "a handler that interrupts wrappers loses no count", run_handler_storm, 0},
	{"stream-errors", "an end of file after an error is no failure", run_stream_errors, 0},
	{"directories", "the end of a directory is no failure", run_directories, 0},
	{"siblings", "calls that stand beside others fail with their errno", run_siblings, 0},
	{"peeks", "only bytes that were taken count as received", run_peeks, 0},
	{"longjmp", "a longjmp out of a call leaves counting intact", run_longjmp, 0},
	{0},
};
