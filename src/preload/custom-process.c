// SPDX-License-Identifier: MIT
/*
 * Calls that begin and end processes and threads. What never returns is counted when it is made. What
 * returns twice is counted once, in the parent: a forked child's memory says that nothing has been
 * recorded yet, and a vfork child counts for its parent until it executes a program or ends.
 *
 * vfork() and syscall() must not have a frame of ours on the stack when the child returns, and syscall()
 * can be any call at all; both are counted first and then jumped to.
 */
#include "config.h"

#include "preload/wrapper.h"

#include "record/filter.h"
#include "record/recorder.h"
#include "record/stacks.h"
#include "record/private-memory.h"
#include "record/region-writer.h"

#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <threads.h>
#include <unistd.h>

extern pid_t _Fork(void);

/* -- Processes -------------------------------------------------------------------------------------- */

static pid_t finish_fork(const struct probe *probe, pid_t result)
{
	if (result == 0)
		recorder_after_fork();
	else if (result < 0)
		probe_failed(probe, errno);
	else
		probe_succeeded(probe, 0);
	return result;
}

/*
 * Looks up what a child is likely to call. In the parent that is done once, and in each child would fault in pages to
 * search, and one to keep what was found.
 */
static void prepare_fork(void)
{
	static const enum symbol symbols[] = {
		SYMBOL__exit, SYMBOL_execve, SYMBOL_execvp, SYMBOL_dup2, SYMBOL_close,
	};

	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		resolved_symbol(symbols[i]);
}

EXPORT pid_t fork(void)
{
	struct probe probe = probe_begin(CALL_fork);

	prepare_fork();

	return finish_fork(&probe, REAL(fork)());
}

ALIAS(__fork, fork);

EXPORT pid_t _Fork(void)
{
	struct probe probe = probe_begin(CALL__Fork);

	prepare_fork();
	return finish_fork(&probe, REAL(_Fork)());
}

/* The child is another process when this returns 0, and its parent has ended inside libc. */
EXPORT int daemon(int no_chdir, int no_close)
{
	struct probe probe = probe_begin(CALL_daemon);
	int result = REAL(daemon)(no_chdir, no_close);

	if (result < 0) {
		probe_failed(&probe, errno);
	} else {
		recorder_after_fork();
		object_directory_changed();
	}
	return result;
}

/* The three last arguments are there only with some flags; forwarding what is not there does no harm. */
EXPORT int clone(int (*function)(void *), void *stack, int flags, void *argument, ...)
{
	va_list arguments;

	va_start(arguments, argument);
	void *parent_tid = va_arg(arguments, void *);
	void *tls = va_arg(arguments, void *);
	void *child_tid = va_arg(arguments, void *);

	va_end(arguments);
	struct probe probe = probe_begin(CALL_clone);

	if (flags & CLONE_VM)
		recorder_lend_memory();
	if (flags & CLONE_NEWPID)
		session_note_namespace(&recorder_session.settings);
	int result = REAL(clone)(function, stack, flags, argument, parent_tid, tls, child_tid);

	return finish_fork(&probe, result);
}

ALIAS(__clone, clone);

/* -- Namespaces ------------------------------------------------------------------------------------- */

static int finish_namespace(const struct probe *probe, int result)
{
	if (result < 0)
		probe_failed(probe, errno);
	else
		probe_succeeded(probe, 0);
	return result;
}

EXPORT int unshare(int flags)
{
	struct probe probe = probe_begin(CALL_unshare);

	session_note_namespace(&recorder_session.settings);
	return finish_namespace(&probe, REAL(unshare)(flags));
}

EXPORT int setns(int fd, int type)
{
	struct probe probe = probe_begin(CALL_setns);

	session_note_namespace(&recorder_session.settings);
	return finish_namespace(&probe, REAL(setns)(fd, type));
}

/* -- Ends ------------------------------------------------------------------------------------------- */

/* What the process says of its end. NULL: a vfork child, or nothing was recorded. */
static struct region_header *note_exit_status(int status)
{
	struct region_header *region = recorder_own_region();

	if (!region)
		return NULL;
	region->exit_status = status & 0xff;
	__atomic_fetch_or(&region->flags, REGION_EXIT_KNOWN, __ATOMIC_RELAXED);
	return region;
}

static void note_end(int status)
{
	struct region_header *region = note_exit_status(status);

	if (region)
		region_mark_end(region, REGION_EXITED);
}

EXPORT void exit(int status)
{
	probe_count(CALL_exit);
	note_exit_status(status);
	REAL(exit)(status);
	__builtin_unreachable();
}

EXPORT void _exit(int status)
{
	probe_count(CALL__exit);
	note_end(status);
	REAL(_exit)(status);
	__builtin_unreachable();
}

EXPORT void _Exit(int status)
{
	probe_count(CALL__Exit);
	note_end(status);
	REAL(_Exit)(status);
	__builtin_unreachable();
}

EXPORT void quick_exit(int status)
{
	probe_count(CALL_quick_exit);
	note_end(status);
	REAL(quick_exit)(status);
	__builtin_unreachable();
}

#ifdef VERSIONS_quick_exit
/* The older version runs the destructors of thread-local objects first. */
__typeof__(quick_exit) older_quick_exit;

EXPORT void older_quick_exit(int status)
{
	probe_count(CALL_quick_exit);
	note_end(status);
	REAL(older_quick_exit)(status);
	__builtin_unreachable();
}

VERSIONS_quick_exit;
#endif

EXPORT void abort(void)
{
	probe_count(CALL_abort);
	REAL(abort)();
	__builtin_unreachable();
}

EXPORT void pthread_exit(void *result)
{
	probe_count(CALL_pthread_exit);
	REAL(pthread_exit)(result);
	__builtin_unreachable();
}

EXPORT void thrd_exit(int result)
{
	probe_count(CALL_thrd_exit);
	REAL(thrd_exit)(result);
	__builtin_unreachable();
}

/* -- Jumps ------------------------------------------------------------------------------------------ */

__attribute__((visibility("hidden"), used)) void *enter_vfork(void);
__attribute__((visibility("hidden"), used)) void *enter_syscall(long number, long first, long second, long third);

void *enter_vfork(void)
{
	probe_count(CALL_vfork);
	recorder_lend_memory();
	return (void *)REAL(vfork);
}

static bool makes_process(long number)
{
#ifdef SYS_vfork
	if (number == SYS_vfork)
		return true;
#endif
	return number == SYS_clone || number == SYS_clone3;
}

/* Or may make one, or enter it. */
static bool makes_namespace(long number)
{
	return number == SYS_clone || number == SYS_clone3 || number == SYS_unshare || number == SYS_setns;
}

/*
 * What closes a descriptor by number is not seen when it returns, so the descriptor is forgotten before. What
 * opens one need not be known: its number was free, and nothing is noted of a free number.
 */
static void forget_descriptors(long number, long first, long second)
{
#ifdef SYS_dup2
	if (number == SYS_dup2)
		descriptor_closed((int)second);
#endif
#ifdef SYS_close_range
	if (number == SYS_close_range)
		descriptor_closed_range((int)first, (int)second);
#endif
	if (number == SYS_chdir || number == SYS_fchdir || number == SYS_chroot)
		object_directory_changed();
	if (number == SYS_close)
		descriptor_closed((int)first);
	else if (number == SYS_dup3)
		descriptor_closed((int)second);
}

/* Whether the process confines itself, if it is granted; without a filter it only tries whether it could. */
static bool confines(long number, long first, long third)
{
	if (number == SYS_prctl)
		return first == PR_SET_SECCOMP;
	return number == SYS_seccomp &&
	       (first == SECCOMP_SET_MODE_STRICT || (first == SECCOMP_SET_MODE_FILTER && third));
}

/* The strict mode forbids all but read, write and exit, and to read the processor's counter. */
static bool confines_strictly(long number, long first, long second)
{
	return (number == SYS_prctl && second == SECCOMP_MODE_STRICT) ||
	       (number == SYS_seccomp && first == SECCOMP_SET_MODE_STRICT);
}

/* Whether it is granted is not seen; to be without durations for nothing is better than to be killed. */
static void prepare_for_sandbox(bool is_strict, const struct sock_fprog *filter)
{
	struct region_header *region = recorder_prepare_for_sandbox();

	stacks_prepare_for_sandbox();
	filter_expect(is_strict ? NULL : filter);
	descriptor_may_ask(false);
	if (!region)
		return;
	recorder_note_sandbox(region);
	if (is_strict) {
		recorder_stop_clock(region);
		region_seal(region);
		private_seal();
	}
}

/* The arguments are the first three of the system call, or whatever lies in their place. */
void *enter_syscall(long number, long first, long second, long third)
{
	struct probe probe = probe_begin(CALL_syscall);

	if (probe.stats)
		recorder_count_raw_call(number);
	forget_descriptors(number, first, second);
	if (makes_process(number))
		recorder_lend_memory();
	if (confines(number, first, third))
		prepare_for_sandbox(confines_strictly(number, first, second), (const struct sock_fprog *)third);
	if (number == SYS_mlockall)
		recorder_lock_memory();
	if (makes_namespace(number))
		session_note_namespace(&recorder_session.settings);
	return (void *)REAL(syscall);
}

#if defined(__x86_64__)
__asm__(".text\n"
	".globl vfork, __vfork\n"
	".type vfork, @function\n"
	".type __vfork, @function\n"
	"vfork:\n"
	"__vfork:\n"
	"	.cfi_startproc\n"
	"	endbr64\n"
	"	subq $8, %rsp\n"
	"	.cfi_adjust_cfa_offset 8\n"
	"	call enter_vfork\n"
	"	addq $8, %rsp\n"
	"	.cfi_adjust_cfa_offset -8\n"
	"	jmp *%rax\n"
	"	.cfi_endproc\n"
	".size vfork, . - vfork\n"
	".globl syscall\n"
	".type syscall, @function\n"
	"syscall:\n"
	"	.cfi_startproc\n"
	"	endbr64\n"
	"	subq $56, %rsp\n"
	"	.cfi_adjust_cfa_offset 56\n"
	"	movq %rdi, (%rsp)\n"
	"	movq %rsi, 8(%rsp)\n"
	"	movq %rdx, 16(%rsp)\n"
	"	movq %rcx, 24(%rsp)\n"
	"	movq %r8, 32(%rsp)\n"
	"	movq %r9, 40(%rsp)\n"
	"	call enter_syscall\n"
	"	movq (%rsp), %rdi\n"
	"	movq 8(%rsp), %rsi\n"
	"	movq 16(%rsp), %rdx\n"
	"	movq 24(%rsp), %rcx\n"
	"	movq 32(%rsp), %r8\n"
	"	movq 40(%rsp), %r9\n"
	"	addq $56, %rsp\n"
	"	.cfi_adjust_cfa_offset -56\n"
	"	jmp *%rax\n"
	"	.cfi_endproc\n"
	".size syscall, . - syscall\n");
#elif defined(__aarch64__)
__asm__(".text\n"
	".globl vfork, __vfork\n"
	".type vfork, %function\n"
	".type __vfork, %function\n"
	"vfork:\n"
	"__vfork:\n"
	"	.cfi_startproc\n"
	"	stp x29, x30, [sp, #-16]!\n"
	"	.cfi_adjust_cfa_offset 16\n"
	"	.cfi_rel_offset x29, 0\n"
	"	.cfi_rel_offset x30, 8\n"
	"	bl enter_vfork\n"
	"	mov x16, x0\n"
	"	ldp x29, x30, [sp], #16\n"
	"	.cfi_adjust_cfa_offset -16\n"
	"	.cfi_restore x29\n"
	"	.cfi_restore x30\n"
	"	br x16\n"
	"	.cfi_endproc\n"
	".size vfork, . - vfork\n"
	".globl syscall\n"
	".type syscall, %function\n"
	"syscall:\n"
	"	.cfi_startproc\n"
	"	stp x29, x30, [sp, #-80]!\n"
	"	.cfi_adjust_cfa_offset 80\n"
	"	.cfi_rel_offset x29, 0\n"
	"	.cfi_rel_offset x30, 8\n"
	"	stp x0, x1, [sp, #16]\n"
	"	stp x2, x3, [sp, #32]\n"
	"	stp x4, x5, [sp, #48]\n"
	"	str x6, [sp, #64]\n"
	"	bl enter_syscall\n"
	"	mov x16, x0\n"
	"	ldp x0, x1, [sp, #16]\n"
	"	ldp x2, x3, [sp, #32]\n"
	"	ldp x4, x5, [sp, #48]\n"
	"	ldr x6, [sp, #64]\n"
	"	ldp x29, x30, [sp], #80\n"
	"	.cfi_adjust_cfa_offset -80\n"
	"	.cfi_restore x29\n"
	"	.cfi_restore x30\n"
	"	br x16\n"
	"	.cfi_endproc\n"
	".size syscall, . - syscall\n");
#endif
