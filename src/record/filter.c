// SPDX-License-Identifier: MIT
/*
 * The answers that filters may give are a set of codes, which only grows, and which forked children inherit.
 */
#include "config.h"

#include "record/filter.h"

#include "base/raw.h"
#include "base/readable.h"
#include "record/descriptor.h"
#include "record/filter-program.h"
#include "record/startup.h"

#include <linux/seccomp.h>
#include <sys/prctl.h>

enum {
	WORD_BITS = 64,
	CODES = 192, /* 0 and every errno that there is: the highest is 133 */
};

static KEPT uint64_t answers[CODES / WORD_BITS];
static KEPT bool grants_at_will;
static KEPT bool has_asked;
static KEPT bool forbids[FILTER_USES];

static const struct {
	uint16_t number;
	uint8_t use;
} needed[] = {
	{SYS_rt_sigprocmask, FILTER_MEMORY},
	{SYS_rt_sigprocmask, FILTER_HOLD},
	{SYS_getpid, FILTER_NUMBER},
	{SYS_mmap, FILTER_CHANGE},
	{SYS_munmap, FILTER_CHANGE},
	{SYS_openat, FILTER_DEPARTURE},
	{SYS_fstat, FILTER_DEPARTURE},
	{SYS_newfstatat, FILTER_DEPARTURE},
	{SYS_pread64, FILTER_DEPARTURE},
	{SYS_close, FILTER_DEPARTURE},
	{SYS_faccessat, FILTER_DEPARTURE},
	{SYS_faccessat2, FILTER_DEPARTURE},
	{SYS_getxattr, FILTER_DEPARTURE},
	{SYS_getuid, FILTER_DEPARTURE},
	{SYS_geteuid, FILTER_DEPARTURE},
	{SYS_getgid, FILTER_DEPARTURE},
	{SYS_getegid, FILTER_DEPARTURE},
	{SYS_openat, FILTER_ARRIVAL},
	{SYS_pread64, FILTER_ARRIVAL},
	{SYS_close, FILTER_ARRIVAL},
	{SYS_mmap, FILTER_ARRIVAL},
	{SYS_madvise, FILTER_ARRIVAL},
	{SYS_fallocate, FILTER_ARRIVAL},
	{SYS_prlimit64, FILTER_ARRIVAL},
	{SYS_readlinkat, FILTER_ARRIVAL},
	{SYS_clock_gettime, FILTER_ARRIVAL},
	{SYS_getpid, FILTER_ARRIVAL},
	{SYS_getppid, FILTER_ARRIVAL},
	{SYS_gettid, FILTER_ARRIVAL},
};

static void add_answer(unsigned int code)
{
	if (code < CODES)
		__atomic_fetch_or(&answers[code / WORD_BITS], (uint64_t)1 << code % WORD_BITS,
				  __ATOMIC_RELAXED);
}

static void add_all_answers(void)
{
	for (unsigned int code = 0; code < CODES; code++)
		add_answer(code);
}

/* What a handler, a tracer or a supervisor answers is up to it. No program has them from the one before it. */
static void add_answers_at_will(void)
{
	__atomic_store_n(&grants_at_will, true, __ATOMIC_RELAXED);
	add_all_answers();
}

static void add_answers_of_action(unsigned int action)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG:
	case SECCOMP_RET_KILL_THREAD:
	case SECCOMP_RET_KILL_PROCESS:
		break;
	case SECCOMP_RET_ERRNO:
		add_answer(action & SECCOMP_RET_DATA);
		break;
	default:
		add_answers_at_will();
	}
}

static void add_answers_of(const struct sock_filter *instruction)
{
	if (BPF_CLASS(instruction->code) != BPF_RET)
		return;
	if (BPF_RVAL(instruction->code) == BPF_K)
		add_answers_of_action(instruction->k);
	else
		add_answers_at_will();
}

static bool is_readable(const struct sock_fprog *program)
{
	uintptr_t page = READABLE_NONE;

	if (!readable_bytes(program, sizeof(*program), &page))
		return false;
	for (unsigned int i = 0; i < program->len; i++)
		if (!readable_bytes(&program->filter[i], sizeof(program->filter[i]), &page))
			return false;
	return true;
}

static void read_filter(const struct sock_fprog *program)
{
	for (unsigned int i = 0; i < program->len; i++)
		add_answers_of(&program->filter[i]);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!forbids[needed[i].use] && filter_program_kills(program, needed[i].number))
			forbids[needed[i].use] = true;
}

static void fear_filter(void)
{
	add_answers_at_will();
	for (int use = 0; use < FILTER_USES; use++)
		forbids[use] = true;
}

/* Once there is a filter, we may go on asking only where it lets us. */
static bool may_ask_of_memory(void)
{
	return descriptor_may_be_asked_of_memory() || (!startup_is_simulated() && !forbids[FILTER_MEMORY]);
}

/* Not at the start, for most processes never need it. Later ones are seen when they are made. */
static void find_inherited(void)
{
	if (__atomic_load_n(&has_asked, __ATOMIC_RELAXED))
		return;
	if (!descriptor_may_be_asked() || raw_syscall(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0, 0) != 0)
		add_all_answers();
	__atomic_store_n(&has_asked, true, __ATOMIC_RELEASE);
}

void filter_expect(const struct sock_fprog *program)
{
	find_inherited();
	if (!program)
		return;
	if (!may_ask_of_memory())
		fear_filter();
	else if (is_readable(program)) /* else it is not granted */
		read_filter(program);
}

bool filter_forbids(enum filter_use use)
{
	return forbids[use];
}

bool filter_may_answer(int code)
{
	if (unlikely(!__atomic_load_n(&has_asked, __ATOMIC_ACQUIRE)))
		find_inherited();
	return (unsigned int)code >= CODES ||
	       (__atomic_load_n(&answers[code / WORD_BITS], __ATOMIC_RELAXED) >> code % WORD_BITS & 1);
}

bool filter_may_grant(uint64_t result)
{
	return result ? __atomic_load_n(&grants_at_will, __ATOMIC_RELAXED) : filter_may_answer(0);
}

bool filter_lets_read(const void *start, size_t size)
{
	uintptr_t page = READABLE_NONE;

	return !filter_may_answer(0) ||
	       (descriptor_may_be_asked_of_memory() && readable_bytes(start, size, &page));
}
