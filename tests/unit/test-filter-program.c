// SPDX-License-Identifier: MIT
/*
 * What is told of a filter is held against what the kernel does in a child under it.
 */
#include "config.h"

#include "record/filter-program.h"

#include "base/raw.h"

#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF(what, value, yes, no) BPF_JUMP(BPF_JMP | (what) | BPF_K, value, yes, no)
#define GIVE(action) BPF_STMT(BPF_RET | BPF_K, action)
#define PROGRAM(...)                                                                              \
	&(struct sock_fprog)                                                                      \
	{                                                                                         \
		.len = sizeof((struct sock_filter[]){__VA_ARGS__}) / sizeof(struct sock_filter),  \
		.filter = (struct sock_filter[]){__VA_ARGS__},                                    \
	}

static bool kernel_kills(const struct sock_fprog *program, long number)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program) < 0)
			raw_syscall(SYS_exit_group, 1, 0, 0, 0, 0, 0);
		raw_syscall(number, 0, 0, 0, 0, 0, 0);
		raw_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
	}
	CU_ASSERT_FATAL(pid > 0 && waitpid(pid, &status, 0) == pid);
	CU_ASSERT_TRUE(!WIFEXITED(status) || WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status);
}

/* Whether both say so. */
static bool kills(const struct sock_fprog *program, long number)
{
	bool is_told = filter_program_kills(program, number);

	CU_ASSERT_EQUAL(kernel_kills(program, number), is_told);
	return is_told;
}

static void a_number_decides(void)
{
	const struct sock_fprog *only = PROGRAM(LOAD(nr), IF(BPF_JEQ, SYS_getppid, 0, 1),
						GIVE(SECCOMP_RET_KILL_PROCESS), GIVE(SECCOMP_RET_ALLOW));
	const struct sock_fprog *all_but =
		PROGRAM(LOAD(arch), LOAD(nr), IF(BPF_JEQ, SYS_getppid, 2, 0), IF(BPF_JEQ, SYS_exit_group, 1, 0),
			GIVE(SECCOMP_RET_TRAP), GIVE(SECCOMP_RET_ALLOW));

	CU_ASSERT_TRUE(kills(only, SYS_getppid));
	CU_ASSERT_FALSE(kills(only, SYS_getpid));
	CU_ASSERT_FALSE(kills(all_but, SYS_getppid));
	CU_ASSERT_TRUE(kills(all_but, SYS_getpid));
}

static void all_comparisons_are_known(void)
{
	const struct sock_fprog *range =
		PROGRAM(LOAD(nr), IF(BPF_JGE, SYS_getppid, 0, 2), IF(BPF_JGT, SYS_getppid, 1, 0),
			GIVE(SECCOMP_RET_KILL_PROCESS), GIVE(SECCOMP_RET_ALLOW));
	const struct sock_fprog *bits = PROGRAM(LOAD(nr), IF(BPF_JSET, SYS_getppid ^ SYS_getuid, 1, 0),
						BPF_STMT(BPF_JMP | BPF_JA, 1), GIVE(SECCOMP_RET_ALLOW),
						IF(BPF_JEQ, SYS_exit_group, 0, 1), GIVE(SECCOMP_RET_ALLOW),
						IF(BPF_JEQ, SYS_sync, 1, 0), GIVE(SECCOMP_RET_ALLOW),
						GIVE(SECCOMP_RET_KILL_PROCESS));

	CU_ASSERT_TRUE(kills(range, SYS_getppid));
	CU_ASSERT_FALSE(kills(range, SYS_getppid - 1));
	CU_ASSERT_FALSE(kills(range, SYS_getppid + 1));
	for (long number = SYS_getuid; number <= SYS_getppid; number++)
		CU_ASSERT_FALSE(kills(bits, number));
}

static void the_machine_is_known(void)
{
	const struct sock_fprog *other = PROGRAM(LOAD(arch), IF(BPF_JEQ, 12345, 0, 1),
						 GIVE(SECCOMP_RET_KILL_PROCESS), GIVE(SECCOMP_RET_ALLOW));

	CU_ASSERT_FALSE(kills(other, SYS_getppid));
}

static void other_answers_are_not_deadly(void)
{
	CU_ASSERT_FALSE(kills(PROGRAM(LOAD(nr), IF(BPF_JEQ, SYS_getppid, 0, 1),
				      GIVE(SECCOMP_RET_ERRNO | EPERM), GIVE(SECCOMP_RET_ALLOW)),
			      SYS_getppid));
	CU_ASSERT_FALSE(kills(PROGRAM(GIVE(SECCOMP_RET_LOG)), SYS_getppid));
	CU_ASSERT_FALSE(kills(PROGRAM(LOAD(nr), IF(BPF_JEQ, SYS_getppid, 0, 1), GIVE(SECCOMP_RET_TRACE),
				      GIVE(SECCOMP_RET_ALLOW)),
			      SYS_getppid));
}

/* The child gives no arguments: the kernel says what one way leads to, and it is told that there is another. */
static void what_arguments_decide_may_be_deadly(void)
{
	const struct sock_fprog *by_argument =
		PROGRAM(LOAD(nr), IF(BPF_JEQ, SYS_getppid, 0, 3), LOAD(args[0]), IF(BPF_JEQ, 77, 0, 1),
			GIVE(SECCOMP_RET_KILL_PROCESS), GIVE(SECCOMP_RET_ALLOW));
	const struct sock_fprog *by_sum =
		PROGRAM(LOAD(nr), BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1), IF(BPF_JEQ, SYS_getppid + 1, 0, 1),
			GIVE(SECCOMP_RET_KILL_PROCESS), GIVE(SECCOMP_RET_ALLOW));

	CU_ASSERT_FALSE(kernel_kills(by_argument, SYS_getppid));
	CU_ASSERT_TRUE(filter_program_kills(by_argument, SYS_getppid));
	CU_ASSERT_FALSE(kills(by_argument, SYS_getpid));
	CU_ASSERT_TRUE(kills(by_sum, SYS_getppid));
}

/* Seventy arguments that are asked for one after the other, each with two ways that meet again. */
static void what_is_too_involved_is_deadly(void)
{
	enum { QUESTIONS = 70 };
	static struct sock_filter code[3 * QUESTIONS + 1];
	const struct sock_fprog program = {.len = 3 * QUESTIONS + 1, .filter = code};

	for (unsigned int i = 0; i < QUESTIONS; i++) {
		code[3 * i] = (struct sock_filter)LOAD(args[0]);
		code[3 * i + 1] = (struct sock_filter)IF(BPF_JEQ, i, 0, 1);
		code[3 * i + 2] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, i);
	}
	code[3 * QUESTIONS] = (struct sock_filter)GIVE(SECCOMP_RET_ALLOW);
	CU_ASSERT_FALSE(kernel_kills(&program, SYS_getppid));
	CU_ASSERT_TRUE(filter_program_kills(&program, SYS_getppid));
}

/* The kernel refuses those; they must do us no harm. */
static void what_is_no_program_is_deadly(void)
{
	CU_ASSERT_TRUE(filter_program_kills(PROGRAM(LOAD(nr)), SYS_getppid));
	CU_ASSERT_TRUE(filter_program_kills(PROGRAM(BPF_STMT(BPF_JMP | BPF_JA, -1)), SYS_getppid));
	CU_ASSERT_TRUE(filter_program_kills(PROGRAM(BPF_STMT(BPF_JMP | BPF_JA, 100)), SYS_getppid));
	CU_ASSERT_TRUE(filter_program_kills(PROGRAM(BPF_STMT(BPF_RET | BPF_A, 0)), SYS_getppid));
}

UNIT_MAIN("filter programs", {"a number decides", a_number_decides},
	  {"all comparisons are known", all_comparisons_are_known},
	  {"the machine is known", the_machine_is_known},
	  {"other answers are not deadly", other_answers_are_not_deadly},
	  {"what arguments decide may be deadly", what_arguments_decide_may_be_deadly},
	  {"what is too involved is deadly", what_is_too_involved_is_deadly},
	  {"what is no program is deadly", what_is_no_program_is_deadly})
