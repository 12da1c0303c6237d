// SPDX-License-Identifier: MIT
/*
 * The thread and the caller hold a reference each. A forked child has its copy of the caller's, and
 * no thread.
 */
#include "config.h"

#include "api/future.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "api/deadline.h"
#include "api/detached-thread.h"
#include "base/raw.h"

struct sonde_future {
	struct sonde *sonde;
	struct future_task task;
	sonde_callback callback;
	void *argument;
	pid_t pid; /* of the process with the thread */
	int fd;
	int n_references; /* with the lock */
	int result;
	uint32_t is_done;
};

static void release(struct sonde_future *future)
{
	if (future->fd >= 0)
		close(future->fd);
	if (future->task.free_data)
		future->task.free_data(future->task.data);
	free(future);
}

/* What is called to free it is not the program's doing. */
static void put(struct sonde_future *future, int n_references)
{
	struct hold hold = instance_lock();

	future->n_references -= n_references;
	if (future->n_references <= 0)
		release(future);
	instance_unlock(&hold);
}

static bool is_done(const struct sonde_future *future)
{
	return __atomic_load_n(&future->is_done, __ATOMIC_ACQUIRE);
}

/* System calls of our own: libc's would count as the program's. */
static void finish(struct sonde_future *future)
{
	const uint64_t one = 1;

	/* Release: who sees that it is done sees the result. */
	__atomic_store_n(&future->is_done, 1, __ATOMIC_RELEASE);
	raw_syscall(SYS_futex, (long)&future->is_done, FUTEX_WAKE_PRIVATE, INT32_MAX, 0, 0, 0);
	if (future->fd >= 0)
		raw_syscall(SYS_write, future->fd, (long)&one, sizeof(one), 0, 0, 0);
}

static void *run(void *argument)
{
	struct sonde_future *future = argument;

	future->result = future->task.work(future->sonde, future->task.data);
	if (future->callback)
		future->callback(future->argument, future->result);
	finish(future);
	put(future, 1);
	return NULL;
}

static struct sonde_future *make(const struct sonde_future *template, bool has_caller)
{
	struct sonde_future *future = malloc(sizeof(*future));

	if (!future)
		return NULL;
	*future = *template;
	future->n_references = 1 + has_caller;
	future->fd = has_caller ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
	/* With the lock, and so with signals blocked. */
	if ((!has_caller || future->fd >= 0) && detached_thread_start(run, future, 0) == 0)
		return future;
	/* The data stays the caller's. */
	future->task.free_data = NULL;
	release(future);
	return NULL;
}

int future_start(struct sonde *sonde, const struct future_task *task, sonde_callback callback,
		 void *argument, struct sonde_future **ret_future)
{
	const struct sonde_future template = {
		.sonde = sonde,
		.task = *task,
		.callback = callback,
		.argument = argument,
		.pid = getpid(),
	};
	int saved_errno = errno;
	struct hold hold = instance_lock();
	struct sonde_future *future = make(&template, ret_future != NULL);

	instance_unlock(&hold);
	errno = saved_errno;
	if (!future)
		return SONDE_ENOMEM;
	if (ret_future)
		*ret_future = future;
	return 0;
}

void *future_data(const struct sonde_future *future, future_work work)
{
	return future->task.work == work && is_done(future) ? future->task.data : NULL;
}

int sonde_future_fd(const struct sonde_future *future)
{
	return future ? future->fd : SONDE_EINVAL;
}

static void wait_until(struct sonde_future *future, int64_t until_ns)
{
	while (!is_done(future)) {
		int64_t left_ns = until_ns - clock_kernel_ns(CLOCK_MONOTONIC);
		struct timespec left = {left_ns / 1000000000, left_ns % 1000000000};

		if (left_ns <= 0)
			return;
		raw_syscall(SYS_futex, (long)&future->is_done, FUTEX_WAIT_PRIVATE, 0, (long)&left,
			    0, 0);
	}
}

int sonde_future_wait(struct sonde_future *future, double timeout, int *ret_result)
{
	int64_t until_ns;
	int error = future ? deadline_of(timeout, &until_ns) : SONDE_EINVAL;

	if (error)
		return error;
	if (future->pid != (pid_t)raw_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0))
		return SONDE_ESTALE;
	wait_until(future, until_ns);
	if (!is_done(future))
		return SONDE_ETIMEDOUT;
	if (ret_result)
		*ret_result = future->result;
	return 0;
}

void sonde_future_free(struct sonde_future *future)
{
	int saved_errno = errno;

	if (!future)
		return;
	/* No thread will let go of it in a child. */
	put(future, future->pid == getpid() ? 1 : 2);
	errno = saved_errno;
}
