// SPDX-License-Identifier: MIT
/*
 * Calls that limit the process. A region sets address space aside that it may never use; when the program
 * limits its own, we give that back, so that the limit means what it would mean without us. When it limits
 * which system calls it may make, we make no more of ours that it does not make itself.
 */
#include "config.h"

#include "preload/wrapper.h"

#include "base/raw.h"
#include "record/descriptor.h"
#include "record/recorder.h"

#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* What we have set aside of the address space and do not use counts against a limit on it. */
static void give_way(__rlimit_resource_t resource, const struct rlimit *limit)
{
	if (resource == RLIMIT_AS && limit && limit->rlim_cur != RLIM_INFINITY)
		recorder_give_way();
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

EXPORT int prctl(int op, ...)
{
	va_list arguments;

	va_start(arguments, op);
	unsigned long second = va_arg(arguments, unsigned long);
	unsigned long third = va_arg(arguments, unsigned long);
	unsigned long fourth = va_arg(arguments, unsigned long);
	unsigned long fifth = va_arg(arguments, unsigned long);

	va_end(arguments);
	struct probe probe = probe_begin(CALL_prctl);

	if (op == PR_SET_SECCOMP)
		descriptor_may_ask(false);
	int result = REAL(prctl)(op, second, third, fourth, fifth);

	/* Many only try whether they could. */
	if (op == PR_SET_SECCOMP && result < 0)
		descriptor_may_ask(true);
	return finish_limit(&probe, result);
}
