// SPDX-License-Identifier: MIT
/*
 * strains WAY - does what leaves a program little room, and tells what became of its memory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

enum { CROWD = 400, GUARD = 4096 };

static char *const nothing[] = {"true", NULL};

/* A line of /proc/self/status, in KiB. */
static long memory(const char *what)
{
	char line[256];
	long size = -1;
	FILE *status = fopen("/proc/self/status", "r");

	while (fgets(line, sizeof(line), status))
		if (strncmp(line, what, strlen(what)) == 0)
			size = atol(line + strlen(what) + 1);
	fclose(status);
	return size;
}

static void execute(int signal)
{
	(void)signal;
	execve("/bin/true", nothing, environ);
	_exit(1);
}

/* Nothing may be written below the stack. */
static void execute_on_small_stack(void)
{
	size_t size = 5000 + getauxval(AT_MINSIGSTKSZ);
	char *guarded = mmap(NULL, GUARD + 65536, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stack_t stack = {.ss_sp = guarded + GUARD, .ss_size = size};
	struct sigaction action = {.sa_handler = execute, .sa_flags = SA_ONSTACK};
	int status;

	mprotect(guarded, GUARD, PROT_NONE);
	sigaltstack(&stack, NULL);
	sigaction(SIGUSR1, &action, NULL);
	if (fork() == 0)
		raise(SIGUSR1);
	wait(&status);
	printf("executed on a small stack: %#x\n", status);
}

static void execute_nothing(void)
{
	int result = execveat(-1, NULL, nothing, environ, 0);

	printf("executed no name: %d %d\n", result, errno);
}

static void lock_memory(void)
{
	int result = mlockall(MCL_CURRENT | MCL_FUTURE);

	printf("locked: %d, more than 16 MiB of files in memory: %d\n", result,
	       memory("RssShmem") > 16384);
}

/* libc's mlockall() is not there to be asked, and the process has just begun. */
static void lock_memory_of_child(void)
{
	if (fork() == 0) {
		long result = syscall(SYS_mlockall, MCL_CURRENT | MCL_FUTURE);

		printf("locked by a child: %ld, more than 16 MiB of files in memory: %d\n", result,
		       memory("RssShmem") > 16384);
		exit(0);
	}
	wait(NULL);
}

static void tell(const char *what, long result)
{
	printf("%s: %ld %d\n", what, result, errno);
}

static char *const nowhere = (char *)0xbad8; /* below what the kernel maps */

/* Answers the calls of a list as if it were the kernel, or kills who makes them. */
static void add_filter(const unsigned int *numbers, int n_numbers, unsigned int answer)
{
	struct sock_filter code[2 * 16 + 2] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog program = {.len = 2 * n_numbers + 2, .filter = code};

	for (int i = 0; i < n_numbers; i++) {
		code[1 + 2 * i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, numbers[i], 0, 1);
		code[2 + 2 * i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, answer);
	}
	code[1 + 2 * n_numbers] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* A sandbox for a program that needs no more than it is doing already. */
static void filter_system_calls(void)
{
	static const unsigned int deadly[] = {SYS_getpid, SYS_gettid, SYS_tgkill, SYS_madvise, SYS_mmap};

	printf("filtered\n");
	fflush(stdout);
	add_filter(deadly, 5, SECCOMP_RET_KILL_PROCESS);
	dup(-1);
	lseek(-1, 0, SEEK_SET);
	exit(7);
}

/* Who is in a sandbox stays there when another one is refused. */
static void filter_in_vain(void)
{
	static const unsigned int deadly[] = {SYS_fstat, SYS_newfstatat, SYS_readlinkat, SYS_statx};
	char byte;

	printf("filtered, and then not\n");
	fflush(stdout);
	add_filter(deadly, 4, SECCOMP_RET_KILL_PROCESS);
	printf("refused: %d\n", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL));
	printf("refused: %ld\n", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL));
	printf("read: %zd\n", read(0, &byte, 1));
	exit(0);
}

/* To execute is denied, and what is needed to prepare it is forbidden. */
static void execute_in_vain(void)
{
	static const unsigned int denied[] = {SYS_execve, SYS_execveat};
	static const unsigned int deadly[] = {SYS_openat, SYS_mmap, SYS_munmap, SYS_pread64, SYS_faccessat};

	printf("denied\n");
	fflush(stdout);
	add_filter(denied, 2, SECCOMP_RET_ERRNO | EPERM);
	add_filter(deadly, 5, SECCOMP_RET_KILL_PROCESS);
	tell("denied", execve("/bin/true", nothing, environ));
	tell("denied", execvp("true", nothing));
	tell("denied", execve(nowhere, nothing, environ));
	exit(0);
}

/* A sandbox for just what a program does bare, and its children. */
static void execute_in_sandbox(void)
{
	static const unsigned int deadly[] = {SYS_madvise, SYS_fstat, SYS_fallocate};
	char *const words[] = {"echo", "executed under a filter", NULL};
	int status = -1;
	pid_t pid;

	fflush(stdout);
	add_filter(deadly, 3, SECCOMP_RET_KILL_PROCESS);
	tell("system", system("echo a shell"));
	tell("spawn", posix_spawnp(&pid, "echo", NULL, NULL, words, environ));
	tell("ended", waitpid(pid, &status, 0) == pid ? status : -1);
	fflush(stdout);
	if (fork() == 0) {
		lseek(-1, 0, SEEK_SET);
		close(open("/dev/null", O_RDONLY));
		execlp("echo", "echo", "of a child", NULL);
	}
	wait(&status);
	tell("ended", status);
	fflush(stdout);
	execv("/bin/echo", words);
}

static void execute_under_filter(const unsigned int *deadly, unsigned int n)
{
	char *const words[] = {"echo", "executed under a narrow filter", NULL};
	int status = -1;

	fflush(stdout);
	if (fork() == 0) {
		add_filter(deadly, n, SECCOMP_RET_KILL_PROCESS);
		execv("/bin/echo", words);
	}
	wait(&status);
	tell("ended", status);
}

/* Not even what we need to let the program alone. */
static void execute_in_narrow_sandbox(void)
{
	static const unsigned int deadly[] = {SYS_getpid, SYS_rt_sigprocmask, SYS_madvise};

	execute_under_filter(deadly, 1);
	execute_under_filter(deadly + 1, 1);
	execute_under_filter(deadly, 2);
	execute_under_filter(deadly, 3);
}

/* Signals may be released under the filter, but not be held. */
static void keep_blocked_signals(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigprocmask, 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SIG_BLOCK, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog program = {.len = 6, .filter = code};
	sigset_t mask;
	int status;

	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
	fflush(stdout);
	if (fork() == 0) {
		lseek(-1, 0, SEEK_SET);
		sigprocmask(SIG_UNBLOCK, NULL, &mask);
		_exit(sigismember(&mask, SIGUSR1));
	}
	wait(&status);
	tell("blocked still", status);
}

static void open_nowhere(void)
{
	tell("opened", open(nowhere, O_RDONLY));
	FILE *stream = fopen(nowhere, "r");

	tell("opened", stream ? fileno(stream) : -1);
}

static void call_with_nowhere(void)
{
	struct sockaddr *nobody = (struct sockaddr *)nowhere;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	open_nowhere();
	tell("connected", connect(fd, nobody, sizeof(struct sockaddr_in)));
	tell("bound", bind(fd, nobody, sizeof(struct sockaddr_in)));
	tell("sent", sendto(fd, "x", 1, 0, nobody, sizeof(struct sockaddr_in)));
	tell("piped", pipe((int *)nowhere));
	tell("piped", pipe2((int *)nowhere, O_CLOEXEC));
	tell("paired", socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)nowhere));
	tell("limited", setrlimit(RLIMIT_AS, (struct rlimit *)nowhere));
	tell("limited", prlimit(0, RLIMIT_AS, (struct rlimit *)nowhere, NULL));
}

/*
 * What a filter answers, the kernel has not looked at: what any argument leads to may not be there. The return from a
 * handler has no arguments, but what is left in their registers.
 */
static void answer_for_kernel(unsigned int answer)
{
	enum { ARGUMENTS = 6, ALLOW = 2 + 2 * ARGUMENTS, ANSWER };
	struct sock_filter filter[ANSWER + 1] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, ALLOW - 2, 0),
	};
	struct sock_fprog program = {.len = ANSWER + 1, .filter = filter};

	for (unsigned int i = 0; i < ARGUMENTS; i++) {
		unsigned int at = 2 + 2 * i;

		filter[at] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
							  offsetof(struct seccomp_data, args[i]));
		filter[at + 1] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)(uintptr_t)nowhere, ANSWER - at - 2, 0);
	}
	filter[ALLOW] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	filter[ANSWER] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, answer);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* Who made the filter is not there any more in the program that is executed under it. */
static void call_under_filter(unsigned int answer, bool is_executed)
{
	char *const arguments[] = {"strains", "nowhere", NULL};

	answer_for_kernel(answer);
	if (is_executed)
		execv("/proc/self/exe", arguments);
	call_with_nowhere();
	exit(0);
}

static void answer_bad_addresses(void)
{
	static const unsigned int codes[] = {EPERM, EACCES, ENOENT, EINPROGRESS, 0};

	for (int i = 0; i < 2 * 5; i++) {
		int status = -1;

		fflush(stdout);
		if (fork() == 0)
			call_under_filter(SECCOMP_RET_ERRNO | codes[i / 2], i % 2);
		wait(&status);
		printf("ended: %#x\n", status);
	}
}

/* Any number that the kernel might have answered. */
static void grant(int signal, siginfo_t *info, void *context)
{
	ucontext_t *interrupted = context;

#if defined(__x86_64__)
	interrupted->uc_mcontext.gregs[REG_RAX] = 77;
#elif defined(__aarch64__)
	interrupted->uc_mcontext.regs[0] = 77;
#endif
}

static void answer_by_handler(void)
{
	struct sigaction action = {.sa_sigaction = grant, .sa_flags = SA_SIGINFO};

	sigaction(SIGSYS, &action, NULL);
	call_under_filter(SECCOMP_RET_TRAP, false);
}

static void execute_badly(const char *what, const char *path, char *const *arguments, char *const *environment)
{
	errno = 0;
	int result = execve(path, arguments, environment);

	printf("%s: %d %d\n", what, result, errno);
}

/* The kernel says so where a pointer of an exec leads nowhere. */
static void execute_nowhere(void)
{
	char *const bad_entries[] = {"A=b", nowhere, NULL};
	char *pages = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char **cut = (char **)(pages + 4096) - 1;
	pid_t pid;

	munmap(pages + 4096, 4096);
	*cut = "A=b";
	execute_badly("path", nowhere, nothing, environ);
	execute_badly("arguments", "/bin/true", (char **)nowhere, environ);
	execute_badly("environment", "/bin/true", nothing, (char **)nowhere);
	execute_badly("entry", "/bin/true", nothing, bad_entries);
	execute_badly("no end", "/bin/true", nothing, cut);
	printf("spawned: %d\n", posix_spawn(&pid, nowhere, NULL, NULL, nothing, environ));
	printf("spawned: %d\n", posix_spawn(&pid, "/bin/true", NULL, NULL, nothing, cut));
}

static pthread_barrier_t all_are_here;

static void *fail_often(void *unused)
{
	pthread_barrier_wait(&all_are_here);
	for (int i = 0; i < 200; i++)
		dup(-1);
	pthread_barrier_wait(&all_are_here);
	return unused;
}

static void crowd(void)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int n_failed = 0;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 65536);
	pthread_barrier_init(&all_are_here, NULL, CROWD + 1);
	for (int i = 0; i < CROWD; i++)
		n_failed += pthread_create(&thread, &attributes, fail_often, NULL) != 0;
	pthread_barrier_wait(&all_are_here);
	pthread_barrier_wait(&all_are_here);
	printf("threads not made: %d, more than 64 MiB in memory: %d\n", n_failed,
	       memory("VmRSS") > 65536);
}

static void vfork_with_large_environment(void)
{
	static char *large[2001];
	long before = 0;

	for (int i = 0; i < 2000; i++)
		large[i] = "A=b";
	for (int i = 0; i < 200; i++) {
		if (i == 10)
			before = memory("VmSize");
		if (vfork() == 0) {
			execve("/bin/true", nothing, large);
			_exit(1);
		}
		wait(NULL);
	}
	printf("grown by more than 1 MiB: %d\n", memory("VmSize") - before > 1024);
}

static void run_shells(void)
{
	long before = 0;

	clearenv();
	for (int i = 0; i < 200; i++) {
		if (i == 10)
			before = memory("VmSize");
		if (system(":"))
			printf("failed\n");
	}
	printf("grown by more than 1 MiB: %d\n", memory("VmSize") - before > 1024);
}

int main(int n_arguments, char **arguments)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} ways[] = {
		{"small-stack", execute_on_small_stack},
		{"no-name", execute_nothing},
		{"locked", lock_memory},
		{"locked-child", lock_memory_of_child},
		{"filtered", filter_system_calls},
		{"filtered-in-vain", filter_in_vain},
		{"executed-in-vain", execute_in_vain},
		{"executed-in-sandbox", execute_in_sandbox},
		{"executed-in-narrow-sandbox", execute_in_narrow_sandbox},
		{"blocked", keep_blocked_signals},
		{"answered", answer_bad_addresses},
		{"answered-by-handler", answer_by_handler},
		{"nowhere", call_with_nowhere},
		{"executions", execute_nowhere},
		{"crowd", crowd},
		{"vforks", vfork_with_large_environment},
		{"shells", run_shells},
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (n_arguments == 2 && strcmp(ways[i].name, arguments[1]) == 0) {
			ways[i].run();
			return 0;
		}
	return 2;
}
