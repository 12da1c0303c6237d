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
#include <stdbool.h>
#include <stdint.h>

/* Also those that the thread causes itself: for who neither faults nor may be trapped there. */
#define SIGNALS_ALL UINT64_MAX

static inline uint64_t signals_bit(int signal)
{
	return UINT64_C(1) << (signal - 1);
}

/*
 * Those that come from elsewhere. What the thread's own instructions and system calls cause cannot wait: while it is
 * blocked it ends the process, even one that traps the calls of a sandbox. (So these do not wait when they are sent, either.)
 */
static inline uint64_t signals_from_elsewhere(void)
{
	return ~(signals_bit(SIGSEGV) | signals_bit(SIGBUS) | signals_bit(SIGILL) | signals_bit(SIGFPE) |
		 signals_bit(SIGTRAP) | signals_bit(SIGSYS));
}

struct signals_held {
	uint64_t before; /* the mask */
	bool are_held;   /* false: a system call filter has refused it, and there is nothing to release */
};

static inline struct signals_held signals_hold(uint64_t signals)
{
	struct signals_held held = {0};

	held.are_held = raw_syscall(SYS_rt_sigprocmask, SIG_BLOCK, (long)&signals, (long)&held.before, sizeof(signals), 0,
				    0) == 0;
	return held;
}

static inline void signals_release(struct signals_held held)
{
	if (held.are_held)
		raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&held.before, 0, sizeof(held.before), 0, 0);
}

#endif
