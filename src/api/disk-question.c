// SPDX-License-Identifier: MIT
/*
 * The thread makes no call of libc: under the preload they would count as the program's.
 */
#include "config.h"

#include "api/disk-question.h"

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include "api/detached-thread.h"
#include "api/instance.h"
#include "base/raw.h"

enum { LATE_MAX = 64, STACK_SIZE = 64 * 1024 };

struct disk_question {
	struct disk_question *next; /* of those that are late */
	uint32_t is_answered;
	long result;
	struct statfs answer;
	char path[];
};

/* Given up, with a thread each that may still come back. */
static struct disk_question *late;

static void *ask(void *argument)
{
	struct disk_question *question = argument;

	question->result =
		raw_syscall(SYS_statfs, (long)question->path, (long)&question->answer, 0, 0, 0, 0);
	/* Release: who sees that there is an answer sees the answer. */
	__atomic_store_n(&question->is_answered, 1, __ATOMIC_RELEASE);
	/* By its address only: it may be freed by now. */
	raw_syscall(SYS_futex, (long)&question->is_answered, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
	return NULL;
}

static bool has_answer(const struct disk_question *question)
{
	return __atomic_load_n(&question->is_answered, __ATOMIC_ACQUIRE);
}

/* Frees those that have been answered meanwhile; counts the others. False: `path` is one of them.
 */
static bool look_at_late(const char *path, size_t *ret_n_late)
{
	struct disk_question **link = &late;
	bool is_free = true;

	*ret_n_late = 0;
	while (*link) {
		struct disk_question *question = *link;

		if (has_answer(question)) {
			*link = question->next;
			free(question);
			continue;
		}
		is_free &= strcmp(question->path, path) != 0;
		++*ret_n_late;
		link = &question->next;
	}
	return is_free;
}

int disk_question_ask(const char *path, struct disk_question **ret_question)
{
	struct disk_question *question;
	size_t n_late;

	if (!look_at_late(path, &n_late) || n_late >= LATE_MAX)
		return SONDE_ETIMEDOUT;
	question = calloc(1, sizeof(*question) + strlen(path) + 1);
	if (!question)
		return SONDE_ENOMEM;
	memcpy(question->path, path, strlen(path) + 1);
	/* Signals are blocked, since the lock is held. */
	if (detached_thread_start(ask, question, STACK_SIZE)) {
		free(question);
		return SONDE_ENOMEM;
	}
	*ret_question = question;
	return 0;
}

void disk_question_wait(struct disk_question *question, int64_t deadline_ns)
{
	while (!has_answer(question)) {
		int64_t left_ns = deadline_ns - clock_kernel_ns(CLOCK_MONOTONIC);
		struct timespec left = {left_ns / 1000000000, left_ns % 1000000000};

		if (left_ns <= 0)
			return;
		raw_syscall(SYS_futex, (long)&question->is_answered, FUTEX_WAIT_PRIVATE, 0,
			    (long)&left, 0, 0);
	}
}

static void take(const struct statfs *answer, struct disk_space *ret_space)
{
	const struct statvfs standard = {
		.f_bsize = (unsigned long)answer->f_bsize,
		.f_frsize = (unsigned long)answer->f_frsize,
		.f_blocks = answer->f_blocks,
		.f_bfree = answer->f_bfree,
		.f_bavail = answer->f_bavail,
	};

	disk_space_take(&standard, ret_space);
}

int disk_question_end(struct disk_question *question, struct disk_space *ret_space)
{
	long result;

	if (!has_answer(question)) {
		question->next = late;
		late = question;
		return SONDE_ETIMEDOUT;
	}
	result = question->result;
	if (!result)
		take(&question->answer, ret_space);
	free(question);
	if (result == -ENOENT || result == -ENOTDIR || result == -ENAMETOOLONG)
		return SONDE_ENOENT;
	return result ? SONDE_EIO : 0;
}

void disk_question_after_fork(void)
{
	late = NULL;
}
