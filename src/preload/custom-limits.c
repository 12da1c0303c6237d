// SPDX-License-Identifier: MIT
/*
 * Calls that limit the process. A region sets address space aside that it may never use; when the program
 * limits its own, or locks all of it into memory, we give that back, so that it means what it would mean
 * without us. A region also grows
 * as the program makes new calls; when the program is about to forbid itself all system calls but a few, and
 * any other kills it, that is done in advance, and the kernel is asked for nothing more.
 */
#include "config.h"

#include "preload/wrapper.h"

#include "base/raw.h"
#include "record/descriptor.h"
#include "record/filter.h"
#include "record/recorder.h"
#include "record/stacks.h"
#include "record/private-memory.h"
#include "record/region-writer.h"

#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* What we have set aside of the address space and do not use counts against a limit on it. */
static void give_way(__rlimit_resource_t resource, const struct rlimit *limit)
{
	if (resource == RLIMIT_AS && limit && filter_lets_read(limit, sizeof(*limit)) &&
	    limit->rlim_cur != RLIM_INFINITY)
		recorder_give_way(limit->rlim_cur);
}

static int finish_limit(const struct probe *probe, int result)
{
	if (result < 0)
		probe_failed(probe, errno);
	else
		probe_succeeded(probe, 0);
	return result;
}

EXPORT int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
	struct probe probe = probe_begin(CALL_setrlimit);
	int result = REAL(setrlimit)(resource, limit);

	if (result == 0)
		give_way(resource, limit);
	return finish_limit(&probe, result);
}

ALIAS(setrlimit64, setrlimit);

EXPORT int prlimit(pid_t pid, enum __rlimit_resource resource, const struct rlimit *limit,
		   struct rlimit *ret_limit)
{
	struct probe probe = probe_begin(CALL_prlimit);
	int result = REAL(prlimit)(pid, resource, limit, ret_limit);

	if (result == 0 && (pid == 0 || pid == raw_getpid()))
		give_way(resource, limit);
	return finish_limit(&probe, result);
}

ALIAS(prlimit64, prlimit);

EXPORT int mlockall(int flags)
{
	struct probe probe = probe_begin(CALL_mlockall);

	recorder_lock_memory();
	return finish_limit(&probe, REAL(mlockall)(flags));
}

/* Who reads the processor's counter there is killed: by a signal of its own, or in seccomp's strict mode. */
static bool forbids_counter(int option, unsigned long mode)
{
	return (option == PR_SET_SECCOMP && mode == SECCOMP_MODE_STRICT) ||
	       (option == PR_SET_TSC && mode == PR_TSC_SIGSEGV);
}

/*
 * The strict mode allows this thread no more than read, write, exit and the return from a handler. Who is in a sandbox
 * stays there whatever becomes of another one.
 */
static int enter_sandbox(int option, unsigned long mode, unsigned long filter)
{
	struct region_header *region = recorder_prepare_for_sandbox();

	stacks_prepare_for_sandbox();
	bool was_noted = region && recorder_note_sandbox(region);
	bool could_ask = descriptor_may_be_asked();

	if (option == PR_SET_SECCOMP) {
		filter_expect(mode == SECCOMP_MODE_FILTER ? (const struct sock_fprog *)filter : NULL);
		descriptor_may_ask(false);
	}
	if (region && forbids_counter(option, mode))
		recorder_stop_clock(region);
	int result = REAL(prctl)(option, mode, filter, 0UL, 0UL);

	/* Many only try whether they could. */
	if (result < 0)
		descriptor_may_ask(could_ask);
	if (result == 0 && option == PR_SET_SECCOMP && mode == SECCOMP_MODE_STRICT && region) {
		region_seal(region);
		private_seal();
	}
	if (result != 0 && region && !was_noted)
		recorder_unnote_sandbox(region);
	return result;
}

static bool is_sandbox(int option)
{
	return option == PR_SET_SECCOMP || option == PR_SET_TSC;
}

/* Like libc's own, it takes four arguments whatever was given; forwarding what is not there does no harm. */
EXPORT int prctl(int option, ...)
{
	va_list arguments;

	va_start(arguments, option);
	unsigned long a = va_arg(arguments, unsigned long);
	unsigned long b = va_arg(arguments, unsigned long);
	unsigned long c = va_arg(arguments, unsigned long);
	unsigned long d = va_arg(arguments, unsigned long);

	va_end(arguments);
	struct probe probe = probe_begin(CALL_prctl);
	int result = is_sandbox(option) ? enter_sandbox(option, a, b)
					: REAL(prctl)(option, a, b, c, d);

	return finish_limit(&probe, result);
}
