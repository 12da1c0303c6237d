// SPDX-License-Identifier: MIT
/*
 * Signals and sandboxes: what a handler may call, what may be called where hardly anything is allowed, and
 * that the program's signals and streams are its own.
 */
#include "config.h"

#include "hazard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <utime.h>

/* -- H29: handlers --------------------------------------------------------------------------------------- */

/* Every async-signal-safe call, made so that it returns at once and changes nothing. */
#define SAFE_CALLS(CALL)                                                                          \
	CALL(accept, accept(-1, NULL, NULL))                                                      \
	CALL(access, access("", F_OK))                                                            \
	CALL(bind, bind(-1, &nobody, sizeof(nobody)))                                             \
	CALL(chdir, chdir(""))                                                                    \
	CALL(chmod, chmod("", 0))                                                                 \
	CALL(chown, chown("", 0, 0))                                                              \
	CALL(close, close(-1))                                                                    \
	CALL(connect, connect(-1, &nobody, sizeof(nobody)))                                       \
	CALL(creat, creat("", 0))                                                                 \
	CALL(dup, dup(-1))                                                                        \
	CALL(dup2, dup2(-1, 50))                                                                  \
	CALL(execle, execle("", "", NULL, environ))                                               \
	CALL(execv, execv("", words))                                                             \
	CALL(execve, execve("", words, environ))                                                  \
	CALL(faccessat, faccessat(-1, "", F_OK, 0))                                               \
	CALL(fchdir, fchdir(-1))                                                                  \
	CALL(fchmod, fchmod(-1, 0))                                                               \
	CALL(fchmodat, fchmodat(-1, "", 0, 0))                                                    \
	CALL(fchown, fchown(-1, 0, 0))                                                            \
	CALL(fchownat, fchownat(-1, "", 0, 0, 0))                                                 \
	CALL(fcntl, fcntl(-1, F_GETFD))                                                           \
	CALL(fdatasync, fdatasync(-1))                                                            \
	CALL(fstat, fstat(-1, &status))                                                           \
	CALL(fstatat, fstatat(-1, "", &status, 0))                                                \
	CALL(fsync, fsync(-1))                                                                    \
	CALL(ftruncate, ftruncate(-1, 0))                                                         \
	CALL(futimens, futimens(-1, NULL))                                                        \
	CALL(getpeername, getpeername(-1, &nobody, &size))                                        \
	CALL(getsockname, getsockname(-1, &nobody, &size))                                        \
	CALL(getsockopt, getsockopt(-1, 0, 0, &byte, &size))                                      \
	CALL(kill, kill(0, 0))                                                                    \
	CALL(link, link("", ""))                                                                  \
	CALL(linkat, linkat(-1, "", -1, "", 0))                                                   \
	CALL(listen, listen(-1, 1))                                                               \
	CALL(lseek, lseek(-1, 0, SEEK_SET))                                                       \
	CALL(lstat, lstat("", &status))                                                           \
	CALL(mkdir, mkdir("", 0))                                                                 \
	CALL(mkdirat, mkdirat(-1, "", 0))                                                         \
	CALL(mkfifo, mkfifo("", 0))                                                               \
	CALL(mknod, mknod("", 0, 0))                                                              \
	CALL(open, open("", O_RDONLY))                                                            \
	CALL(openat, openat(-1, "", O_RDONLY))                                                    \
	CALL(pipe, pipe(NULL))                                                                    \
	CALL(poll, poll(NULL, 0, 0))                                                              \
	CALL(pselect, pselect(0, NULL, NULL, NULL, &no_time, NULL))                               \
	CALL(raise, raise(SIGURG))                                                                \
	CALL(read, read(-1, &byte, 1))                                                            \
	CALL(readlink, readlink("", &byte, 1))                                                    \
	CALL(readlinkat, readlinkat(-1, "", &byte, 1))                                            \
	CALL(recv, recv(-1, &byte, 1, 0))                                                         \
	CALL(recvfrom, recvfrom(-1, &byte, 1, 0, NULL, NULL))                                     \
	CALL(recvmsg, recvmsg(-1, &message, 0))                                                   \
	CALL(rename, rename("", ""))                                                              \
	CALL(renameat, renameat(-1, "", -1, ""))                                                  \
	CALL(rmdir, rmdir(""))                                                                    \
	CALL(select, select(0, NULL, NULL, NULL, &no_wait))                                       \
	CALL(send, send(-1, &byte, 1, 0))                                                         \
	CALL(sendmsg, sendmsg(-1, &message, 0))                                                   \
	CALL(sendto, sendto(-1, &byte, 1, 0, NULL, 0))                                            \
	CALL(setsockopt, setsockopt(-1, 0, 0, &byte, 1))                                          \
	CALL(shutdown, shutdown(-1, SHUT_RD))                                                     \
	CALL(socket, socket(-1, 0, 0))                                                            \
	CALL(socketpair, socketpair(-1, 0, 0, pair))                                              \
	CALL(stat, stat("", &status))                                                             \
	CALL(symlink, symlink("", ""))                                                            \
	CALL(symlinkat, symlinkat("", -1, ""))                                                    \
	CALL(truncate, truncate("", 0))                                                           \
	CALL(unlink, unlink(""))                                                                  \
	CALL(unlinkat, unlinkat(-1, "", 0))                                                       \
	CALL(utime, utime("", NULL))                                                              \
	CALL(utimensat, utimensat(-1, "", NULL, 0))                                               \
	CALL(utimes, utimes("", NULL))                                                            \
	CALL(waitpid, waitpid(-1, NULL, WNOHANG))                                                 \
	CALL(write, write(-1, &byte, 1))

static uint64_t n_handled;

#define MAKE_CALL(name, call) (void)!(call);

/* The compiler is not to see that some arguments are wrong. */
__attribute__((noinline, optimize("no-tree-vrp"))) static void make_safe_calls(void)
{
	static struct sockaddr nobody;
	static struct msghdr message;
	static struct stat status;
	static const struct timespec no_time;
	static struct timeval no_wait;
	static char *words[] = {"", NULL};
	static socklen_t size;
	static int pair[2];
	static char byte;

	SAFE_CALLS(MAKE_CALL)
}

static void call_everything(int signal)
{
	int code = errno;

	(void)signal;
	make_safe_calls();
	n_handled++;
	errno = code;
}

/* A stack as small as it may be, and nothing below it may be written. */
static void use_smallest_alternate_stack(size_t room)
{
	size_t size = (size_t)sysconf(_SC_MINSIGSTKSZ) + room;
	size_t pages = (size + 4095) / 4096 * 4096;
	char *guarded = mmap(NULL, 4096 + pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0);
	stack_t stack = {.ss_sp = guarded + 4096, .ss_size = size};

	REQUIRE(mprotect(guarded, 4096, PROT_NONE) == 0 && sigaltstack(&stack, NULL) == 0);
}

static void call_at_alarms(int microseconds)
{
	struct sigaction action = {.sa_handler = call_everything, .sa_flags = SA_ONSTACK | SA_RESTART};
	struct itimerval often = {{0, microseconds}, {0, microseconds}};

	REQUIRE(sigaction(SIGALRM, &action, NULL) == 0);
	REQUIRE(setitimer(ITIMER_REAL, &often, NULL) == 0);
}

static void stop_alarms(void)
{
	struct itimerval never = {0};

	REQUIRE(setitimer(ITIMER_REAL, &never, NULL) == 0);
}

#define STATE_CALL(name, call) truth_count(#name, n_handled);

/* The handler comes while the program is within malloc, stdio, and our wrappers of both. */
static int run_every_safe_call(char **arguments)
{
	FILE *file = fopen("/dev/null", "w");
	uint64_t n_rounds = 0;

	(void)arguments;
	use_smallest_alternate_stack(3072);
	call_at_alarms(500);
	for (; n_handled < 200; n_rounds++) {
		void *volatile block = malloc(n_rounds % 5000);

		errno = 77;
		fprintf(file, "%p\n", block);
		free(block);
		REQUIRE(errno == 77);
	}
	stop_alarms();
	SAFE_CALLS(STATE_CALL)
	/* And the two blocks of an open file. */
	truth_count("malloc", n_rounds + 2);
	truth_count("fprintf", n_rounds);
	truth_count("free", n_rounds);
	return 0;
}

/* A handler that is the first to make its calls in a child that has not made one. */
static int run_first_in_handler(char **arguments)
{
	struct sigaction action = {.sa_handler = call_everything, .sa_flags = SA_ONSTACK};

	(void)arguments;
	use_smallest_alternate_stack(4096);
	REQUIRE(sigaction(SIGUSR1, &action, NULL) == 0);
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			raw_tgkill(raw_getpid(), raw_gettid(), SIGUSR1);
			raw_syscall(SYS_exit_group, n_handled != 1, 0, 0, 0, 0, 0);
		}
		REQUIRE(status_of(pid) == 0);
	}
	n_handled = 20;
	SAFE_CALLS(STATE_CALL)
	truth_count("waitpid", 20);
	return 0;
}

/* -- H31: signals ------------------------------------------------------------------------------------------ */

static void note_signal(int signal)
{
	(void)signal;
	n_handled++;
}

static int run_no_signal_taken(char **arguments)
{
	struct sigaction action;
	struct itimerval timer;
	sigset_t mask;

	(void)arguments;
	seek(5);
	for (int signal = 1; signal < NSIG; signal++)
		if (sigaction(signal, NULL, &action) == 0)
			REQUIRE(action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN);
	REQUIRE(sigprocmask(SIG_BLOCK, NULL, &mask) == 0);
	for (int signal = 1; signal < NSIG; signal++)
		REQUIRE(sigismember(&mask, signal) != 1);
	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++)
		REQUIRE(getitimer(which, &timer) == 0 && !timerisset(&timer.it_value));
	truth_count("lseek", 5);
	return 0;
}

/* The program's own profiler: its signals interrupt what they would interrupt bare. */
static int run_own_profiler(char **arguments)
{
	struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
	struct itimerval soon = {.it_value.tv_usec = 3000};

	(void)arguments;
	REQUIRE(sigaction(SIGALRM, &action, NULL) == 0);
	for (int i = 1; i <= 20; i++) {
		REQUIRE(setitimer(ITIMER_REAL, &soon, NULL) == 0);
		REQUIRE(poll(NULL, 0, 10000) == -1 && errno == EINTR && n_handled == (uint64_t)i);
	}
	truth_count("poll", 20);
	truth_error("poll", "EINTR", 20);
	return 0;
}

/* A sleep that is stopped goes on when the process does. */
static int run_stop_and_go(char **arguments)
{
	struct timespec some = {.tv_nsec = 20000000};

	(void)arguments;
	for (int i = 0; i < 5; i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			seek(4);
			raise(SIGSTOP);
			_exit(nanosleep(&some, NULL) != 0);
		}
		REQUIRE(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
		REQUIRE(kill(pid, SIGCONT) == 0 && kill(pid, SIGSTOP) == 0);
		REQUIRE(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
		REQUIRE(kill(pid, SIGCONT) == 0 && status_of(pid) == 0);
	}
	truth_count("lseek", 20);
	truth_count("raise", 5);
	truth_count("nanosleep", 5);
	truth_count("kill", 15);
	return 0;
}

/* -- H32: jumps --------------------------------------------------------------------------------------------- */

static sigjmp_buf outside;
static jmp_buf outside_without_mask;

static void jump_out(int signal)
{
	seek(1);
	if (signal == SIGALRM)
		siglongjmp(outside, 1);
	longjmp(outside_without_mask, 1);
}

static void jump_out_of_read(int fd, int signal)
{
	struct itimerval soon = {.it_value.tv_usec = 1000};
	char byte;

	setitimer(signal == SIGALRM ? ITIMER_REAL : ITIMER_VIRTUAL, &soon, NULL);
	for (;;)
		if (signal == SIGALRM)
			read(fd, &byte, 1);
}

/* By longjmp() on the same stack and by siglongjmp() from an alternate one, out of a call and out of none. */
static int run_jumps(char **arguments)
{
	struct sigaction with_stack = {.sa_handler = jump_out, .sa_flags = SA_ONSTACK};
	struct sigaction without = {.sa_handler = jump_out, .sa_flags = SA_NODEFER};
	volatile int i;
	int ends[2];

	(void)arguments;
	use_smallest_alternate_stack(2048);
	REQUIRE(pipe(ends) == 0 && sigaction(SIGALRM, &with_stack, NULL) == 0);
	REQUIRE(sigaction(SIGVTALRM, &without, NULL) == 0);
	for (i = 0; i < 20; i++)
		if (sigsetjmp(outside, 1) == 0)
			jump_out_of_read(ends[0], SIGALRM);
	for (i = 0; i < 5; i++)
		if (setjmp(outside_without_mask) == 0)
			jump_out_of_read(ends[0], SIGVTALRM);
	seek(10);
	truth_count("lseek", 20 + 5 + 10);
	/* The signal may come before the read. */
	truth_between("read", 0, 20);
	return 0;
}

/* -- H38: sandboxes ----------------------------------------------------------------------------------------- */

/* From here on read, write, exit and the return from a handler are all that the kernel allows. */
static void seal_strictly(int fd, int way)
{
	char buf[64];

	if (way == 0)
		REQUIRE(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0);
	else if (way == 1)
		REQUIRE(syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0) == 0);
	else
		REQUIRE(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL) == 0);
	for (int i = 0; i < 5000; i++)
		REQUIRE(read(fd, buf, (size_t)(1 + i % 64)) == 1 + i % 64);
	for (int i = 0; i < 20; i++)
		REQUIRE(read(-1, buf, 1) == -1 && errno == EBADF);
	REQUIRE(write(-1, buf, 1) == -1 && errno == EBADF);
	raw_syscall(SYS_exit, 0, 0, 0, 0, 0, 0);
}

static int run_strict_sandbox(char **arguments)
{
	int fd = open("/dev/zero", O_RDONLY);

	(void)arguments;
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			seek(1);
			seal_strictly(fd, i);
		}
		REQUIRE(status_of(pid) == 0);
	}
	truth_count("read", 3 * 5020);
	truth_error("read", "EBADF", 60);
	truth_count("write", 3);
	truth_error("write", "EBADF", 3);
	return 0;
}

/* The kernel's strict mode forbids the counter as well; this forbids nothing else. */
static int run_no_counter(char **arguments)
{
	(void)arguments;
	if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV) < 0)
		REQUIRE(errno == EINVAL);
	seek(300);
	pid_t pid = fork();

	if (pid == 0) {
		seek(20);
		exit(0);
	}
	REQUIRE(status_of(pid) == 0);
	truth_count("lseek", 320);
	truth_error("lseek", "EBADF", 320);
	truth_count("exit", 1);
	return 0;
}

#define ALLOW(number)                                                                             \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* Whatever else is called kills the process. */
static void seal_by_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		ALLOW(SYS_read),
		ALLOW(SYS_write),
		ALLOW(SYS_lseek),
		ALLOW(SYS_tgkill),
		ALLOW(SYS_exit),
		ALLOW(SYS_exit_group),
		ALLOW(SYS_rt_sigreturn),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

	REQUIRE(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	REQUIRE(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static void seek_in_handler(int signal)
{
	(void)signal;
	seek(3);
}

static int run_filter(char **arguments)
{
	int pid = raw_getpid(), tid = raw_gettid();

	(void)arguments;
	REQUIRE(signal(SIGUSR1, seek_in_handler) != SIG_ERR);
	seal_by_filter();
	seek(5000);
	for (int i = 0; i < 100; i++)
		raw_tgkill(pid, tid, SIGUSR1);
	truth_count("lseek", 5300);
	exit(0);
}

/* -- H41: streams ---------------------------------------------------------------------------------------------- */

/* What would be standard error is a file of the program's; whatever fails with us, nothing appears in it. */
static int run_streams_taken(char **arguments)
{
	char path[] = "/tmp/sonde-hazard-XXXXXX";
	char *nothing[] = {NULL}, *words[] = {"true", NULL};
	struct stat status;
	int out = fcntl(1, F_DUPFD, 60);

	(void)arguments;
	for (int fd = 0; fd < 3; fd++)
		REQUIRE(close(fd) == 0);
	REQUIRE(mkstemp(path) == 0 && open(path, O_RDWR | O_APPEND) == 1 && dup(1) == 2);
	for (int i = 0; i < 5; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			seek(6);
			execve(i % 2 ? "/bin/true" : "/there/is/no/such/program", words, nothing);
			_exit(0);
		}
		REQUIRE(status_of(pid) == 0);
	}
	REQUIRE(raw_fstat(0, &status) == 0 && status.st_size == 0 && unlink(path) == 0);
	REQUIRE(raw_syscall(SYS_dup3, out, 1, 0, 0, 0, 0) == 1);
	truth_count("lseek", 30);
	truth_count("execve", 5);
	return 0;
}

const struct truth_case hazard_signal_cases[] = {
	{"every-safe-call",
	 "H29 a handler on the smallest stack makes every safe call within malloc and stdio",
	 run_every_safe_call, 0},
	{"first-in-handler", "H29 a child's first calls may be those of a handler", run_first_in_handler,
	 0},
	{"no-signal-taken", "H31 no signal, mask or timer of the program's is taken",
	 run_no_signal_taken, 0},
	{"own-profiler", "H31 a program's own timer interrupts what it interrupts bare",
	 run_own_profiler, 0},
	{"stop-and-go", "H31 a process that is stopped goes on as if nothing had been", run_stop_and_go,
	 0},
	{"jumps", "H32 jumps out of read() and out of handlers leave counting intact", run_jumps, 0},
	{"strict-sandbox", "H38 calls count in seccomp's strict mode, entered after the start",
	 run_strict_sandbox, 0},
	{"no-counter", "H40 calls count where reading the processor's counter kills", run_no_counter, 0},
	{"filter", "H38 calls count where all but the program's own system calls kill", run_filter, 0},
	{"streams-taken", "H41 nothing of ours gets into a file that takes the place of a stream",
	 run_streams_taken, 0},
	{0},
};
