// SPDX-License-Identifier: MIT
/*
 * signals.h - no handler of the program's in the midst of something.
 *
 * Only this thread's signals wait; the mask is the kernel's, of 64 bits. For work that is short and rare: each change is
 * a system call.
 */
#ifndef SONDE_BASE_SIGNALS_H
#define SONDE_BASE_SIGNALS_H

#include "base/raw.h"

#include <signal.h>
#include <stdint.h>

/* Also those that the thread causes itself: for who neither faults nor may be trapped there. */
#define SIGNALS_ALL UINT64_MAX

static inline uint64_t signals_bit(int signal)
{
	return UINT64_C(1) << (signal - 1);
}

/*
 * Those that come from elsewhere. What the thread's own instructions and system calls cause cannot wait: while it is
 * blocked it ends the process, even one that traps the calls of a sandbox.
 */
static inline uint64_t signals_from_elsewhere(void)
{
	return ~(signals_bit(SIGSEGV) | signals_bit(SIGBUS) | signals_bit(SIGILL) | signals_bit(SIGFPE) |
		 signals_bit(SIGTRAP) | signals_bit(SIGSYS));
}

/* Returns what signals_release() is to be given. */
static inline uint64_t signals_hold(uint64_t signals)
{
	uint64_t before = 0;

	raw_syscall(SYS_rt_sigprocmask, SIG_BLOCK, (long)&signals, (long)&before, sizeof(signals), 0, 0);
	return before;
}

static inline void signals_release(uint64_t before)
{
	raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&before, 0, sizeof(before), 0, 0);
}

#endif
