// SPDX-License-Identifier: MIT
/*
 * What a handler does in the midst of a first call, when everything is made that calls need: the processor stops after each
 * instruction, and in one child after the other a later one is the one that matters.
 */
#include "config.h"

#include "children.h"
#include "truth.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <ucontext.h>

#ifdef __x86_64__
enum { TRAP_FLAG = 0x100, TRAP_STRIDE = 7 };

static volatile int n_traps;
static int trap_wanted;
static pid_t handler_child;

/* The processor stops after each instruction, until the wanted one. */
static bool is_wanted_trap(ucontext_t *interrupted)
{
	if (n_traps++ != trap_wanted)
		return false;
	interrupted->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
	return true;
}

/* The same, but where a signal that is sent would have to wait, not before it need not any more. */
static bool is_wanted_instant(ucontext_t *interrupted)
{
	if (!sigismember(&interrupted->uc_sigmask, SIGALRM))
		return is_wanted_trap(interrupted);
	trap_wanted += n_traps++ == trap_wanted;
	return false;
}

static void seek_stepwise(void)
{
	__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" : : : "memory", "cc");
	lseek(-1, 0, SEEK_SET);
	__asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" : : : "memory", "cc");
}

/*
 * One child after the other, in each of which the handler acts some instructions later, until there are no so many: which a
 * status of 2 says. 0: something else came of one, or of the first.
 */
static uint64_t step_through(void (*handler)(int, siginfo_t *, void *), int (*run_child)(int n_instructions))
{
	struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
	uint64_t n_children = 0;
	int status = 0;

	sigaction(SIGTRAP, &action, NULL);
	lseek(-1, 0, SEEK_SET);
	while (status == 0) {
		status = run_child((int)n_children * TRAP_STRIDE);
		n_children += status == 0;
	}
	return status == 2 ? n_children : 0;
}

/* A child is forked, which then runs on from there. */
static void fork_at_trap(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)info;
	if (!is_wanted_instant(context))
		return;
	handler_child = fork();
	if (handler_child == 0)
		read_zeros(2);
}

static void *seek_in_thread(void *unused)
{
	seek_stepwise();
	if (handler_child == 0)
		raw_syscall(SYS_exit_group, read_zeros(3), 0, 0, 0, 0, 0);
	return unused;
}

/* A thread's first call, with a fork after so many instructions of it. Status 2: it has fewer. */
static int fork_in_first_call(int n_instructions)
{
	pthread_t thread;

	trap_wanted = n_instructions;
	handler_child = -1;
	if (pthread_create(&thread, NULL, seek_in_thread, NULL) || pthread_join(thread, NULL))
		return 1;
	return handler_child < 0 ? 2 : wait_for(handler_child);
}

static int fork_in_childs_thread(int n_instructions)
{
	pid_t pid = fork();

	if (pid == 0)
		raw_syscall(SYS_exit_group, fork_in_first_call(n_instructions), 0, 0, 0, 0, 0);
	return wait_for(pid);
}

static int run_fork_between_instructions(char **arguments)
{
	uint64_t n_children = step_through(fork_at_trap, fork_in_childs_thread);

	(void)arguments;
	truth_count("read", 5 * n_children);
	return n_children == 0;
}

/* The same in a forked child, whose region is being made then. */
static int fork_in_childs_first_call(int n_instructions)
{
	trap_wanted = n_instructions;
	n_traps = 0;
	handler_child = -1;
	pid_t pid = (pid_t)raw_syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);

	if (pid)
		return wait_for(pid);
	seek_stepwise();
	if (handler_child == 0)
		raw_syscall(SYS_exit_group, read_zeros(3), 0, 0, 0, 0, 0);
	raw_syscall(SYS_exit_group, handler_child < 0 ? 2 : wait_for(handler_child), 0, 0, 0, 0, 0);
	return 1;
}

static int run_fork_while_region_is_made(char **arguments)
{
	uint64_t n_children = step_through(fork_at_trap, fork_in_childs_first_call);

	(void)arguments;
	truth_count("fork", n_children);
	truth_count("read", 5 * n_children);
	return n_children == 0;
}

static void read_at_trap(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)info;
	if (is_wanted_trap(context))
		read_zeros(2);
}

/* A forked child's first call, with two calls of a handler after so many instructions of it. Status 2: it has fewer. */
static int read_in_first_call(int n_instructions)
{
	pid_t pid;

	trap_wanted = n_instructions;
	n_traps = 0;
	pid = (pid_t)raw_syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
	if (pid)
		return wait_for(pid);
	seek_stepwise();
	raw_syscall(SYS_exit_group, read_zeros(3) ? 1 : n_traps > trap_wanted ? 0 : 2, 0, 0, 0, 0, 0);
	return 1;
}

static int run_read_between_instructions(char **arguments)
{
	uint64_t n_children = step_through(read_at_trap, read_in_first_call);

	(void)arguments;
	truth_count("lseek", n_children + 2);
	truth_count("read", 5 * n_children + 3);
	return n_children == 0;
}

static int own_descriptor;

/* As a daemon does, before it opens its own. */
static void close_all_at_trap(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)info;
	if (!is_wanted_instant(context))
		return;
	raw_syscall(SYS_close_range, 3, ~0U, 0, 0, 0, 0);
	own_descriptor = (int)raw_syscall(SYS_openat, AT_FDCWD, (long)"/dev/null", O_RDONLY, 0, 0, 0);
}

static sigjmp_buf way_out;

static void jump_at_trap(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)info;
	if (is_wanted_instant(context))
		siglongjmp(way_out, 1);
}

static int n_descriptors(void)
{
	int n = 0;

	for (int fd = 3; fd < 100; fd++)
		n += raw_syscall(SYS_fcntl, fd, F_GETFD, 0, 0, 0, 0) >= 0;
	return n;
}

/* A forked child's first call, that a handler disturbs after so many instructions. Status 2: it has fewer. */
static int disturb_first_call(int n_instructions)
{
	static int n_before;

	n_before = n_descriptors();
	trap_wanted = n_instructions;
	n_traps = 0;
	own_descriptor = -1;
	pid_t pid = (pid_t)raw_syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);

	if (pid)
		return wait_for(pid);
	if (sigsetjmp(way_out, 1) == 0)
		seek_stepwise();
	bool is_right = own_descriptor < 0 ? n_descriptors() == n_before
					   : n_descriptors() == 1 && fcntl(own_descriptor, F_GETFD) >= 0;

	raw_syscall(SYS_exit_group, read_zeros(2) || !is_right ? 1 : n_traps > trap_wanted ? 0 : 2, 0, 0, 0, 0, 0);
	return 1;
}

static int disturb_first_calls(void (*handler)(int, siginfo_t *, void *))
{
	uint64_t n_children = step_through(handler, disturb_first_call);

	truth_count("read", 2 * (n_children + 1));
	return n_children == 0;
}

static int run_close_between_instructions(char **arguments)
{
	(void)arguments;
	return disturb_first_calls(close_all_at_trap);
}

static int run_jump_between_instructions(char **arguments)
{
	(void)arguments;
	return disturb_first_calls(jump_at_trap);
}
#endif

const struct truth_case truth_instruction_cases[] = {
#ifdef __x86_64__
	{"fork-between-instructions", "a child forked by a handler returns to the midst of recording a first call",
	 run_fork_between_instructions, 0},
	{"fork-while-region-is-made", "a child forked by a handler returns to the making of its parent's region",
	 run_fork_while_region_is_made, 0},
	{"close-between-instructions", "a handler that closes all descriptors in the midst of a forked child's first call keeps its own",
	 run_close_between_instructions, 0},
	{"jump-between-instructions", "a handler that jumps out of a forked child's first call leaves no descriptor of ours",
	 run_jump_between_instructions, 0},
	{"read-between-instructions", "a handler's calls in the midst of a forked child's first call count",
	 run_read_between_instructions, 0},
#endif
	{0},
};
