// SPDX-License-Identifier: MIT
/*
 * What a recording says of its own completeness.
 */
#include "config.h"

#include "record/session.h"

#include "truth.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RAW_THREADS = 8, RAW_CALLS = 1000 };

static void *call_by_number(void *unused)
{
	(void)unused;
	for (int i = 0; i < RAW_CALLS; i++)
		syscall(SYS_getppid);
	for (int i = 0; i < RAW_CALLS / 4; i++)
		syscall(SYS_gettid);
	return NULL;
}

static int run_raw_calls(char **arguments)
{
	pthread_t threads[RAW_THREADS];
	int status;

	(void)arguments;
	for (int i = 0; i < RAW_THREADS; i++)
		if (pthread_create(&threads[i], NULL, call_by_number, NULL))
			return 1;
	for (int i = 0; i < RAW_THREADS; i++)
		pthread_join(threads[i], NULL);
	pid_t pid = fork();

	if (pid == 0) {
		call_by_number(NULL);
		_exit(syscall(1000000) != -1 || syscall(-5) != -1 || syscall(999) != -1);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		return 1;
	truth_count("syscall", (RAW_THREADS + 1) * (RAW_CALLS + RAW_CALLS / 4) + 3);
	truth_raw("getppid", (RAW_THREADS + 1) * RAW_CALLS);
	truth_raw("gettid", (RAW_THREADS + 1) * (RAW_CALLS / 4));
	truth_raw("other", 2);
	return 0;
}

static char bytes[100000];

/* 250000 bytes by calls, 70000 past them. */
static int write_all_ways(void)
{
	int fd = open("/dev/null", O_WRONLY);
	FILE *file = fopen("/dev/null", "w");

	if (write(fd, bytes, 100000) != 100000 || pwrite(fd, bytes, 50000, 0) != 50000 ||
	    raw_write(fd, bytes, 70000) != 70000)
		return 1;
	if (fwrite(bytes, 1, 99000, file) != 99000 || fprintf(file, "%0900d", 7) != 900)
		return 1;
	for (int i = 0; i < 40; i++)
		fputc('x', file);
	if (fputs("twenty-nine letters are here!", file) < 0 ||
	    fprintf(file, "%s", "thirty-one letters and no more.") != 31)
		return 1;
	return fclose(file);
}

static int run_written_bytes(char **arguments)
{
	int status;
	pid_t pid = fork();

	(void)arguments;
	if (pid == 0)
		_exit(write_all_ways());
	if (waitpid(pid, &status, 0) != pid || status || write_all_ways())
		return 1;
	for (int i = 0; i < 10; i++)
		raw_write(open("/dev/null", O_WRONLY), bytes, 100000);
	truth_accounted("written", 2 * 250000);
	truth_accounted("read", 0);
	truth_written(2 * 320000 + 1000000);
	return 0;
}

/* A file of 4000 lines of 25 bytes, read by lines, by characters and as a whole. */
static int run_read_bytes(char **arguments)
{
	char path[] = "/tmp/sonde-truth-lines-XXXXXX", line[64], *text = NULL;
	size_t size = 0;
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "r+");

	(void)arguments;
	unlink(path);
	for (int i = 0; i < 4000; i++)
		fprintf(file, "%024d\n", i);
	rewind(file);
	for (int i = 0; i < 1000; i++)
		if (!fgets(line, sizeof(line), file) || getline(&text, &size, file) != 25)
			return 1;
	for (int i = 0; i < 1000; i++)
		if (fgetc(file) == EOF)
			return 1;
	rewind(file);
	if (fread(bytes, 1, 100000, file) != 100000 || pread(fd, bytes, 500, 0) != 500 ||
	    raw_pread(fd, bytes, 700, 0) != 700)
		return 1;
	truth_accounted("read", 51000 + 100000 + 500);
	truth_accounted("written", 100000);
	return 0;
}

/* Reads so many bytes past libc. */
static int run_raw_read(char **arguments)
{
	int fd = open("/dev/zero", O_RDONLY);
	long left = atol(arguments[0]);

	while (left > 0)
		left -= raw_pread(fd, bytes, left < (long)sizeof(bytes) ? (size_t)left : sizeof(bytes), 0);
	return 0;
}

/* -- Sandboxes --------------------------------------------------------------------------------------- */

/* A filter that lets everything through. */
static struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
static const struct sock_fprog allow_all = {1, &allow};

static int enter_by_prctl(void)
{
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &allow_all);
}

static int enter_by_number(void)
{
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &allow_all);
}

/* Asks whether there is such a thing, and asks in vain. */
static int enter_in_vain(void)
{
	unsigned int action = SECCOMP_RET_ALLOW;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) != -1;
}

static int wait_for(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) != pid || status;
}

/* The child's own child is in the sandbox, too. */
static int sandbox_child(int (*enter)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || enter())
			_exit(1);
		pid_t grandchild = fork();

		_exit(grandchild && wait_for(grandchild));
	}
	return wait_for(pid);
}

/*
 * Until whoever looks at the session's processes has done so once more; at once when nobody does. Children of
 * somebody else are to end meanwhile: their regions are removed when the others are looked at.
 */
static int wait_for_look(void)
{
	const char *directory = getenv("SONDE_SESSION");
	char path[4096];

	if (!directory)
		return 0;
	snprintf(path, sizeof(path), "%s/" SESSION_FILE, directory);
	struct session_settings *settings =
		mmap(NULL, sizeof(*settings), PROT_READ, MAP_SHARED, open(path, O_RDONLY), 0);

	if (settings == MAP_FAILED)
		return 1;
	for (int i = 0; i < 2; i++) {
		uint32_t n_folded = __atomic_load_n(&settings->n_folded, __ATOMIC_RELAXED);

		while (__atomic_load_n(&settings->n_folded, __ATOMIC_RELAXED) == n_folded)
			raw_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
	}
	return 0;
}

/* A program that is executed in a sandbox. */
static int run_sandboxed(char **arguments)
{
	(void)arguments;
	return wait_for_look();
}

static int run_sandboxes(char **arguments)
{
	(void)arguments;
	if (sandbox_child(enter_by_prctl) || sandbox_child(enter_by_number) ||
	    sandbox_child(enter_in_vain))
		return 1;
	truth_sandboxed(4);
	truth_count("prctl", 3 + 2);
	truth_error("prctl", "EFAULT", 1);
	return 0;
}

static int run_inherited_sandbox(char **arguments)
{
	pid_t pid = fork();

	(void)arguments;
	if (pid == 0) {
		raw_syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0);
		raw_syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (long)&allow_all, 0, 0, 0);
		execl(truth_program, "truth", "sandboxed", NULL);
		_exit(1);
	}
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		pid_t other = fork();

		if (other == 0)
			_exit(0);
		wait_for(other);
	}
	if (status)
		return 1;
	truth_sandboxed(1);
	return 0;
}

const struct truth_case truth_ledger_cases[] = {
	{"raw-calls", "system calls by number are told apart, in threads and children", run_raw_calls, 0},
	{"written-bytes", "the kernel's figure of written bytes is that of calls and of what went past them",
	 run_written_bytes, 0},
	{"read-bytes", "each byte that is read from a stream is accounted for once", run_read_bytes, 0},
	{"sandboxes", "processes under seccomp are counted, and those forked by them", run_sandboxes, 0},
	{"inherited-sandbox", "a sandbox from before an exec is seen from outside", run_inherited_sandbox, 0},
	{"sandboxed", NULL, run_sandboxed, 0},
	{"raw-read", NULL, run_raw_read, 0},
	{0},
};
